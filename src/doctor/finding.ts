import type { Permission } from '../cluster/permission.ts';
import type { Problem } from '../problem.ts';

/** What was found about one thing. Attention: the lesson works, but not all of it, or not as one expects. */
export interface Finding {
  outcome: 'ok' | 'attention' | 'trouble';
  /** What was looked at, in a word or two. */
  about: string;
  /** Stable; tests and `--output json` name findings by it. */
  code: string;
  saw: string;
  /** What to do, most likely remedy first. */
  next: string[];
  /** Rights that are missing. */
  permissions?: Permission[];
}

export function ok(about: string, code: string, saw: string): Finding {
  return { outcome: 'ok', about, code, saw, next: [] };
}

export function attention(about: string, code: string, saw: string, ...next: string[]): Finding {
  return { outcome: 'attention', about, code, saw, next };
}

export function trouble(about: string, code: string, saw: string, ...next: string[]): Finding {
  return { outcome: 'trouble', about, code, saw, next };
}

/** A Problem that ended the looking; one of missing rights counts as such. */
export function troubleOf(about: string, problem: Problem): Finding {
  const finding = trouble(about, problem.code, problem.what, ...problem.next);
  return problem.kind === 'permission' ? { ...finding, permissions: [] } : finding;
}

/** 0 nothing is in the way, 4 a right is missing, 3 something else is. */
export function exitCodeOfFindings(findings: readonly Finding[]): number {
  const troubles = findings.filter(({ outcome }) => outcome === 'trouble');
  if (troubles.length === 0) return 0;
  return troubles.some(({ permissions }) => permissions !== undefined) ? 4 : 3;
}
