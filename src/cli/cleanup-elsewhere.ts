import type { OpenCluster } from '../cluster/open.ts';
import { asProblem } from '../cluster/failure.ts';
import { Problem } from '../problem.ts';
import { argumentOf } from '../shell-word.ts';
import { kubectlLine } from '../cluster/kubectl-line.ts';
import type { Session } from '../tutor/session.ts';
import { findTraces, type Trace } from '../tutor/traces.ts';
import { exactLine } from '../ui/foreign.ts';
import { choose, namedBy } from './chosen-cluster.ts';
import { type CleanupOptions, cleanUpSession } from './cleanup.ts';
import { type Desk, knownOwner, openNamed } from './desk.ts';

/**
 * `cleanup --context NAME` where no lesson is under way: what tutors left in that cluster, by their labels. Deletes what
 * this state folder's own tutor made; shows what others made. `--namespace` or `--owner` claim something of another
 * tutor, the learner's own on another machine for example, after a yes.
 *
 * @throws {Problem}
 */
export async function cleanUpElsewhere(desk: Desk, options: CleanupOptions): Promise<number> {
  const named = namedBy(desk, choose(desk));
  const opened = await openNamed(desk, named);
  try {
    const { namespaces, pods } = await findTraces(opened.api);
    const chosen = namespaces.filter((trace) => isMeant(trace, desk, options));
    const isOthers = (trace: Trace): boolean => !chosen.includes(trace);
    requireFound(desk, options, chosen);
    showOthers(desk, namespaces.filter(isOthers), pods, named);
    desk.output.add({ others: [...namespaces.filter(isOthers), ...pods] });
    return await deleteAll(desk, opened, chosen, options);
  } catch (error) {
    throw asProblem(error, opened.api.connection.target, 'look for what tutors made');
  } finally {
    opened.api.connection.close();
  }
}

/** Only our own, unless somebody else's was named. */
function isMeant(trace: Trace, desk: Desk, { owner }: CleanupOptions): boolean {
  const { namespace } = desk.options;
  if (namespace !== undefined) return trace.name === namespace && (owner ?? trace.owner) === trace.owner;
  return trace.owner === (owner ?? knownOwner(desk));
}

function requireFound({ options }: Desk, { owner }: CleanupOptions, chosen: readonly Trace[]): void {
  if (chosen.length > 0 || (options.namespace === undefined && owner === undefined)) return;
  throw new Problem({
    code: 'trace-none',
    kind: 'usage',
    what:
      options.namespace === undefined
        ? `No tutor of owner ${owner} has left a namespace in this cluster`
        : `There is no namespace ${options.namespace} that a tutor made${owner === undefined ? '' : ` for owner ${owner}`}; nothing was touched`,
    next: ['See what there is: the same command without --namespace and --owner, with --dry-run'],
  });
}

function showOthers(
  { output, runtime }: Desk,
  namespaces: readonly Trace[],
  pods: readonly Trace[],
  named: ReturnType<typeof namedBy>,
): void {
  const age = ({ created }: Trace): string => ageOf(runtime.timing.now() - Date.parse(created));
  if (namespaces.length > 0)
    output.print(
      'Namespaces that other tutors made, not touched:',
      ...namespaces.map(
        (each) =>
          `    ${exactLine(each.name)}  lesson ${exactLine(each.lesson)}, owner ${exactLine(each.owner)}, ${age(each)}`,
      ),
      '  Is one of them yours, from another machine? k8snet-tutor cleanup --namespace NAME',
    );
  if (pods.length > 0)
    output.print(
      'Pods that tutors made in borrowed namespaces, not touched:',
      ...pods.map(
        (each) =>
          `    ${exactLine(kubectlLine({ ...named, namespace: each.namespace }, ['delete', 'pod', argumentOf(each.name)]))}  (owner ${exactLine(each.owner)}, ${age(each)})`,
      ),
    );
}

async function deleteAll(
  desk: Desk,
  opened: OpenCluster,
  chosen: readonly Trace[],
  options: CleanupOptions,
): Promise<number> {
  const { output, runtime } = desk;
  if (chosen.length === 0) output.print('There is nothing of yours to clean up in this cluster.');
  let code = 0;
  for (const trace of chosen) {
    const isForeign = trace.owner !== knownOwner(desk);
    if (isForeign)
      output.say(
        `Namespace ${exactLine(trace.name)} was made by another tutor, owner ${exactLine(trace.owner)}.`,
      );
    if (isForeign && options.dryRun !== true) requireConsent(desk, trace, options);
    const session = sessionLeftIn(trace, desk, opened);
    const folder = runtime.state.folder('sessions').folder(`${session.lesson}.elsewhere`);
    const how = { silent: options.yes === true, dryRun: options.dryRun === true, owner: trace.owner };
    code = Math.max(code, (await cleanUpSession(desk, { session, folder }, how)) ?? 0);
  }
  return code;
}

/** Another tutor's may be another learner's: that it is one's own is for a person to say. */
function requireConsent({ runtime }: Desk, { name, owner }: Trace, { yes }: CleanupOptions): void {
  if (yes === true || runtime.interactive) return;
  throw new Problem({
    code: 'consent-missing',
    kind: 'usage',
    what: `Namespace ${name} was made by another tutor (owner ${owner}), and nobody is here to say that it is yours`,
    next: ['If it is: the same command with --yes'],
  });
}

/** What is known of a session whose state is not here. */
function sessionLeftIn(trace: Trace, desk: Desk, { api, identity }: OpenCluster): Session {
  const { target } = api.connection;
  const named = namedBy(desk, choose(desk));
  return {
    format: 1,
    lesson: trace.lesson,
    mode: 'learner',
    cluster: {
      id: identity.id,
      context: target.context,
      server: target.server,
      kubeconfig: named.kubeconfig ?? null,
    },
    namespace: trace.name,
    borrowed: false,
    images: {},
    nodeNetwork: null,
    started: trace.created,
    current: '',
    entered: [],
    done: [],
    skipped: [],
    hints: {},
    finished: null,
  };
}

function ageOf(milliseconds: number): string {
  const minutes = Math.max(0, Math.round(milliseconds / 60_000));
  if (minutes < 90) return `${minutes} minutes old`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} hours old` : `${Math.round(hours / 24)} days old`;
}
