import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc, { type IAsyncProperty } from 'fast-check';
import { expect } from 'vitest';

/** How many cases each fuzzer tries; `npm run prove` raises it. */
export const CASES = Number(process.env['FUZZ_CASES'] ?? 100);
/** Bytes more that may be in use at the end than half-way, when all is loaded and the history of changes is full. */
const MOST_GROWTH = 48 * 1024 * 1024;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/**
 * Tries all cases of a fuzzer, and fails if memory grew. Where FUZZ_ROWS names a folder, says there what it took.
 * What failed is tried again with FUZZ_SEED, and made smaller with FUZZ_SHRINK.
 *
 * @param settle brings what was fuzzed back to its beginning, so that what stays in memory was lost
 */
export async function campaign(
  name: string,
  property: IAsyncProperty<unknown>,
  settle: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const { FUZZ_SEED: seed, FUZZ_SHRINK: shrink } = process.env;
  const options = { endOnFailure: shrink === undefined, ...(seed !== undefined && { seed: Number(seed) }) };
  const begin = performance.now();
  const half = Math.ceil(CASES / 2);
  await fc.assert(property, { ...options, numRuns: half });
  await settle();
  const before = inUse();
  await fc.assert(property, { ...options, numRuns: CASES - half });
  await settle();
  const after = inUse();
  record(name, Math.round((performance.now() - begin) / 100) / 10, before, after);
  expect(after - before).toBeLessThan(MOST_GROWTH);
}

function inUse(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function record(name: string, seconds: number, before: number, after: number): void {
  const folder = process.env['FUZZ_ROWS'];
  if (folder === undefined) return;
  const mebibytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1);
  const row = `| ${name} | ${CASES} | ${seconds} | ${mebibytes(before)} | ${mebibytes(after)} |`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name.replaceAll(/\W+/g, '-')), row);
}
