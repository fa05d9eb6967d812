import { exitCodeOf } from '../checks/verdict.ts';
import { Problem } from '../problem.ts';
import { updateSession } from '../tutor/session.ts';
import { stepOf } from '../tutor/step.ts';
import type { Workshop } from '../tutor/workshop.ts';
import { checkAndShow } from './check.ts';
import { type Desk, openCurrentWorkshop } from './desk.ts';
import { enterAndShow } from './enter.ts';

/** `next`: goes to the next page, once the checks of this one have passed or with --skip. */
export async function next(desk: Desk, options: { skip?: boolean }): Promise<number> {
  const workshop = await openCurrentWorkshop(desk);
  try {
    return await goOn(desk, workshop, options.skip === true);
  } finally {
    await workshop.nodeShells.close(workshop);
  }
}

export async function goOn(desk: Desk, workshop: Workshop, skip: boolean): Promise<number> {
  const { lesson } = workshop;
  const step = stepOf(lesson, workshop.session.current);
  const following = lesson.steps[lesson.steps.indexOf(step) + 1];
  if (following === undefined) {
    desk.output.say('This is the last page. When you have finished: k8snet-tutor cleanup');
    return 0;
  }
  const open = step.checks.length > 0 && !workshop.session.done.includes(step.id);
  if (open && skip)
    workshop.session = updateSession(workshop.folder, (session) => {
      session.skipped = [...new Set([...session.skipped, step.id])];
    });
  else if (open) {
    const code = exitCodeOf(await checkAndShow(desk, workshop, step, true));
    if (code !== 0) {
      desk.output.say(
        '',
        'Stay on this page until its checks pass, or go on without: k8snet-tutor next --skip',
      );
      return code;
    }
  }
  await enterAndShow(desk, workshop, following);
  desk.output.add({ lesson: lesson.id, current: following.id });
  return 0;
}

/** Goes to a page by its number, from 1. @throws {Problem} page-unknown */
export async function goTo(desk: Desk, workshop: Workshop, page: number): Promise<void> {
  const { steps } = workshop.lesson;
  const step = steps[page - 1];
  if (step === undefined)
    throw new Problem({
      code: 'page-unknown',
      kind: 'usage',
      what: `There is no page ${page}: this lesson has ${steps.length}`,
      next: ['See them all: list'],
    });
  await enterAndShow(desk, workshop, step);
}

/** Goes back one page; nothing is undone. */
export async function goBack(desk: Desk, workshop: Workshop): Promise<void> {
  const { lesson } = workshop;
  const at = lesson.steps.findIndex((step) => step.id === workshop.session.current);
  await enterAndShow(desk, workshop, lesson.steps[Math.max(0, at - 1)]!);
}
