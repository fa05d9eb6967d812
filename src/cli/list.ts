import { LessonError } from '../lesson/diagnostic.ts';
import { listLessons } from '../lesson/load.ts';
import { openPack } from '../lesson/pack.ts';
import { Problem } from '../problem.ts';
import { listSessions, type Session } from '../tutor/session.ts';
import { cleanLine } from '../ui/clean.ts';
import { hanging, indent } from '../ui/layout.ts';
import { renderProblem } from '../ui/problem.ts';
import type { Desk } from './desk.ts';

/** `list`: the lessons there are, and how far the learner is in each. A broken one does not hide the others. */
export async function list(desk: Desk): Promise<number> {
  const { output, runtime } = desk;
  const { theme, width } = output;
  const lessons = await listLessons(await openPack(runtime.packFolder));
  const sessions = listSessions(runtime.state).map((each) => each.session);
  const entries: unknown[] = [];
  for (const lesson of lessons) {
    if (lesson instanceof LessonError) {
      output.print(theme.strong(lesson.lesson), ...indent(renderProblem(lesson, theme, width - 2), 2), '');
      entries.push({ id: lesson.lesson, error: { code: lesson.code, diagnostics: lesson.diagnostics } });
      continue;
    }
    const session = sessions.find(
      (each): each is Session =>
        !(each instanceof Problem) && each.lesson === lesson.id && each.mode === 'learner',
    );
    const progress = progressOf(session, lesson.steps);
    output.print(
      `${theme.strong(lesson.id)}  ${cleanLine(lesson.title)}, ${lesson.steps} pages, about ${lesson.minutes} minutes${progress === '' ? '' : `  ${theme.quiet(progress)}`}`,
      ...indent(hanging('', 0, cleanLine(lesson.summary), width - 2), 2),
      '',
    );
    entries.push({ ...lesson, done: session?.done ?? [], current: session?.current ?? null });
  }
  output.say('Begin: k8snet-tutor start LESSON');
  output.add({ lessons: entries });
  return lessons.some((lesson) => lesson instanceof LessonError) ? 2 : 0;
}

function progressOf(session: Session | undefined, steps: number): string {
  if (session === undefined) return '';
  const count = `${session.done.length} of ${steps} pages done`;
  return session.finished === null ? `under way, ${count}` : `cleaned up, ${count}`;
}
