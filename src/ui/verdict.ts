import type { Verdict } from '../checks/verdict.ts';
import { wordingOf } from '../checks/wording.ts';
import { adviceLines } from './advice.ts';
import { exactLine, foreignLine } from './foreign.ts';
import { hanging, indent, padTo, stringWidth } from './layout.ts';
import type { Theme } from './theme.ts';

export interface VerdictView {
  theme: Theme;
  width: number;
  verbose: boolean;
  /** Points the kubectl lines of a remedy at the session's cluster and namespace. */
  pointed(line: string): string;
}

/** A step's verdicts, one after the other. What several checks found alike is explained once. */
export function renderVerdicts(verdicts: Verdict[], view: VerdictView): string[] {
  const widest = Math.max(0, ...verdicts.map((verdict) => stringWidth(verdict.check)));
  const told = new Set<string>();
  return verdicts.flatMap((verdict) => {
    const story = JSON.stringify([verdict.outcome, wordingOf(verdict), verdict.subject, verdict.observed]);
    const again = verdict.outcome !== 'pass' && told.has(story);
    told.add(story);
    return renderVerdict(verdict, widest, again, view);
  });
}

function renderVerdict(verdict: Verdict, nameWidth: number, again: boolean, view: VerdictView): string[] {
  const { theme, width } = view;
  const { said } = wordingOf(verdict);
  const sign = theme.sign(verdict.outcome);
  const head = `${sign} ${padTo(theme.strong(verdict.check), nameWidth)}  `;
  const lines = hanging(head, stringWidth(head), foreignLine(again ? `${said} (as above)` : said), width);
  if (again) return [...lines, ...indent(evidence(verdict, view), 4)];
  const details = verdict.outcome === 'pass' ? passed(verdict, view) : notPassed(verdict, view);
  return [...lines, ...indent(details, 4)];
}

/** A pass shows what was seen, and whether it was a real or a simulated network. */
function passed(verdict: Verdict, view: VerdictView): string[] {
  const { theme, width } = view;
  const origin = verdict.evidence[0]?.origin ?? 'measured';
  const seen = `${foreignLine(verdict.observed)} ${theme.quiet(`(${origin})`)}`;
  return [...hanging(theme.quiet('seen'), 10, seen, width - 4), ...evidence(verdict, view)];
}

function notPassed(verdict: Verdict, view: VerdictView): string[] {
  const { theme, width } = view;
  const { why, next } = wordingOf(verdict);
  const row = (label: string, text: string): string[] =>
    text === '' ? [] : hanging(theme.quiet(label), 10, foreignLine(text), width - 4);
  return [
    ...row('looked at', verdict.subject),
    ...row('saw', verdict.observed),
    ...row('expected', verdict.expected),
    ...row('why', why ?? ''),
    ...next.flatMap((each, index) =>
      adviceLines(view.pointed(each), {
        theme,
        label: index === 0 ? 'next' : '',
        labelWidth: 10,
        width: width - 4,
      }),
    ),
    ...evidence(verdict, view),
  ];
}

function evidence(verdict: Verdict, view: VerdictView): string[] {
  if (!view.verbose) return [];
  const { theme, width } = view;
  return verdict.evidence.flatMap((each) => [
    `${padTo(theme.quiet(each.source), 10)}${theme.code(`$ ${exactLine(each.command)}`)}`,
    ...hanging('', 10, `${foreignLine(each.text)} ${theme.quiet(`(${each.origin})`)}`, width - 4),
  ]);
}

/** One line that counts. */
export function renderTally(verdicts: Verdict[], theme: Theme): string {
  const count = (outcome: Verdict['outcome']): number =>
    verdicts.filter((verdict) => verdict.outcome === outcome).length;
  const parts = [
    count('pass') > 0 ? theme.good(`${count('pass')} passed`) : '',
    count('fail') > 0 ? theme.bad(`${count('fail')} not yet`) : '',
    count('inconclusive') > 0 ? theme.unsure(`${count('inconclusive')} could not be told`) : '',
    count('blocked') > 0 ? theme.unsure(`${count('blocked')} not permitted`) : '',
    count('skipped') > 0 ? theme.quiet(`${count('skipped')} skipped`) : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}
