import { exitCodeOf, type Verdict } from '../checks/verdict.ts';
import type { Fact } from '../tutor/facts.ts';
import type { Step } from '../lesson/lesson.ts';
import { solutionOf } from '../tutor/needed.ts';
import { checkStep, solveStep } from '../tutor/step.ts';
import type { Workshop } from '../tutor/workshop.ts';
import { clusterAsData, markDone } from './check.ts';
import { cleanUpSession } from './cleanup.ts';
import type { Desk } from './desk.ts';
import { awaitPods } from './enter.ts';
import { factsOf, showAfter, showPage, showVerdicts, verdictsAsData } from './show.ts';

/** Milliseconds to tidy up after a Ctrl-C or a timeout; Pods that were just starting take long to go. */
const TIDY_UP = 180_000;

/** The whole lesson without a learner: each step is done, verified and shown, and at the end everything is removed. */
export async function demonstrate(desk: Desk, workshop: Workshop): Promise<number> {
  const { lesson } = workshop;
  const steps: unknown[] = [];
  const verdicts: Verdict[] = [];
  let failure: unknown;
  try {
    for (const step of lesson.steps) {
      desk.signal.throwIfAborted();
      const shown = await demonstrateStep(desk, workshop, step);
      verdicts.push(...shown.verdicts);
      steps.push({
        id: step.id,
        title: step.title,
        facts: shown.facts,
        verdicts: verdictsAsData(workshop, shown.verdicts),
      });
    }
  } catch (error) {
    failure = error;
  }
  await workshop.nodeShells.close(workshop);
  desk.output.add({
    lesson: lesson.id,
    cluster: clusterAsData(workshop),
    namespace: workshop.session.namespace,
    steps,
  });
  desk.output.print('');
  // Also after Ctrl-C and when something went wrong: a demonstration leaves nothing behind.
  const tidy = desk.signal.aborted ? { ...desk, signal: AbortSignal.timeout(TIDY_UP) } : desk;
  const left = await cleanUpSession(tidy, workshop, { silent: true });
  if (desk.runtime.interrupt.aborted) {
    desk.output.say('Interrupted.');
    return left === 0 ? 130 : (left ?? 130);
  }
  if (failure !== undefined) throw failure;
  const code = exitCodeOf(verdicts);
  return code === 0 ? (left ?? 0) : code;
}

async function demonstrateStep(
  desk: Desk,
  workshop: Workshop,
  step: Step,
): Promise<{ facts: Fact[]; verdicts: Verdict[] }> {
  await solveStep(workshop, step);
  await awaitPods(workshop, [...step.apply, ...solutionOf(step)]);
  const facts = await factsOf(workshop, step);
  showPage(workshop, step, facts, desk.output);
  const verdicts = await checkStep(workshop, step);
  if (verdicts.length === 0) return { facts, verdicts };
  showVerdicts(workshop, verdicts, desk.output);
  if (exitCodeOf(verdicts) === 0) {
    markDone(workshop, step);
    showAfter(workshop, step, facts, desk.output);
  }
  return { facts, verdicts };
}
