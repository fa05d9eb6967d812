import { checkReady } from '../checks/ready.ts';
import type { Step } from '../lesson/lesson.ts';
import type { Manifest } from '../lesson/manifest.ts';
import { updateSession } from '../tutor/session.ts';
import { checkContext } from '../tutor/check-context.ts';
import { rememberPodAddresses } from '../tutor/pod-addresses.ts';
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
  await rememberPodAddresses(workshop);
}

/** Only to have facts to show: what comes of it is for the checks to say. */
export async function awaitPods(workshop: Workshop, manifests: Manifest[]): Promise<void> {
  const pods = manifests.flatMap(({ objects }) => objects).filter(({ kind }) => kind === 'Pod');
  const context = checkContext(workshop);
  await Promise.all(
    pods.map(({ name }) => checkReady({ id: name, kind: 'ready', pod: name, within: PATIENCE }, context)),
  );
}

/** Makes what a page needs, once: coming back to a page never makes it again. @throws {Problem} */
export async function enter(workshop: Workshop, step: Step): Promise<void> {
  if (step.apply.length > 0 && !workshop.session.entered.includes(step.id)) {
    await enterStep(workshop, step);
    await awaitPods(workshop, step.apply);
  }
  workshop.session = updateSession(workshop.folder, (session) => {
    session.current = step.id;
    session.entered = [...new Set([...session.entered, step.id])];
    // A page without checks is done when it has been seen.
    if (step.checks.length === 0) session.done = [...new Set([...session.done, step.id])];
  });
}
