import { exitCodeOf } from '../checks/verdict.ts';
import type { Step } from '../lesson/lesson.ts';
import { Problem } from '../problem.ts';
import { readBaseline } from '../tutor/baseline.ts';
import { findPod } from '../cluster/pod.ts';
import { OWNER } from '../tutor/ownership.ts';
import { neededFor, podsIn, solutionOf } from '../tutor/needed.ts';
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
  const work = { ...step, apply: neededFor(workshop.lesson, step) };
  if (work.solution.length === 0 && work.apply.length === 0) {
    desk.output.say('There is nothing to do on this page. Go on: k8snet-tutor next');
    return 0;
  }
  if (step.solution.some(({ kind }) => kind === 'listen')) await nodeNetworkAllowed(desk, workshop, true);
  if (replace) for (const name of await replaceable(workshop, work)) await deletePod(workshop, name);
  try {
    await solveStep(workshop, work);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'object-exists') throw error;
    const helps = !replace && (await replaceable(workshop, work)).length > 0;
    throw helps ? withReplace(error) : error;
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

/**
 * The Pods of a page that are attempts of the learner's. Of those that the tutor makes for the page its own are left as they
 * are; one that was there before the lesson is a stranger's, one that another tutor made is another learner's: they stay.
 */
async function replaceable(workshop: Workshop, work: Step): Promise<string[]> {
  const { api, session, folder, journal, owner } = workshop;
  const baseline = readBaseline(folder);
  const ours = new Set(journal.open().map(({ uid }) => uid));
  const learners = new Set(podsIn(solutionOf(work)));
  const names: string[] = [];
  for (const name of new Set([...podsIn(work.apply), ...learners])) {
    const { uid, labels } = (await findPod(api, session.namespace, name))?.metadata ?? {};
    const isOthers = (labels?.[OWNER] ?? owner) !== owner;
    if (uid === undefined || isOthers || (session.borrowed && baseline?.uids.has(uid) !== false)) continue;
    if (learners.has(name) || !ours.has(uid)) names.push(name);
  }
  return names;
}
