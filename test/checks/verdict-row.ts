import { expect } from 'vitest';
import type { Outcome, Verdict } from '../../src/checks/verdict.ts';
import { wordingOf } from '../../src/checks/wording.ts';
import type { World } from './world.ts';

/** A check, how the world is, and the verdict there must be. */
export interface Row<W extends World = World> {
  name: string;
  check: object;
  world?: (world: W) => void;
  outcome: Outcome;
  code: string;
  /** Stands somewhere in the verdict or its words. */
  says?: string | string[];
  /** Stands nowhere in it. */
  not?: string;
}

/** Runs a row's check, and reads the verdict. */
export async function expectVerdict<W extends World>(row: Row<W>, world: W): Promise<void> {
  row.world?.(world);
  expectSaid(row, await world.run(row.check));
}

/** Reads a verdict as a learner would. */
export function expectSaid(row: Omit<Row, 'check' | 'world'>, verdict: Verdict): void {
  const { outcome, code } = verdict;
  expect({ outcome, code }, verdict.observed).toEqual({ outcome: row.outcome, code: row.code });
  const words = wordingOf(verdict);
  const text = JSON.stringify({ verdict, words });
  expect(text).not.toMatch(/undefined|\[object|NaN|null/);
  // A placeholder that was left empty shows as two spaces, or as a space before the end.
  for (const sentence of [words.said, ...words.next]) expect(sentence).not.toMatch(/ {2}|[ :]$|\(\)/);
  expect(verdict.subject).not.toBe('');
  expect(verdict.observed).not.toBe('');
  expect(verdict.expected).not.toBe('');
  if (row.outcome === 'pass') expect(verdict.evidence).not.toEqual([]);
  if (!['pass', 'skipped'].includes(row.outcome) && row.code !== 'witness-none')
    expect(words.next).not.toEqual([]);
  const plain = `${text}\n${text.replaceAll(String.raw`\"`, '"')}`;
  for (const said of [row.says ?? []].flat()) expect(plain).toContain(said);
  if (row.not !== undefined) expect(text).not.toContain(row.not);
}
