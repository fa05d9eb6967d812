import type { Command } from './command.ts';
import { announce, dryRun, inNamespace, post, WRITING, writeQuery } from './create.ts';
import { failure, type KubectlFailure, together } from './failure.ts';
import { collect } from './get.ts';
import { writeJson } from './json.ts';
import { type Manifest, readManifests } from './manifest.ts';
import type { ApiObject } from './object.ts';
import { option } from './options.ts';
import { isNotFound, pathOf, type Session } from './session.ts';
import { threeWayPatch } from './three-way-patch.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

export const apply: Command = {
  name: 'apply',
  summary: 'Apply a configuration to a resource by file name or stdin',
  usage: '-f FILENAME',
  options: [
    option.list('filename', 'f'),
    option.flag('overwrite'),
    option.flag('force'),
    option.flag('wait'),
    ...WRITING,
  ],
  async run(session) {
    if (!session.options.has('filename')) throw failure('must specify one of -f and -k');
    const failures: KubectlFailure[] = [];
    for (const manifest of await readManifests(session))
      await collect(session, failures, () => applyOne(session, manifest));
    const failed = together(failures);
    if (failed !== undefined) throw failed;
    return 0;
  },
};

async function applyOne(session: Session, manifest: Manifest): Promise<void> {
  const { type, source, namespace, object } = manifest;
  const placed = inNamespace(object, namespace);
  const wanted = withRecord(placed);
  const name = object.metadata.name ?? '';
  const current = await currentOf(session, manifest, name);
  if (current === undefined) {
    const created = await post(session, manifest, wanted, 'kubectl-client-side-apply');
    return announce(session, type, created, 'created');
  }
  const recorded = current.metadata.annotations?.[LAST_APPLIED];
  if (recorded === undefined)
    await session.process.complain(
      `Warning: resource ${type.plural}/${name} is missing the ${LAST_APPLIED} annotation which is required by kubectl apply. ` +
        'kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. ' +
        'The missing annotation will be patched automatically.\n',
    );
  const before: unknown = recorded === undefined ? {} : JSON.parse(recorded);
  const patch = threeWayPatch(before, wanted, current);
  if (patch === undefined) return announce(session, type, current, 'unchanged');
  if (dryRun(session) === 'client') return announce(session, type, current, 'configured');
  const patched = (await session.ask(
    {
      method: 'PATCH',
      path: pathOf(type, namespace, name),
      query: writeQuery(session, 'kubectl-client-side-apply'),
      headers: { 'content-type': 'application/strategic-merge-patch+json' },
      body: writeJson(patch),
    },
    `error when applying patch:\n${writeJson(patch)}\nto:\n${described(manifest, name)}\nfor: "${source}": error when patching "${source}"`,
  )) as ApiObject;
  const isSame = patched.metadata.resourceVersion === current.metadata.resourceVersion;
  await announce(session, type, patched, isSame ? 'unchanged' : 'configured');
}

/** What is in the cluster now; an object without a name is in none. @throws {KubectlFailure} */
async function currentOf(session: Session, manifest: Manifest, name: string): Promise<ApiObject | undefined> {
  const { type, namespace, source } = manifest;
  const doing = `error when retrieving current configuration of:\n${described(manifest, name)}\nfrom server for: "${source}"`;
  if (name === '') throw failure(`${doing}: resource name may not be empty`);
  try {
    return (await session.ask({ method: 'GET', path: pathOf(type, namespace, name) }, doing)) as ApiObject;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function described({ type, namespace, object }: Manifest, name: string): string {
  const { group, version, plural, kind } = type;
  return (
    `Resource: "${group}/${version}, Resource=${plural}", GroupVersionKind: "${group}/${version}, Kind=${kind}"\n` +
    `Name: "${name}", Namespace: "${namespace ?? object.metadata.namespace ?? ''}"`
  );
}

/** The object with itself written into an annotation: what the next apply takes back. */
function withRecord(object: ApiObject): ApiObject {
  const { [LAST_APPLIED]: _, ...annotations } = object.metadata.annotations ?? {};
  const bare = { ...object, metadata: { ...object.metadata, annotations } };
  return {
    ...bare,
    metadata: { ...bare.metadata, annotations: { ...annotations, [LAST_APPLIED]: `${writeJson(bare)}\n` } },
  };
}
