import type { Command } from './command.ts';
import { announce, WRITING } from './create.ts';
import { failure, type KubectlFailure, together } from './failure.ts';
import { collect } from './get.ts';
import { writeJson } from './json.ts';
import type { ResourceType } from './discovery.ts';
import type { ApiObject } from './object.ts';
import { askedFor, selectors } from './operands.ts';
import { option } from './options.ts';
import { pathOf, type Session } from './session.ts';

interface Words {
  field: 'labels' | 'annotations';
  set: string;
  unset: string;
  same: string;
}

export const label: Command = marking('label', {
  field: 'labels',
  set: 'labeled',
  unset: 'unlabeled',
  same: 'not labeled',
});

export const annotate: Command = marking('annotate', {
  field: 'annotations',
  set: 'annotated',
  unset: 'annotated',
  same: 'annotated',
});

function marking(name: string, words: Words): Command {
  return {
    name,
    summary: `Update the ${words.field} on a resource`,
    usage: '[--overwrite] TYPE NAME KEY_1=VAL_1 ... KEY_N=VAL_N',
    options: [
      option.flag('overwrite'),
      option.flag('all'),
      option.flag('all-namespaces', 'A'),
      option.value('selector', 'l'),
      option.value('field-selector'),
      option.flag('list'),
      ...WRITING,
    ],
    async run(session, { operands }) {
      const isChange = (text: string): boolean => text.includes('=') || text.endsWith('-');
      const first = operands.findIndex((each, index) => index > 0 && isChange(each));
      const [objects, changes] =
        first < 0 ? [operands, []] : [operands.slice(0, first), operands.slice(first)];
      if (objects.length === 0)
        throw failure('one or more resources must be specified as <resource> <name> or <resource>/<name>');
      if (changes.length === 0)
        throw failure(`at least one ${name === 'label' ? 'label' : 'annotation'} update is required`);
      const marks = changesOf(changes, words);
      const failures: KubectlFailure[] = [];
      for (const { type, object } of await objectsOf(session, objects, failures))
        await collect(session, failures, () => mark(session, type, object, marks, words));
      const failed = together(failures);
      if (failed !== undefined) throw failed;
      return 0;
    },
  };
}

const VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

/** Null takes away. @throws {KubectlFailure} */
function changesOf(changes: readonly string[], { field }: Words): Map<string, string | null> {
  const marks = new Map<string, string | null>();
  for (const change of changes) {
    const [, key = '', value] = /^([^=]*?)(?:=([^]*)|-)$/.exec(change) ?? [];
    if (field === 'labels' && value !== undefined && (!VALUE.test(value) || value.length > 63))
      throw failure(
        `invalid label value: "${key}=${value}": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', ` +
          "and must start and end with an alphanumeric character (e.g. 'MyValue', or 'my_value', or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
      );
    marks.set(key, value ?? null);
  }
  return marks;
}

async function objectsOf(
  session: Session,
  operands: readonly string[],
  failures: KubectlFailure[],
): Promise<{ type: ResourceType; object: ApiObject }[]> {
  const found: { type: ResourceType; object: ApiObject }[] = [];
  for (const { type, name } of await askedFor(session, operands))
    await collect(session, failures, async () => {
      const namespace = session.namespaceFor(type);
      if (name !== undefined) found.push({ type, object: await session.object(type, namespace, name) });
      else if (session.options.flag('all') || session.options.has('selector'))
        for (const object of await session.list(type, namespace, selectors(session)))
          found.push({ type, object });
      else throw failure('resource(s) were provided, but no name was specified');
    });
  return found;
}

async function mark(
  session: Session,
  type: ResourceType,
  object: ApiObject,
  marks: ReadonlyMap<string, string | null>,
  { field, set, unset, same }: Words,
): Promise<void> {
  const { process, options } = session;
  const { name, namespace } = object.metadata;
  const before = object.metadata[field] ?? {};
  for (const [key, value] of marks) {
    const now = before[key];
    if (value === null && now === undefined && field === 'labels')
      await process.print(`label "${key}" not found.\n`);
    if (value !== null && now !== undefined && now !== value && !options.flag('overwrite'))
      throw failure(
        field === 'labels'
          ? `'${key}' already has a value (${now}), and --overwrite is false`
          : `--overwrite is false but found the following declared annotation(s): '${key}' already has a value (${now})`,
      );
  }
  const isSame = [...marks].every(([key, value]) => (before[key] ?? null) === value);
  if (isSame) return announce(session, type, object, same);
  const patch = { metadata: { [field]: Object.fromEntries(marks) } };
  const patched = (await session.ask({
    method: 'PATCH',
    path: pathOf(type, namespace, name!),
    headers: { 'content-type': 'application/merge-patch+json' },
    body: writeJson(patch),
  })) as ApiObject;
  await announce(session, type, patched, [...marks.values()].every((value) => value === null) ? unset : set);
}
