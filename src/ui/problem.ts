import type { Problem } from '../problem.ts';
import { clean } from './clean.ts';
import { foreignLine } from './foreign.ts';
import { cut } from './cut.ts';
import { hanging, indent } from './layout.ts';
import { showLookAlikes } from './look-alike.ts';
import type { Theme } from './theme.ts';

/** What happened, where, and what to do next. */
export function renderProblem(problem: Problem, theme: Theme, width: number): string[] {
  const head = hanging(
    theme.bad(theme.plain ? 'Error:' : '✗'),
    theme.plain ? 7 : 2,
    foreignLine(problem.what),
    width,
  );
  const row = (label: string, text: string): string[] =>
    indent(hanging(theme.quiet(label), 7, foreignLine(text), width - 2), 2);
  return [
    ...head,
    ...(problem.where === undefined ? [] : row('where', problem.where)),
    ...(problem.frame === undefined
      ? []
      : ['', ...indent(showLookAlikes(cut(problem.frame, clean)).trimEnd().split('\n'), 4), '']),
    ...problem.next.flatMap((each, index) => row(index === 0 ? 'next' : '', each)),
  ];
}
