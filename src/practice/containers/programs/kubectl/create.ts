import type { Command } from './command.ts';
import { type ResourceType, shownType } from './discovery.ts';
import { failure, KubectlFailure, serverFailure, together, usageFailure } from './failure.ts';
import { collect } from './get.ts';
import { writeJson } from './json.ts';
import { type Manifest, readManifests } from './manifest.ts';
import type { ApiObject } from './object.ts';
import { option, type OptionSpec } from './options.ts';
import { printerFor } from './printer.ts';
import { pathOf, type Session } from './session.ts';

/** Options of everything that writes. */
export const WRITING: readonly OptionSpec[] = [
  option.optional('dry-run', 'unchanged'),
  option.value('output', 'o'),
  option.optional('validate', 'strict'),
  option.value('field-manager'),
  option.flag('save-config'),
];

export const create: Command = {
  name: 'create',
  summary: 'Create a resource from a file or from stdin',
  usage: '-f FILENAME',
  options: [option.list('filename', 'f'), option.list('from-literal'), option.value('hard'), ...WRITING],
  async run(session, { operands }) {
    const manifests = session.options.has('filename')
      ? await readManifests(session)
      : [await generated(session, operands)];
    const failures: KubectlFailure[] = [];
    for (const manifest of manifests)
      await collect(session, failures, async () => {
        const object = await post(session, manifest, manifest.object);
        await announce(session, manifest.type, object, 'created');
      });
    const failed = together(failures);
    if (failed !== undefined) throw failed;
    return 0;
  },
};

/** Generators of a real kubectl that this one lacks. */
const OTHERS = new Set(
  'clusterrole clusterrolebinding cronjob deployment ingress job poddisruptionbudget priorityclass role rolebinding secret service token'.split(
    ' ',
  ),
);

/** `create namespace NAME` and the few others that need no file. */
async function generated(session: Session, [kind = '', name]: readonly string[]): Promise<Manifest> {
  if (kind === '') throw failure('must specify one of -f and -k');
  const known: Record<string, string> = {
    ns: 'namespace',
    cm: 'configmap',
    sa: 'serviceaccount',
    quota: 'resourcequota',
  };
  const singular = known[kind] ?? kind;
  if (!Object.values(known).includes(singular) && !OTHERS.has(singular))
    throw usageFailure(`Unexpected args: [${[kind, name].filter(Boolean).join(' ')}]`, 'kubectl create');
  if (!Object.values(known).includes(singular))
    throw failure(
      `"create ${kind}" is not modelled by the practice cluster; use your own kubectl, or create -f`,
    );
  if (name === undefined) throw failure(`exactly one NAME is required, got 0`);
  const type = await session.discovery.type(singular);
  const literals = session.options.all('from-literal').map((each) => /^([^=]*)=([^]*)$/.exec(each));
  const data = literals.map((found) => [found?.[1] ?? '', found?.[2] ?? ''] as const);
  return {
    type,
    source: '',
    namespace: type.namespaced ? session.namespace : undefined,
    object: {
      apiVersion: type.apiVersion,
      kind: type.kind,
      metadata: { name, ...(type.namespaced ? { namespace: session.namespace } : {}) },
      ...(data.length === 0 ? {} : { data: Object.fromEntries(data) }),
      ...(singular === 'resourcequota' ? { spec: { hard: hardLimits(session) } } : {}),
    },
  };
}

/** `--hard=cpu=1,pods=2` @throws {KubectlFailure} */
function hardLimits({ options }: Session): Record<string, string> {
  const given = options.get('hard') ?? '';
  if (given === '') return {};
  return Object.fromEntries(
    given.split(',').map((each) => {
      const [name = '', quantity, ...rest] = each.split('=');
      if (quantity === undefined || rest.length > 0)
        throw failure(`invalid argument syntax ${each}, expected <resource>=<value>`);
      return [name, quantity];
    }),
  );
}

/** What `--dry-run` comes to. @throws {KubectlFailure} */
export function dryRun({ options }: Session): 'none' | 'client' | 'server' {
  const given = options.get('dry-run') ?? 'none';
  if (given === 'unchanged' || given === 'true') return 'client';
  if (given === 'none' || given === 'client' || given === 'server') return given;
  throw failure(`Invalid dry-run value (${given}). Must be "none", "server", or "client".`);
}

/** Queries of writes. */
export function writeQuery(session: Session, manager: string): URLSearchParams {
  const query = new URLSearchParams({ fieldManager: session.options.get('field-manager') ?? manager });
  if (session.options.get('validate') !== 'false') query.set('fieldValidation', 'Strict');
  if (dryRun(session) === 'server') query.set('dryRun', 'All');
  return query;
}

/** Creates an object. @throws {KubectlFailure} */
export async function post(
  session: Session,
  { type, namespace, source }: Manifest,
  object: ApiObject,
  manager = 'kubectl-create',
): Promise<ApiObject> {
  const placed = inNamespace(object, namespace);
  if (dryRun(session) === 'client') return placed;
  const path = pathOf(type, namespace);
  const body = writeJson(placed);
  const request = { method: 'POST', path, query: writeQuery(session, manager), body };
  if (source !== '') return (await session.ask(request, `error when creating "${source}"`)) as ApiObject;
  try {
    return (await session.ask(request)) as ApiObject;
  } catch (error) {
    // A command that makes its own object says what it failed to make.
    const status = error instanceof KubectlFailure ? error.status : undefined;
    if (status === undefined) throw error;
    if (type.singular === 'resourcequota') throw failure(`failed to create quota: ${status.message}`);
    if (status.reason === 'Invalid' || type.singular === 'namespace') throw error;
    throw type.singular === 'configmap'
      ? failure(`failed to create configmap: ${status.message}`)
      : serverFailure(status);
  }
}

export function inNamespace(object: ApiObject, namespace: string | undefined): ApiObject {
  if (namespace === undefined) return object;
  return { ...object, metadata: { ...object.metadata, namespace } };
}

/** `pod/web created`, or the object itself with `-o`. */
export async function announce(
  session: Session,
  type: ResourceType,
  object: ApiObject,
  done: string,
): Promise<void> {
  const { process, options } = session;
  const printer = printerFor(options.get('output'), () => shownType(type));
  if (printer !== undefined) return process.print(printer([object], false));
  const how = { none: '', client: ' (dry run)', server: ' (server dry run)' }[dryRun(session)];
  await process.print(`${shownType(type)}/${object.metadata.name} ${done}${how}\n`);
}
