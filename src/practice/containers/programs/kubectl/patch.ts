import { decode } from '../../process.ts';
import { readWhole } from '../../open.ts';
import { loadYaml } from '../../../yaml.ts';
import type { Command } from './command.ts';
import { announce, WRITING, writeQuery } from './create.ts';
import { shownType } from './discovery.ts';
import { failure, type KubectlFailure, together } from './failure.ts';
import { collect } from './get.ts';
import { readManifests } from './manifest.ts';
import type { ApiObject } from './object.ts';
import { askedFor } from './operands.ts';
import { option } from './options.ts';
import { pathOf, type Session } from './session.ts';

const TYPES: Readonly<Record<string, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
};

export const patch: Command = {
  name: 'patch',
  summary: 'Update fields of a resource',
  usage: '(-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]',
  options: [
    option.value('patch', 'p'),
    option.value('patch-file'),
    option.value('type'),
    option.value('subresource'),
    option.list('filename', 'f'),
    ...WRITING,
  ],
  async run(session, { operands }) {
    const { options } = session;
    const kind = options.get('type') ?? 'strategic';
    const type = Object.hasOwn(TYPES, kind) ? TYPES[kind] : undefined;
    if (type === undefined) throw failure(`--type must be one of [json merge strategic], not "${kind}"`);
    const body = await bodyOf(session);
    const failures: KubectlFailure[] = [];
    const targets = options.has('filename')
      ? (await readManifests(session)).map(({ type, object }) => ({ type, name: object.metadata.name }))
      : await askedFor(session, operands);
    for (const { type: resource, name } of targets)
      await collect(session, failures, async () => {
        if (name === undefined) throw failure('resource(s) were provided, but no name was specified');
        const namespace = session.namespaceFor(resource);
        const before = await session.object(resource, namespace, name);
        const after = (await session.ask({
          method: 'PATCH',
          path: pathOf(resource, namespace, name),
          query: writeQuery(session, 'kubectl-patch'),
          headers: { 'content-type': type },
          body,
        })) as ApiObject;
        const isSame = before.metadata.resourceVersion === after.metadata.resourceVersion;
        const isDry = options.has('dry-run');
        const done = isSame && !isDry ? 'patched (no change)' : 'patched';
        if (options.has('output')) await announce(session, resource, after, done);
        else await session.process.print(`${shownType(resource)}/${name} ${done}\n`);
      });
    const failed = together(failures);
    if (failed !== undefined) throw failed;
    return 0;
  },
};

/** The patch as JSON; YAML is taken too. @throws {KubectlFailure} */
async function bodyOf({ options, process }: Session): Promise<string> {
  const file = options.get('patch-file');
  const text = options.get('patch') ?? (file === undefined ? undefined : decode(readWhole(process, file)));
  if (text === undefined)
    throw failure('must specify --patch or --patch-file containing the contents of the patch');
  try {
    const [document] = await loadYaml(text);
    return JSON.stringify(document);
  } catch {
    // The server says what is wrong with it.
    return text;
  }
}
