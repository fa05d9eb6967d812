import { delimiter } from 'node:path';
import { type OpenCluster, readKubeconfig } from '../cluster/open.ts';
import { examineCluster } from '../doctor/examine-cluster.ts';
import { attention, exitCodeOfFindings, type Finding, ok, troubleOf } from '../doctor/finding.ts';
import { examineKubeconfig } from '../doctor/kubeconfig.ts';
import { examineKubectl } from '../doctor/kubectl.ts';
import { findKubectl, lookAtFolder } from '../doctor/machine.ts';
import { examineProxy } from '../doctor/proxy.ts';
import { examineStateFolder } from '../doctor/state.ts';
import type { Lesson } from '../lesson/lesson.ts';
import { Problem } from '../problem.ts';
import { listSessions, type Session } from '../tutor/session.ts';
import { renderFindings, summaryOf } from '../ui/finding.ts';
import { choose, namedBy } from './chosen-cluster.ts';
import {
  DEFAULT_LESSON,
  type Desk,
  findCurrentSession,
  knownOwner,
  loadLessonOf,
  openNamed,
} from './desk.ts';
import { isPointed } from './overlay.ts';
import { practiceKubeconfig } from './practice-place.ts';

/**
 * `doctor [lesson]`: will the lesson work here? Looks at this machine and at the cluster that `start` would use, and
 * creates nothing; with --deep it then tries. 0 nothing is in the way, 3 something is, 4 a right is missing.
 */
export async function doctor(
  desk: Desk,
  wanted: string | undefined,
  options: { deep?: boolean; yes?: boolean } = {},
): Promise<number> {
  const { output } = desk;
  const [sessions, session] = examineSessions(desk);
  const lesson = await loadLessonOf(desk, wanted ?? session?.lesson ?? DEFAULT_LESSON);
  const kubectl = findKubectl(desk.runtime.env);
  const cluster = await lookAtCluster(desk, lesson, session);
  const findings = [
    ...examineHere(desk),
    ...sessions,
    examineKubectl(await kubectl, cluster.version),
    ...cluster.findings,
  ];
  output.print(...renderFindings(findings, output.theme, output.width), '');
  output.say(summaryOf(findings));
  output.add({ lesson: lesson.id, findings });
  const code = exitCodeOfFindings(findings);
  if (options.deep !== true) return code;
  if (code !== 0) {
    output.say('The trial waits until that is mended: nothing was created.');
    return code;
  }
  const { tryDeep } = await import('./doctor-deep.ts');
  return tryDeep(desk, lesson, session, options.yes === true);
}

function examineHere({ runtime, options }: Desk): Finding[] {
  const { state } = runtime;
  const kubeconfig = attempt('kubeconfig', () => [
    examineKubeconfig(() => readKubeconfig(runtime.kubeconfigSources(options.kubeconfig))),
  ]);
  return [examineStateFolder(state.path, lookAtFolder(state.path)), ...kubeconfig];
}

/** What lessons are under way, and the one that commands mean. */
function examineSessions(desk: Desk): [Finding[], Session | undefined] {
  let current: Session | undefined;
  const findings = attempt('lesson', () => {
    current = findCurrentSession(desk)?.session;
    if (current === undefined) return [ok('lesson', 'session-none', 'none is under way')];
    const { lesson, namespace, cluster } = current;
    return [
      ok('lesson', 'session-found', `${lesson} is under way in namespace ${namespace} on ${cluster.server}`),
    ];
  });
  return [[...findings, ...leftBehind(desk), ...staleOverlay(desk)], current];
}

function leftBehind({ runtime }: Desk): Finding[] {
  return listSessions(runtime.state).flatMap(({ session }) => {
    if (session instanceof Problem || session.finished !== null || session.mode === 'learner') return [];
    return [
      attention(
        'lesson',
        'left-behind',
        `a ${session.mode === 'doctor' ? 'trial' : 'demonstration'} is going on or was interrupted: namespace ${session.namespace} on ${session.cluster.server}`,
        'If none is running: k8snet-tutor cleanup',
      ),
    ];
  });
}

/** This shell's KUBECONFIG names a file of ours whose lesson is over. */
function staleOverlay({ runtime }: Desk): Finding[] {
  const { ignore } = runtime.kubeconfigSources(undefined);
  const pointed = (runtime.env['KUBECONFIG'] ?? '')
    .split(delimiter)
    .filter((path) => ignore?.(path) === true);
  const alive = listSessions(runtime.state).some(
    ({ session }) =>
      !(session instanceof Problem) && session.finished === null && isPointed(runtime, session),
  );
  // The practice cluster's own kubeconfig is ours, too, and rightly there.
  if (alive || pointed.every((path) => path === practiceKubeconfig(runtime.state))) return [];
  return [
    attention(
      'kubeconfig',
      'overlay-stale',
      'KUBECONFIG of this shell points kubectl at a lesson that is over',
      'Point it back: eval "$(k8snet-tutor env --unset)"',
    ),
  ];
}

interface Looked {
  findings: Finding[];
  /** Of the API server. */
  version?: string;
}

async function lookAtCluster(desk: Desk, lesson: Lesson, session: Session | undefined): Promise<Looked> {
  let opened: OpenCluster | undefined;
  try {
    const choice = choose(desk, session);
    if (choice.kind === 'practice' && !(await practiceRuns(desk)))
      return {
        findings: [ok('cluster', 'practice-waiting', 'the built-in practice cluster, which start starts')],
      };
    opened = await openNamed(desk, namedBy(desk, choice));
    const { server } = opened.api.connection.target;
    const same = session !== undefined && session.cluster.id === opened.identity.id;
    const wished = desk.options.namespace;
    const known = same && (wished === undefined || wished === session.namespace) ? session : undefined;
    const findings = await examineCluster(opened, {
      lesson,
      owner: knownOwner(desk) ?? 'doctor',
      images: { ...known?.images, ...desk.options.image },
      namespace: wished ?? known?.namespace,
      underWay: known !== undefined,
      borrowed: known?.borrowed ?? wished !== undefined,
    });
    return {
      findings: [examineProxy(desk.runtime.env, server), ...findings],
      version: opened.identity.version,
    };
  } catch (error) {
    if (error instanceof Problem) return { findings: [troubleOf('cluster', error)] };
    throw error;
  } finally {
    opened?.api.connection.close();
  }
}

async function practiceRuns({ runtime }: Desk): Promise<boolean> {
  const { findPractice } = await import('./practice-host.ts');
  return (await findPractice(runtime.state)) !== undefined;
}

function attempt(about: string, look: () => Finding[]): Finding[] {
  try {
    return look();
  } catch (error) {
    if (error instanceof Problem) return [troubleOf(about, error)];
    throw error;
  }
}
