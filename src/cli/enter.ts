import { checkReady } from '../checks/ready.ts';
import type { Step } from '../lesson/lesson.ts';
import { updateSession } from '../tutor/session.ts';
import { checkContext } from '../tutor/check-context.ts';
import { enterStep } from '../tutor/step.ts';
import type { Workshop } from '../tutor/workshop.ts';
import type { Desk } from './desk.ts';
import { factsOf, showPage } from './show.ts';

/** Seconds that a page waits for the Pods the tutor made for it; after that it is shown as things are. */
const PATIENCE = 45;

/** Goes to a page: makes what it needs the first time, and shows it. @throws {Problem} */
export async function enterAndShow(desk: Desk, workshop: Workshop, step: Step): Promise<void> {
  await enter(workshop, step);
  showPage(workshop, step, await factsOf(workshop, step), desk.output);
}

/** Makes what a page needs, once: coming back to a page never makes it again. @throws {Problem} */
export async function enter(workshop: Workshop, step: Step): Promise<void> {
  if (step.apply.length > 0 && !workshop.session.entered.includes(step.id)) {
    await enterStep(workshop, step);
    const pods = step.apply.flatMap((manifest) => manifest.objects).filter((object) => object.kind === 'Pod');
    const context = checkContext(workshop);
    // Only to have facts to show: what comes of it is for the checks to say.
    await Promise.all(
      pods.map((pod) =>
        checkReady({ id: pod.name, kind: 'ready', pod: pod.name, within: PATIENCE }, context),
      ),
    );
  }
  workshop.session = updateSession(workshop.folder, (session) => {
    session.current = step.id;
    session.entered = [...new Set([...session.entered, step.id])];
    // A page without checks is done when it has been seen.
    if (step.checks.length === 0) session.done = [...new Set([...session.done, step.id])];
  });
}
