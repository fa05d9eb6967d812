import type { Command } from './command.ts';
import { shownType } from './discovery.ts';
import { seconds } from './duration.ts';
import { failure, type KubectlFailure, together } from './failure.ts';
import { collect } from './get.ts';
import { evaluate, parseSteps } from './json-path.ts';
import { readManifests } from './manifest.ts';
import { type ApiObject, listAt } from './object.ts';
import { askedFor, selectors } from './operands.ts';
import { option } from './options.ts';
import type { Session } from './session.ts';
import { type Awaited, until, untilGone } from './until.ts';

export const wait: Command = {
  name: 'wait',
  summary: 'Wait for a specific condition on one or many resources',
  usage:
    '([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available]',
  options: [
    option.value('for'),
    option.value('timeout'),
    option.value('selector', 'l'),
    option.value('field-selector'),
    option.flag('all'),
    option.flag('all-namespaces', 'A'),
    option.list('filename', 'f'),
    option.value('output', 'o'),
  ],
  async run(session, { operands }) {
    const { options, process } = session;
    const goal = options.get('for') ?? '';
    const limit = seconds(options.get('timeout') ?? '30s');
    const timeout = limit < 0 ? 7 * 24 * 3_600_000 : limit * 1000;
    const holds = condition(goal);
    const failures: KubectlFailure[] = [];
    const awaited = await awaitedOf(session, operands, failures, goal === 'delete');
    if (awaited.length === 0 && failures.length === 0 && goal !== 'delete')
      throw failure('no matching resources found');
    for (const each of awaited)
      await collect(session, failures, async () => {
        if (holds === 'delete') await untilGone(session, each, timeout);
        else await until(session, each, timeout, (object) => object !== undefined && holds(object));
        await process.print(`${shownType(each.type)}/${each.name} condition met\n`);
      });
    const failed = together(failures);
    if (failed !== undefined) throw failed;
    return 0;
  },
};

/** What `--for` asks of an object. @throws {KubectlFailure} */
function condition(goal: string): 'delete' | ((object: ApiObject) => boolean) {
  if (goal === 'delete') return 'delete';
  if (goal === 'create') return () => true;
  const [, name, wanted = 'true'] = /^condition=([^=]+)(?:=(.*))?$/.exec(goal) ?? [];
  if (name !== undefined)
    return (object) =>
      listAt(object, 'status', 'conditions').some(
        ({ type, status }) =>
          String(type).toLowerCase() === name.toLowerCase() &&
          String(status).toLowerCase() === wanted.toLowerCase(),
      );
  const [, path, value] = /^jsonpath=(\{[^}]*\}|[^=]*)(?:=(.*))?$/.exec(goal) ?? [];
  if (path === undefined) throw failure(`unrecognized condition: "${goal}"`);
  const steps = parseSteps(path.replace(/^['"]?\{?(.*?)\}?['"]?$/, '$1'));
  return (object) => {
    const [found] = evaluate(steps, object);
    return value === undefined
      ? found !== undefined
      : String(found) === value.replace(/^(["'])(.*)\1$/, '$2');
  };
}

async function awaitedOf(
  session: Session,
  operands: readonly string[],
  failures: KubectlFailure[],
  mayBeGone: boolean,
): Promise<Awaited[]> {
  if (session.options.has('filename'))
    return (await readManifests(session)).map(({ type, namespace, object }) => ({
      type,
      namespace,
      name: object.metadata.name ?? '',
    }));
  const awaited: Awaited[] = [];
  for (const { type, name } of await askedFor(session, operands))
    await collect(session, failures, async () => {
      const namespace = session.namespaceFor(type);
      if (name === undefined) {
        for (const { metadata } of await session.list(type, namespace, selectors(session)))
          awaited.push({ type, namespace: metadata.namespace, name: metadata.name!, uid: metadata.uid });
        return;
      }
      const found = mayBeGone
        ? await session.find(type, namespace, name)
        : await session.object(type, namespace, name);
      // What is not there need not be waited for, and nothing is said of it.
      if (found !== undefined) awaited.push({ type, namespace, name, uid: found.metadata.uid });
    });
  return awaited;
}
