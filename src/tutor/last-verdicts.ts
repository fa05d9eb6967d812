import { z } from 'zod';
import type { Verdict } from '../checks/verdict.ts';
import { Problem } from '../problem.ts';
import type { StateFolder } from './state-folder.ts';

const lastVerdictSchema = z.object({
  outcome: z.enum(['pass', 'fail', 'inconclusive', 'skipped', 'blocked']),
  code: z.string(),
  observed: z.string(),
  /** ISO 8601 */
  at: z.string(),
});
const fileSchema = z.record(z.string(), z.record(z.string(), lastVerdictSchema));

/** What a check found the last time it ran in this session. */
export type LastVerdict = z.infer<typeof lastVerdictSchema>;
/** By the check's id. */
export type LastVerdicts = Readonly<Record<string, LastVerdict>>;

const FILE = 'verdicts.json';
/** Characters of what was seen: enough to tell two findings apart. */
const LONGEST = 300;

/** What the checks of a page found last, by their ids. Only a convenience: a damaged file counts as none. */
export function readLastVerdicts(folder: StateFolder, step: string): LastVerdicts {
  return readAll(folder)[step] ?? {};
}

/** Keeps what was found, for the next check to compare with. A disk that is full costs that comparison, not the check. */
export function rememberVerdicts(folder: StateFolder, step: string, verdicts: Verdict[], at: string): void {
  const entries = verdicts.map(({ check, outcome, code, observed }): [string, LastVerdict] => [
    check,
    { outcome, code, observed: observed.slice(0, LONGEST), at },
  ]);
  try {
    const all = { ...readAll(folder), [step]: Object.fromEntries(entries) };
    folder.write(FILE, `${JSON.stringify(all, undefined, 2)}\n`);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
}

export function forgetVerdicts(folder: StateFolder): void {
  folder.remove(FILE);
}

function readAll(folder: StateFolder): z.infer<typeof fileSchema> {
  try {
    return fileSchema.parse(JSON.parse(folder.read(FILE) ?? '{}'));
  } catch {
    return {};
  }
}
