import { basename } from 'node:path';
import { kubectlLine } from '../cluster/kubectl-line.ts';
import type { OpenCluster } from '../cluster/open.ts';
import type { Lesson } from '../lesson/lesson.ts';
import { Problem } from '../problem.ts';
import { exclusively } from '../tutor/exclusive.ts';
import { Journal } from '../tutor/journal.ts';
import { NodeShells } from '../tutor/node-shells.ts';
import { listSessions, type Session, sessionFolder } from '../tutor/session.ts';
import type { StateFolder } from '../tutor/state-folder.ts';
import { pointed, type Workshop } from '../tutor/workshop.ts';
import { isPointed } from './overlay.ts';
import type { Options } from './options.ts';
import type { Output } from './output.ts';
import type { PracticeAddress } from './practice-host.ts';
import { practiceKubeconfig } from './practice-place.ts';
import type { Runtime } from './runtime.ts';

/** What every command starts from. */
export interface Desk {
  runtime: Runtime;
  options: Options;
  output: Output;
  /** Aborts with Ctrl-C or when --timeout is over. */
  signal: AbortSignal;
}

export interface CurrentSession {
  session: Session;
  folder: StateFolder;
}

export const DEFAULT_LESSON = 'networking';
const CURRENT = 'current';
const OWNER = 'owner';

/** Remembers which lesson `check`, `next` and the others mean. */
export function makeCurrent(desk: Desk, lesson: string): void {
  desk.runtime.state.write(CURRENT, `${lesson}\n`);
}

/** The session the learner is in, if any. @throws {Problem} progress-damaged */
export function findCurrentSession(desk: Desk): CurrentSession | undefined {
  const { state } = desk.runtime;
  const name = state.read(CURRENT)?.trim();
  // A demonstration's and the doctor's folder has a name with a dot, which no lesson has.
  const sessions = listSessions(state).filter(({ folder }) => !basename(folder.path).includes('.'));
  const named = name === undefined ? undefined : sessionFolder(state, name, 'learner');
  const chosen = sessions.find((each) => each.folder.path === named?.path) ?? sessions[0];
  if (chosen === undefined) return undefined;
  if (chosen.session instanceof Problem) throw chosen.session;
  return chosen.session.finished === null ? { session: chosen.session, folder: chosen.folder } : undefined;
}

/** @throws {Problem} session-none */
export function requireCurrentSession(desk: Desk): CurrentSession {
  const current = findCurrentSession(desk);
  if (current !== undefined) return current;
  throw new Problem({
    code: 'session-none',
    kind: 'usage',
    what: 'No lesson is under way',
    next: ['Begin one: k8snet-tutor start networking', 'See all lessons: k8snet-tutor list'],
  });
}

/** @throws {LessonError | Problem} */
export async function loadLessonOf(desk: Desk, id: string): Promise<Lesson> {
  const [{ openPack }, { loadLesson }] = await Promise.all([
    import('../lesson/pack.ts'),
    import('../lesson/load.ts'),
  ]);
  return loadLesson(await openPack(desk.runtime.packFolder), id);
}

/** The mark of this learner's tutor, if it ever made anything. */
export function knownOwner({ runtime }: Desk): string | undefined {
  return runtime.state.read(OWNER)?.trim() || undefined;
}

/** Marks what this learner's tutor makes; chosen once. */
export function ownerOf(desk: Desk): string {
  const { state, nonce } = desk.runtime;
  return (
    knownOwner(desk) ??
    // Two terminals may begin their first lesson at the same moment.
    exclusively(state, 'owner.lock', () => {
      const owner = knownOwner(desk) ?? nonce().slice(0, 12);
      if (knownOwner(desk) === undefined) state.write(OWNER, `${owner}\n`);
      return owner;
    })
  );
}

/**
 * Connects to the session's cluster, or to the one named on the command line, and makes sure that they are the same.
 *
 * @throws {Problem} other-cluster, and whatever keeps us from connecting
 */
export async function openSessionCluster(desk: Desk, session: Session): Promise<OpenCluster> {
  const opened = await openNamed(desk, namedFor(desk, session));
  if (opened.identity.id !== session.cluster.id) throw otherCluster(session, opened);
  return opened;
}

/** Which cluster a session's command means: the one named on the command line, or the session's own. */
function namedFor({ options, runtime }: Desk, session: Session): Parameters<typeof openNamed>[1] {
  if (options.practice === true) return { context: undefined, kubeconfig: practiceKubeconfig(runtime.state) };
  const { context, kubeconfig } = session.cluster;
  // Another file has its own current context; that it leads to the session's cluster is looked at later.
  if (options.kubeconfig !== undefined) return { context: options.context, kubeconfig: options.kubeconfig };
  return { context: options.context ?? context, kubeconfig: kubeconfig ?? undefined };
}

/** @throws {Problem} */
export async function openNamed(
  desk: Desk,
  named: { context: string | undefined; kubeconfig: string | undefined },
): Promise<OpenCluster> {
  const [{ openCluster, readKubeconfig }, { resolveContext }] = await Promise.all([
    import('../cluster/open.ts'),
    import('../cluster/kubeconfig.ts'),
  ]);
  // The practice cluster stops when it is idle for long; whoever needs it starts it again.
  if (named.kubeconfig === practiceKubeconfig(desk.runtime.state)) await ensurePractice(desk);
  const config = readKubeconfig(desk.runtime.kubeconfigSources(named.kubeconfig));
  const resolved = resolveContext(config, { context: named.context });
  const pointing = {
    kubeconfig: named.kubeconfig === undefined ? undefined : withTilde(named.kubeconfig, desk.runtime.home),
    context: resolved.context,
    namespace: undefined,
  };
  desk.output.reporter.action(kubectlLine(pointing, ['version']));
  return openCluster(resolved, desk.signal, desk.runtime.timing);
}

/** The detached practice cluster's address; it is started where it is not running. @throws {Problem} */
export async function ensurePractice(desk: Desk): Promise<PracticeAddress> {
  const { runtime, output } = desk;
  const { findPractice, launchPractice } = await import('./practice-host.ts');
  const running = await findPractice(runtime.state);
  if (running !== undefined) return running;
  output.reporter.waiting('the practice cluster to start');
  return launchPractice(runtime.state, runtime.practiceProgram);
}

function otherCluster(session: Session, opened: OpenCluster): Problem {
  const { target } = opened.api.connection;
  return new Problem({
    code: 'other-cluster',
    kind: 'environment',
    what: `This is another cluster than the one the lesson was started on: ${target.server} is ${opened.identity.id}, the lesson is on ${session.cluster.id}`,
    where: `context ${target.context}; the lesson: context ${session.cluster.context}, ${session.cluster.server}`,
    next: [
      'Nothing was touched. Go on with the lesson on its own cluster: leave --context, --kubeconfig and --practice out.',
      'Or end it there, and begin it here: k8snet-tutor cleanup first.',
      `Is that cluster gone for good? k8snet-tutor cleanup --forget drops the session and deletes nothing.`,
    ],
  });
}

export async function makeWorkshop(
  desk: Desk,
  lesson: Lesson,
  current: CurrentSession,
  cluster: OpenCluster,
): Promise<Workshop> {
  const { runtime, output } = desk;
  const { session, folder } = current;
  const pointing = await pointingOf(desk, session);
  output.pointed = (line) => pointed({ pointing }, line);
  return {
    lesson,
    session,
    folder,
    journal: new Journal(folder),
    api: cluster.api,
    identity: cluster.identity,
    owner: ownerOf(desk),
    pointing,
    reporter: output.reporter,
    nodeShells: new NodeShells(),
    nonce: runtime.nonce,
    timestamp: runtime.timestamp,
  };
}

/**
 * What kubectl lines must name. Nothing, in a shell that `env` pointed at this session; otherwise the kubeconfig when
 * it is not one of the learner's usual ones, the context when it is not the current one, and the namespace always.
 */
export async function pointingOf(desk: Desk, session: Session): Promise<Workshop['pointing']> {
  const { runtime } = desk;
  if (isPointed(runtime, session)) return { kubeconfig: undefined, context: undefined, namespace: undefined };
  const { kubeconfig, context } = session.cluster;
  const { readKubeconfig } = await import('../cluster/open.ts');
  const config = readKubeconfig(runtime.kubeconfigSources(kubeconfig ?? undefined));
  const usual = config.contexts.get(context)?.namespace;
  return {
    kubeconfig: kubeconfig === null ? undefined : withTilde(kubeconfig, runtime.home),
    context: config.currentContext === context ? undefined : context,
    // A file that is named in the line may have the namespace as its default; the learner's own one may change.
    namespace: kubeconfig !== null && usual === session.namespace ? undefined : session.namespace,
  };
}

/** A shell writes out `~` by itself; the short form is easier to read. */
function withTilde(path: string, home: string): string {
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}

/** Lesson, cluster and session of the lesson that is under way. @throws {Problem} */
export async function openCurrentWorkshop(desk: Desk): Promise<Workshop> {
  const current = requireCurrentSession(desk);
  const [lesson, cluster] = await Promise.all([
    loadLessonOf(desk, current.session.lesson),
    openSessionCluster(desk, current.session),
  ]);
  return makeWorkshop(desk, lesson, current, cluster);
}
