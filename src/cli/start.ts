import { asProblem } from '../cluster/failure.ts';
import type { Lesson } from '../lesson/lesson.ts';
import { containersOf, withImages } from '../lesson/containers.ts';
import { nearest } from '../nearest.ts';
import { Problem } from '../problem.ts';
import { readBaseline, takeBaseline } from '../tutor/baseline.ts';
import { forgetVerdicts } from '../tutor/last-verdicts.ts';
import { takeLock } from '../tutor/lock.ts';
import { ensureNamespace, namespaceName } from '../tutor/namespace.ts';
import { requireNamespace } from '../tutor/require-namespace.ts';
import { forgetPodAddresses } from '../tutor/pod-addresses.ts';
import { readSession, type Session, sessionFolder, updateSession, writeSession } from '../tutor/session.ts';
import { stepOf } from '../tutor/step.ts';
import type { Workshop } from '../tutor/workshop.ts';
import { clusterAsData } from './check.ts';
import { choose, chosenCluster } from './chosen-cluster.ts';
import { cleanUpSession } from './cleanup.ts';
import { demonstrate } from './demonstration.ts';
import {
  type CurrentSession,
  DEFAULT_LESSON,
  type Desk,
  findCurrentSession,
  loadLessonOf,
  makeCurrent,
  makeWorkshop,
  openSessionCluster,
  pointingOf,
} from './desk.ts';
import { enterAndShow } from './enter.ts';
import { onOwnPractice } from './own-practice.ts';
import { isOnPractice, setPracticeNamespace } from './practice-place.ts';
import { aboutSecondTerminal } from './second-terminal.ts';
import { walk } from './walk.ts';

/**
 * `start [lesson]`: begins or resumes a lesson. Without a terminal, or with --auto, it runs as a demonstration: every
 * step is done, verified and cleaned up. With --no-prompt it shows the page and returns, for those who go on with
 * `check` and `next`.
 */
export async function start(
  desk: Desk,
  wanted: string | undefined,
  options: { auto?: boolean; prompt?: boolean },
): Promise<number> {
  const prompt = options.prompt !== false;
  const auto = options.auto === true || (prompt && !desk.runtime.interactive);
  if (auto && choose(desk).kind === 'practice')
    return onOwnPractice(desk, (own) => startLesson(own, wanted, { prompt, auto }));
  return startLesson(desk, wanted, { prompt, auto });
}

async function startLesson(
  desk: Desk,
  wanted: string | undefined,
  { prompt, auto }: { prompt: boolean; auto: boolean },
): Promise<number> {
  const id = wanted ?? (auto ? undefined : findCurrentSession(desk)?.session.lesson) ?? DEFAULT_LESSON;
  const lesson = await loadLessonOf(desk, id);
  requireKnownContainers(lesson, desk.options.image);
  const mode = auto ? 'demonstration' : 'learner';
  const folder = sessionFolder(desk.runtime.state, lesson.id, mode);
  const giveBack = takeLock(folder, 'start', desk.runtime.locksmith);
  try {
    let session = readSession(folder);
    if (session?.finished !== null) session = undefined;
    if (auto) {
      if (session !== undefined) await tidyUpInterrupted(desk, { session, folder });
      return await demonstrate(desk, await begin(desk, lesson, folder, mode));
    }
    const workshop =
      session === undefined
        ? await begin(desk, lesson, folder, mode)
        : await resume(desk, lesson, { session, folder });
    makeCurrent(desk, lesson.id);
    if (prompt) return await walk(desk, workshop);
    await enterAndShow(desk, workshop, stepOf(lesson, workshop.session.current));
    desk.output.print('', 'Go on: k8snet-tutor check, next, hint, solve, page, status, cleanup');
    desk.output.add({
      lesson: lesson.id,
      cluster: clusterAsData(workshop),
      namespace: workshop.session.namespace,
      current: workshop.session.current,
    });
    return 0;
  } finally {
    giveBack();
  }
}

/** @throws {Problem} image-unmatched: --image names a container that no manifest of the lesson has */
function requireKnownContainers(lesson: Lesson, images: Record<string, string>): void {
  const manifests = lesson.steps.flatMap((step) => [
    ...step.apply,
    ...step.solution.flatMap((action) => (action.kind === 'apply' ? [action.manifest] : [])),
  ]);
  const objects = manifests.flatMap((manifest) => manifest.objects);
  const [unknown] = withImages(objects, images).unmatched;
  if (unknown === undefined) return;
  const names = [
    ...new Set(objects.flatMap((object) => containersOf(object, true).map((each) => String(each['name'])))),
  ];
  const near = nearest(unknown, names);
  throw new Problem({
    code: 'image-unmatched',
    kind: 'usage',
    what: `Lesson ${lesson.id} has no container named ${unknown}${near === undefined ? '' : `; did you mean ${near}?`}`,
    where: `--image ${unknown}=${images[unknown]}`,
    next: [`Its containers: ${names.join(', ')}`],
  });
}

/** What an earlier demonstration or trial left when it was killed. */
export async function tidyUpInterrupted(desk: Desk, current: CurrentSession): Promise<void> {
  desk.output.say(
    `An earlier ${workOf(current.session)} was interrupted; what it made in namespace ${current.session.namespace} goes first.`,
  );
  const code = await cleanUpSession(desk, current, { silent: true });
  if (code !== 0)
    throw new Problem({
      code: 'left-behind',
      kind: 'environment',
      what: `What an earlier ${workOf(current.session)} left could not be removed`,
      where: `namespace ${current.session.namespace}`,
      next: ['See what it is: k8snet-tutor cleanup'],
    });
}

function workOf({ mode }: Session): string {
  return mode === 'doctor' ? 'trial' : 'demonstration';
}

export async function begin(
  desk: Desk,
  lesson: Lesson,
  folder: CurrentSession['folder'],
  mode: Session['mode'],
): Promise<Workshop> {
  const { cluster, kubeconfig } = await chosenCluster(desk);
  const { target } = cluster.api.connection;
  const borrowed = desk.options.namespace !== undefined;
  const session: Session = {
    format: 1,
    lesson: lesson.id,
    mode,
    cluster: {
      id: cluster.identity.id,
      context: target.context,
      server: target.server,
      kubeconfig: kubeconfig ?? null,
    },
    namespace: desk.options.namespace ?? namespaceName(lesson.id, desk.runtime.nonce()),
    borrowed,
    images: desk.options.image,
    nodeNetwork: desk.options.allowNodeNetwork ?? null,
    started: desk.runtime.timestamp(),
    current: lesson.steps[0]!.id,
    entered: [],
    done: [],
    skipped: [],
    hints: {},
    finished: null,
  };
  const workshop = await makeWorkshop(desk, lesson, { session, folder }, cluster);
  if (borrowed) await requireNamespace(workshop);
  folder.remove('journal.jsonl');
  forgetVerdicts(folder);
  forgetPodAddresses(folder);
  // Before anything is made: without it nobody could clean up.
  writeSession(folder, session);
  try {
    await takeBaseline(workshop);
    await ensureNamespace(workshop);
  } catch (error) {
    if (workshop.journal.open().length === 0) discard(folder);
    throw asProblem(error, target, `look at the cluster`);
  }
  if (isOnPractice(desk.runtime.state, session)) {
    await setPracticeNamespace(desk.runtime.state, session.namespace);
    workshop.pointing = await pointingOf(desk, session);
  }
  announce(desk, workshop);
  return workshop;
}

/** A session that never made anything leaves nothing behind. */
export function discard(folder: CurrentSession['folder']): void {
  folder.remove('.');
}

function announce(desk: Desk, workshop: Workshop): void {
  const { session, identity, lesson } = workshop;
  const { context, server } = session.cluster;
  desk.output.say(
    `Lesson ${lesson.id}, on cluster ${server} (context ${context}, Kubernetes ${identity.version}).`,
    session.borrowed
      ? `Namespace ${session.namespace} is borrowed: the tutor touches only what it makes itself.`
      : `Namespace ${session.namespace} was made for it; k8snet-tutor cleanup removes it.`,
  );
  if (session.mode === 'learner') desk.output.print(...aboutSecondTerminal(desk.runtime, desk.output.width));
}

/** What resuming changes of a session. */
function takeUp(session: Session, lesson: Lesson, { options }: Desk): void {
  // A page that is gone from a newer version of the lesson: begin at the first that is not done.
  if (!lesson.steps.some((step) => step.id === session.current))
    session.current = (lesson.steps.find((step) => !session.done.includes(step.id)) ?? lesson.steps[0]!).id;
  session.images = { ...session.images, ...options.image };
  session.nodeNetwork = options.allowNodeNetwork ?? session.nodeNetwork;
}

async function resume(desk: Desk, lesson: Lesson, current: CurrentSession): Promise<Workshop> {
  const { session } = current;
  const { namespace } = desk.options;
  if (namespace !== undefined && namespace !== session.namespace)
    throw new Problem({
      code: 'other-namespace',
      kind: 'usage',
      what: `The lesson is under way in namespace ${session.namespace}, not in ${namespace}`,
      next: ['Go on there: leave --namespace out.', 'Or end it first: k8snet-tutor cleanup'],
    });
  const cluster = await openSessionCluster(desk, session);
  const taken = updateSession(current.folder, (stored) => takeUp(stored, lesson, desk));
  const workshop = await makeWorkshop(desk, lesson, { ...current, session: taken }, cluster);
  // Interrupted before anything was made, when there was no list yet of what had been there.
  if (readBaseline(current.folder) === undefined && workshop.journal.things().length === 0)
    await takeBaseline(workshop);
  await ensureNamespace(workshop);
  await requireNamespace(workshop);
  desk.output.say(`Resuming lesson ${lesson.id} in namespace ${session.namespace}.`);
  desk.output.print(...aboutSecondTerminal(desk.runtime, desk.output.width));
  return workshop;
}
