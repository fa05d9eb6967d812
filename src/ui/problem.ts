import type { Problem } from '../problem.ts';
import { adviceLines } from './advice.ts';
import { clean } from './clean.ts';
import { foreignLine } from './foreign.ts';
import { cut } from './cut.ts';
import { hanging, indent } from './layout.ts';
import { showLookAlikes } from './look-alike.ts';
import type { Theme } from './theme.ts';

/** What happened, where, and what to do next. @param pointed points the kubectl lines of a remedy at the session */
export function renderProblem(
  problem: Problem,
  theme: Theme,
  width: number,
  pointed = (line: string): string => line,
): string[] {
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
    ...indent(
      problem.next.flatMap((each, index) =>
        adviceLines(pointed(each), {
          theme,
          label: index === 0 ? 'next' : '',
          labelWidth: 7,
          width: width - 2,
        }),
      ),
      2,
    ),
  ];
}
