import { expect, test } from 'vitest';
import type { Outcome, Verdict } from '../../src/checks/verdict.ts';
import { type EarlierVerdict, renderChanges } from '../../src/ui/changes.ts';
import { makeTheme } from '../../src/ui/theme.ts';

const NOW = Date.parse('2026-01-01T12:02:00Z');
const theme = makeTheme({ colour: false, plain: true });

function verdict(check: string, outcome: Outcome, code: string): Verdict {
  return {
    check,
    kind: 'http',
    outcome,
    code,
    subject: '',
    observed: '',
    expected: '',
    evidence: [],
    details: {},
  };
}

function earlier(outcome: Outcome, code: string, observed = 'seen then'): EarlierVerdict {
  return { outcome, code, observed, at: '2026-01-01T12:00:00Z' };
}

test.each<[string, Record<string, EarlierVerdict>, Verdict[], string]>([
  ['the first check has nothing to compare with', {}, [verdict('page', 'fail', 'wrong-body')], ''],
  [
    'all well then and now needs no words',
    { page: earlier('pass', 'answered') },
    [verdict('page', 'pass', 'answered')],
    '',
  ],
  [
    'the same trouble',
    { page: earlier('fail', 'wrong-body') },
    [verdict('page', 'fail', 'wrong-body')],
    '\nSince your last check, 2 minutes ago: the same as before.',
  ],
  [
    'mended',
    { page: earlier('fail', 'connection-refused', 'curl: (7) refused') },
    [verdict('page', 'pass', 'answered')],
    '\nSince your last check, 2 minutes ago\n  page: passed; was not yet (curl: (7) refused)',
  ],
  [
    'broken again, beside one that stayed as it was and one that is new',
    { page: earlier('pass', 'answered'), open: earlier('pass', 'reach-open') },
    [
      verdict('page', 'fail', 'wrong-body'),
      verdict('open', 'pass', 'reach-open'),
      verdict('new', 'fail', 'ready'),
    ],
    '\nSince your last check, 2 minutes ago\n  page: not yet; was passed (seen then)',
  ],
  [
    'another kind of trouble is a change, too',
    { page: earlier('fail', 'image-pull') },
    [verdict('page', 'fail', 'container-crashing')],
    '\nSince your last check, 2 minutes ago\n  page: not yet; was not yet (seen then)',
  ],
])('%s', (_, before, verdicts, shown) => {
  expect(renderChanges(before, verdicts, NOW, { theme, width: 80 }).join('\n')).toBe(shown);
});

test.each([
  [-5_000, '0 s ago'],
  [89_000, '89 s ago'],
  [90_000, '2 minutes ago'],
  [5_400_000, '2 hours ago'],
])('%i ms is %s', (milliseconds, words) => {
  const before = { page: earlier('fail', 'wrong-body') };
  const now = Date.parse(before.page.at) + milliseconds;
  const [, line] = renderChanges(before, [verdict('page', 'fail', 'wrong-body')], now, { theme, width: 80 });
  expect(line).toContain(words);
});
