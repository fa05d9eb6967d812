import type { Finding } from '../doctor/finding.ts';
import { foreignLine } from './foreign.ts';
import { hanging, indent } from './layout.ts';
import type { Theme } from './theme.ts';

const SIGNS = { ok: '✓', attention: '!', trouble: '✗' };
const ABOUT = 20;

/** One line for each finding: how it is, what was looked at, what was seen; below it what to do. */
export function renderFindings(findings: readonly Finding[], theme: Theme, width: number): string[] {
  const signWidth = theme.plain ? 11 : 2;
  return findings.flatMap((finding) => {
    const { outcome, about, saw, next } = finding;
    const sign = paint(outcome, theme)(theme.plain ? outcome : SIGNS[outcome]);
    const [first = '', ...rest] = hanging(foreignLine(about), ABOUT, foreignLine(saw), width - signWidth);
    return [
      ...hanging(sign, signWidth, first, width + ABOUT),
      ...indent(rest, signWidth),
      ...indent(
        next.flatMap((each) => hanging(theme.quiet('next'), 6, foreignLine(each), width - signWidth - 2)),
        signWidth + 2,
      ),
    ];
  });
}

function paint(outcome: Finding['outcome'], theme: Theme): (text: string) => string {
  if (outcome === 'ok') return theme.good;
  return outcome === 'attention' ? theme.unsure : theme.bad;
}

/** The sentence below all findings. */
export function summaryOf(findings: readonly Finding[]): string {
  const count = (outcome: Finding['outcome']): number =>
    findings.filter((each) => each.outcome === outcome).length;
  const [troubles, attentions] = [count('trouble'), count('attention')];
  const rights = findings.filter(
    (each) => each.outcome === 'trouble' && each.permissions !== undefined,
  ).length;
  const minor =
    attentions === 0
      ? ''
      : ` ${attentions} of the findings ${attentions === 1 ? 'deserves' : 'deserve'} attention.`;
  if (troubles === 0) return `Nothing is in the way of the lesson.${minor}`;
  const missing = rights === 0 ? '' : `, ${rights} of them for want of a right`;
  return `${troubles} ${troubles === 1 ? 'thing is' : 'things are'} in the way of the lesson${missing}.${minor}`;
}
