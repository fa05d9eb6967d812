import { describe, expect, it } from 'vitest';
import { exitCodeOf, type Outcome, type Verdict } from '../../src/checks/verdict.ts';

const verdict = (outcome: Outcome): Verdict => ({
  check: 'it',
  kind: 'ready',
  outcome,
  code: 'ready',
  subject: 'Pod web',
  observed: '',
  expected: '',
  evidence: [],
  details: {},
});

const table: [Outcome[], number][] = [
  [[], 3],
  [['pass'], 0],
  [['fail'], 1],
  [['blocked'], 4],
  [['inconclusive'], 3],
  [['skipped'], 3],
  [['skipped', 'skipped'], 3],
  [['pass', 'skipped'], 0],
  [['pass', 'inconclusive'], 3],
  [['pass', 'blocked'], 4],
  [['inconclusive', 'blocked'], 4],
  [['pass', 'fail'], 1],
  [['blocked', 'fail'], 1],
  [['inconclusive', 'fail'], 1],
  [['pass', 'skipped', 'inconclusive', 'blocked', 'fail'], 1],
];

describe('exitCodeOf', () => {
  it.each(table)('%j: %i', (outcomes, code) => {
    expect(exitCodeOf(outcomes.map(verdict))).toBe(code);
    expect(exitCodeOf(outcomes.map(verdict).reverse())).toBe(code);
  });
});
