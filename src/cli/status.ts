import type { Lesson } from '../lesson/lesson.ts';
import type { Session } from '../tutor/session.ts';
import { cleanLine } from '../ui/clean.ts';
import { exactLine } from '../ui/foreign.ts';
import { hanging, stringWidth } from '../ui/layout.ts';
import type { Theme } from '../ui/theme.ts';
import { type Desk, loadLessonOf, requireCurrentSession } from './desk.ts';

/** `status`: where the learner is. Looks at no cluster, so it also answers when there is none. */
export async function status(desk: Desk): Promise<number> {
  const { session } = requireCurrentSession(desk);
  const lesson = await loadLessonOf(desk, session.lesson);
  desk.output.print(...renderStatus(lesson, session, desk.output.theme, desk.output.width));
  const { cluster, namespace, current, done, skipped } = session;
  desk.output.add({
    lesson: lesson.id,
    cluster,
    namespace,
    current,
    done,
    skipped,
    steps: lesson.steps.map(({ id, title }) => ({ id, title, state: stateOf(id, session) })),
  });
  return 0;
}

type StepState = 'done' | 'current' | 'skipped' | 'open';

export function stateOf(id: string, session: Session): StepState {
  if (id === session.current) return 'current';
  if (session.skipped.includes(id)) return 'skipped';
  return session.done.includes(id) ? 'done' : 'open';
}

export function renderStatus(lesson: Lesson, session: Session, theme: Theme, width: number): string[] {
  const at = lesson.steps.findIndex((step) => step.id === session.current);
  const step = lesson.steps[at];
  const row = (label: string, text: string): string[] => hanging(theme.quiet(label), 11, text, width);
  const owner = session.borrowed ? 'borrowed' : 'made by the tutor';
  const checks =
    step === undefined || step.checks.length === 0
      ? 'none'
      : session.done.includes(step.id)
        ? 'passed'
        : 'open';
  return [
    ...row('lesson', `${cleanLine(lesson.title)} (${lesson.id})`),
    ...row(
      'page',
      step === undefined
        ? `${session.current}, which is not in this version of the lesson`
        : `${at + 1} of ${lesson.steps.length}: ${cleanLine(step.title)}`,
    ),
    ...row('checks', checks),
    ...row('cluster', `context ${exactLine(session.cluster.context)}, ${exactLine(session.cluster.server)}`),
    ...row('namespace', `${session.namespace} (${owner})`),
    '',
    ...renderPages(lesson, session, theme, width),
    '',
    ...hanging(
      '',
      0,
      `Next: ${checks === 'open' ? 'k8snet-tutor check, hint or page' : at === lesson.steps.length - 1 ? 'k8snet-tutor cleanup' : 'k8snet-tutor next'}`,
      width,
    ),
  ];
}

/** A line for each page: its state, its number and its title. */
export function renderPages({ steps }: Lesson, session: Session, theme: Theme, width: number): string[] {
  const digits = String(steps.length).length;
  return steps.flatMap(({ id, title }, index) => {
    const label = `${mark(stateOf(id, session), theme)} ${theme.quiet(String(index + 1).padStart(digits))}`;
    return hanging(label, stringWidth(label) + 2, cleanLine(title), width);
  });
}

function mark(state: StepState, theme: Theme): string {
  if (theme.plain) return { done: 'done   ', current: 'here   ', skipped: 'skipped', open: 'open   ' }[state];
  switch (state) {
    case 'done':
      return theme.good('✓');
    case 'current':
      return theme.strong('▶');
    case 'skipped':
      return theme.quiet('–');
    case 'open':
      return theme.quiet('·');
  }
}
