import { exitCodeOf } from '../checks/verdict.ts';
import type { Step } from '../lesson/lesson.ts';
import { Problem } from '../problem.ts';
import { readBaseline } from '../tutor/baseline.ts';
import { findPod } from '../cluster/pod.ts';
import { deletePod, solveStep, stepOf } from '../tutor/step.ts';
import type { Workshop } from '../tutor/workshop.ts';
import { checkAndShow } from './check.ts';
import { nodeNetworkAllowed } from './consent.ts';
import { type Desk, openCurrentWorkshop } from './desk.ts';
import { verdictsAsData } from './show.ts';

/** `solve`: does the current page's work for the learner, then checks it. */
export async function solve(desk: Desk, options: { replace?: boolean }): Promise<number> {
  const workshop = await openCurrentWorkshop(desk);
  const step = stepOf(workshop.lesson, workshop.session.current);
  try {
    return await solveAndCheck(desk, workshop, step, options.replace === true);
  } finally {
    await workshop.nodeShells.close(workshop);
  }
}

export async function solveAndCheck(
  desk: Desk,
  workshop: Workshop,
  step: Step,
  replace: boolean,
): Promise<number> {
  if (step.solution.length === 0 && step.apply.length === 0) {
    desk.output.say('There is nothing to do on this page. Go on: k8snet-tutor next');
    return 0;
  }
  if (step.solution.some(({ kind }) => kind === 'listen')) await nodeNetworkAllowed(desk, workshop, true);
  if (replace) await removeLearners(workshop, step);
  try {
    await solveStep(workshop, step);
  } catch (error) {
    if (error instanceof Problem && error.code === 'object-exists' && !replace) throw withReplace(error);
    throw error;
  }
  const verdicts = await checkAndShow(desk, workshop, step, true);
  desk.output.add({ step: step.id, verdicts: verdictsAsData(workshop, verdicts) });
  return exitCodeOf(verdicts);
}

function withReplace(error: Problem): Problem {
  const { code, kind, what, where, next } = error;
  return new Problem({
    code,
    kind,
    what,
    ...(where === undefined ? {} : { where }),
    next: ['To have it deleted and made anew: k8snet-tutor solve --replace', ...next],
    cause: error,
  });
}

/** The learner's own attempts at this page's Pods. One that was there before the lesson is a stranger's and stays. */
async function removeLearners(workshop: Workshop, step: Step): Promise<void> {
  const { api, session, folder } = workshop;
  const baseline = readBaseline(folder);
  const objects = step.solution.flatMap((action) => (action.kind === 'apply' ? action.manifest.objects : []));
  for (const { kind, name } of objects) {
    if (kind !== 'Pod') continue;
    const uid = (await findPod(api, session.namespace, name))?.metadata.uid;
    if (uid === undefined || (session.borrowed && baseline?.uids.has(uid) !== false)) continue;
    await deletePod(workshop, name);
  }
}
