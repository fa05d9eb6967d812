/**
 * pass: seen, with evidence · fail: the learner's work is not there yet · inconclusive: we could not tell ·
 * skipped: does not apply here · blocked: not permitted.
 */
export type Outcome = 'pass' | 'fail' | 'inconclusive' | 'skipped' | 'blocked';

/** Something that was looked at, as it was seen. */
export interface Evidence {
  source: 'api' | 'exec' | 'log';
  origin: 'measured' | 'simulated';
  /** The kubectl line that shows the same. */
  command: string;
  text: string;
}

/** What a check found. Data only: the words for each code are in wording.ts. */
export interface Verdict {
  /** The check's id within its step. */
  check: string;
  kind: string;
  outcome: Outcome;
  /** Stable name of what was found; a key of the wording table. */
  code: string;
  /** The object looked at, with its namespace. */
  subject: string;
  observed: string;
  expected: string;
  evidence: Evidence[];
  /** Names and values the wording speaks of. */
  details: Record<string, string>;
}

/** The verdicts' exit code. Mixed: 1 > 4 > 3 > 0; 0 needs at least one pass and nothing left open. */
export function exitCodeOf(verdicts: Verdict[]): 0 | 1 | 3 | 4 {
  const has = (outcome: Outcome): boolean => verdicts.some((verdict) => verdict.outcome === outcome);
  if (has('fail')) return 1;
  if (has('blocked')) return 4;
  if (has('inconclusive') || !has('pass')) return 3;
  return 0;
}
