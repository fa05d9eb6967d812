import type { Command } from './command.ts';
import { dryRun } from './create.ts';
import { type ResourceType, shownType } from './discovery.ts';
import { seconds } from './duration.ts';
import { failure, KubectlFailure, together } from './failure.ts';
import { collect } from './get.ts';
import { writeJson } from './json.ts';
import { readManifests } from './manifest.ts';
import { textAt } from './object.ts';
import { askedFor, selectors } from './operands.ts';
import { option } from './options.ts';
import { pathOf, type Session } from './session.ts';
import { untilGone } from './until.ts';

const FORCED =
  'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n';

/** One object that is to go. */
interface Target {
  type: ResourceType;
  namespace: string | undefined;
  name: string;
  /** The file that named it; empty where it was named itself. */
  source: string;
}

export const deleteCommand: Command = {
  name: 'delete',
  summary: 'Delete resources by file names, stdin, resources and names, or by resources and label selector',
  usage: '([-f FILENAME] | TYPE [(NAME | -l label | --all)])',
  options: [
    option.list('filename', 'f'),
    option.value('selector', 'l'),
    option.value('field-selector'),
    option.flag('all'),
    option.flag('all-namespaces', 'A'),
    option.value('grace-period'),
    option.flag('force'),
    option.flag('now'),
    option.flag('wait'),
    option.value('timeout'),
    option.flag('ignore-not-found'),
    option.optional('cascade', 'background'),
    option.optional('dry-run', 'unchanged'),
    option.value('output', 'o'),
  ],
  async run(session, { operands }) {
    const { options, process } = session;
    const grace = gracePeriod(session);
    if (grace === 0 && options.flag('force')) await process.complain(FORCED);
    const failures: KubectlFailure[] = [];
    const targets = await targetsOf(session, operands, failures);
    const going: (Target & { uid: string })[] = [];
    for (const target of targets)
      await collect(session, failures, async () => {
        const uid = await remove(session, target, grace);
        const forced = grace === 0 && options.flag('force') ? ' force' : '';
        const how = { none: '', client: ' (dry run)', server: ' (server dry run)' }[dryRun(session)];
        const shown =
          options.get('output') === 'name'
            ? `${shownType(target.type)}/${target.name}`
            : `${shownType(target.type)} "${target.name}"${forced} deleted${how}`;
        await process.print(`${shown}\n`);
        if (uid !== undefined) going.push({ ...target, uid });
      });
    if (targets.length === 0 && failures.length === 0) await process.print('No resources found\n');
    if (options.flag('wait', true) && !options.flag('force') && dryRun(session) === 'none') {
      const limit = seconds(options.get('timeout') ?? '0');
      for (const { type, namespace, name, uid } of going)
        await untilGone(session, { type, namespace, name, uid }, limit > 0 ? limit * 1000 : Infinity);
    }
    const failed = together(failures);
    if (failed !== undefined) throw failed;
    return 0;
  },
};

/** Seconds; undefined for the object's own. @throws {KubectlFailure} */
function gracePeriod({ options }: Session): number | undefined {
  const given = options.get('grace-period');
  const period = given === undefined || given === '-1' ? undefined : Number(given);
  if (options.flag('now')) {
    if (period !== undefined) throw failure('--now and --grace-period cannot be specified together');
    return 1;
  }
  if (options.flag('force')) {
    if (period !== undefined && period > 0)
      throw failure('--force and --grace-period greater than 0 cannot be specified together');
    return 0;
  }
  // Without --force kubectl never lets the object go before its containers.
  return period === 0 ? 1 : period;
}

async function targetsOf(
  session: Session,
  operands: readonly string[],
  failures: KubectlFailure[],
): Promise<Target[]> {
  const { options } = session;
  if (options.has('filename'))
    return (await readManifests(session)).map(({ type, namespace, object, source }) => ({
      type,
      namespace,
      name: object.metadata.name ?? '',
      source,
    }));
  if (operands.length === 0)
    throw failure(
      'You must provide one or more resources by argument or filename.\nExample resource specifications include:\n' +
        "   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'",
    );
  const targets: Target[] = [];
  const asked = await askedFor(session, operands);
  for (const { type, name } of asked) {
    const namespace = session.namespaceFor(type);
    if (name !== undefined) {
      if (options.flag('all')) throw failure('name cannot be provided when a selector is specified');
      targets.push({ type, namespace, name, source: '' });
      continue;
    }
    if (!options.flag('all') && !options.has('selector') && !options.has('field-selector'))
      throw failure('resource(s) were provided, but no name was specified');
    await collect(session, failures, async () => {
      const found = await session.list(type, namespace, selectors(session));
      for (const { metadata } of found)
        targets.push({ type, namespace: metadata.namespace, name: metadata.name!, source: '' });
    });
  }
  return targets;
}

/** The uid of what goes; undefined where nothing goes. @throws {KubectlFailure} */
async function remove(
  session: Session,
  { type, namespace, name, source }: Target,
  grace: number | undefined,
): Promise<string | undefined> {
  const path = pathOf(type, namespace, name);
  const doing = source === '' ? undefined : `error when deleting "${source}"`;
  if (dryRun(session) === 'client') {
    await session.ask({ method: 'GET', path }, doing);
    return undefined;
  }
  const options = {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    propagationPolicy: 'Background',
    ...(grace === undefined ? {} : { gracePeriodSeconds: grace }),
    ...(dryRun(session) === 'server' ? { dryRun: ['All'] } : {}),
  };
  // The object as it goes, or a Status that names the one that is gone.
  const answer = await session.ask({ method: 'DELETE', path, body: writeJson(options) }, doing);
  return textAt(answer, 'metadata', 'uid') || textAt(answer, 'details', 'uid');
}
