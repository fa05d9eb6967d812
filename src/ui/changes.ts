import type { Outcome, Verdict } from '../checks/verdict.ts';
import { foreignLine } from './foreign.ts';
import { hanging, indent } from './layout.ts';
import type { Theme } from './theme.ts';

/** What a check found before, as far as a comparison needs it. */
export interface EarlierVerdict {
  outcome: Outcome;
  code: string;
  observed: string;
  /** ISO 8601 */
  at: string;
}

const WORDS: Record<Outcome, string> = {
  pass: 'passed',
  fail: 'not yet',
  inconclusive: 'could not be told',
  skipped: 'skipped',
  blocked: 'not permitted',
};

/**
 * What has changed since the checks ran last, one line for each that found something else. Nothing where none of them ran
 * before, or all passed then and now.
 *
 * @param now milliseconds since 1970
 */
export function renderChanges(
  before: Readonly<Record<string, EarlierVerdict>>,
  verdicts: Verdict[],
  now: number,
  { theme, width }: { theme: Theme; width: number },
): string[] {
  const known = verdicts.flatMap((verdict) => {
    const earlier = before[verdict.check];
    return earlier === undefined ? [] : [{ verdict, earlier }];
  });
  if (known.every(({ verdict, earlier }) => verdict.outcome === 'pass' && earlier.outcome === 'pass'))
    return [];
  const oldest = Math.min(...known.map(({ earlier }) => Date.parse(earlier.at)));
  const since = `Since your last check, ${ago(now - oldest)}`;
  const changed = known.filter(
    ({ verdict, earlier }) => verdict.outcome !== earlier.outcome || verdict.code !== earlier.code,
  );
  if (changed.length === 0) return ['', theme.quiet(`${since}: the same as before.`)];
  const rows = changed.flatMap(({ verdict, earlier }) => {
    const was = `was ${WORDS[earlier.outcome]} (${foreignLine(earlier.observed)})`;
    return hanging(
      `${theme.strong(verdict.check)}: `,
      verdict.check.length + 2,
      `${WORDS[verdict.outcome]}; ${theme.quiet(was)}`,
      width - 2,
    );
  });
  return ['', theme.strong(since), ...indent(rows, 2)];
}

function ago(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 90) return `${seconds} s ago`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} minutes ago` : `${Math.round(minutes / 60)} hours ago`;
}
