import { exitCodeOf, type Verdict } from '../checks/verdict.ts';
import type { Step } from '../lesson/lesson.ts';
import { readLastVerdicts, rememberVerdicts } from '../tutor/last-verdicts.ts';
import { requireNamespace } from '../tutor/require-namespace.ts';
import { updateSession } from '../tutor/session.ts';
import { checkStep, stepOf } from '../tutor/step.ts';
import type { Workshop } from '../tutor/workshop.ts';
import { renderChanges } from '../ui/changes.ts';
import { renderHeading } from '../ui/page.ts';
import { nodeNetworkAllowed } from './consent.ts';
import { type Desk, openCurrentWorkshop } from './desk.ts';
import { factsOf, showAfter, showVerdicts, verdictsAsData } from './show.ts';

export interface CheckOptions {
  all?: boolean;
  step?: string;
}

/** `check`: verifies the current page, one page, or all of them. */
export async function check(desk: Desk, { all, step }: CheckOptions): Promise<number> {
  const workshop = await openCurrentWorkshop(desk);
  try {
    return await checkSteps(desk, workshop, {
      ...(all === undefined ? {} : { all }),
      ...(step === undefined ? {} : { step }),
    });
  } finally {
    await workshop.nodeShells.close(workshop);
  }
}

async function checkSteps(desk: Desk, workshop: Workshop, { all, step }: CheckOptions): Promise<number> {
  const { lesson, session } = workshop;
  const steps =
    all === true
      ? lesson.steps.filter((each) => each.checks.length > 0)
      : [stepOf(lesson, step ?? session.current)];
  const verdicts: Verdict[] = [];
  const results: unknown[] = [];
  for (const each of steps) {
    if (steps.length > 1)
      desk.output.print('', ...renderHeading(lesson, each, desk.output.theme, desk.output.width).slice(0, 1));
    const found = await checkAndShow(desk, workshop, each, all !== true);
    verdicts.push(...found);
    results.push({ id: each.id, title: each.title, verdicts: verdictsAsData(workshop, found) });
  }
  desk.output.add({
    lesson: lesson.id,
    cluster: clusterAsData(workshop),
    namespace: session.namespace,
    steps: results,
  });
  return exitCodeOf(verdicts);
}

/** Checks one page, shows what was found and keeps the progress. */
export async function checkAndShow(
  desk: Desk,
  workshop: Workshop,
  step: Step,
  withAfter: boolean,
): Promise<Verdict[]> {
  const { output } = desk;
  if (step.checks.length === 0) {
    output.say('This page has nothing to verify. Go on: k8snet-tutor next');
    return [];
  }
  if (step.requires.some(({ kind }) => kind === 'node-network'))
    await nodeNetworkAllowed(desk, workshop, false);
  const before = readLastVerdicts(workshop.folder, step.id);
  const verdicts = await checkStep(workshop, step);
  // A namespace that somebody deleted takes the Pods with it: no fault of the learner's.
  if (verdicts.some(({ outcome }) => outcome === 'fail' || outcome === 'inconclusive'))
    await requireNamespace(workshop);
  showVerdicts(workshop, verdicts, output);
  output.print(...renderChanges(before, verdicts, desk.runtime.timing.now(), output));
  rememberVerdicts(workshop.folder, step.id, verdicts, workshop.timestamp());
  const passed = exitCodeOf(verdicts) === 0;
  if (passed) markDone(workshop, step);
  if (passed && withAfter) {
    const facts = step.after === undefined ? [] : await factsOf(workshop, step);
    showAfter(workshop, step, facts, output);
  }
  return verdicts;
}

export function markDone(workshop: Workshop, step: Step): void {
  workshop.session = updateSession(workshop.folder, (session) => {
    session.done = [...new Set([...session.done, step.id])];
    session.skipped = session.skipped.filter((id) => id !== step.id);
  });
}

export function clusterAsData(workshop: Workshop): Record<string, string> {
  const { context, server } = workshop.api.connection.target;
  const { id, version, origin } = workshop.identity;
  return { context, server, id, version, origin };
}
