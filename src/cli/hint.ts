import type { Step } from '../lesson/lesson.ts';
import { type Session, updateSession } from '../tutor/session.ts';
import type { StateFolder } from '../tutor/state-folder.ts';
import { stepOf } from '../tutor/step.ts';
import { renderMarkdown } from '../ui/markdown.ts';
import { type Desk, loadLessonOf, requireCurrentSession } from './desk.ts';
import type { Output } from './output.ts';

/** `hint`: one more hint for the current page, from general to particular. Looks at no cluster. */
export async function hint(desk: Desk): Promise<number> {
  const { session, folder } = requireCurrentSession(desk);
  const step = stepOf(await loadLessonOf(desk, session.lesson), session.current);
  giveHint(step, session, folder, desk.output);
  return 0;
}

export function giveHint(step: Step, session: Session, folder: StateFolder, output: Output): void {
  if (step.hints.length === 0) {
    output.say('This page has no hints.');
    output.add({ step: step.id, hints: [] });
    return;
  }
  const { hints } = updateSession(folder, (stored) => {
    stored.hints[step.id] = Math.min((stored.hints[step.id] ?? 0) + 1, step.hints.length);
  });
  session.hints = hints;
  const given = hints[step.id] ?? 1;
  const heading = `Hint ${given} of ${step.hints.length}`;
  output.print(
    '',
    output.theme.strong(heading),
    ...renderMarkdown(step.hints[given - 1]!, output.theme, Math.min(output.width, 100)),
  );
  if (given === step.hints.length && step.solution.length > 0)
    output.print('', output.theme.quiet('That was the last one. k8snet-tutor solve does it for you.'));
  output.add({ step: step.id, hint: given, of: step.hints.length, text: step.hints[given - 1] });
}
