/** Which exit code a problem leads to: usage 2, environment 3, permission 4. */
export type ProblemKind = 'usage' | 'environment' | 'permission';

export interface ProblemParts {
  /** Stable, kebab-case; tests and `--output json` name problems by it. */
  code: string;
  kind: ProblemKind;
  /** What happened, one sentence. */
  what: string;
  /** Where: a file with line and column, or an object with its namespace. */
  where?: string;
  /** Source excerpt pointing at the place, several lines. */
  frame?: string;
  /** What to do next, most likely remedy first. */
  next?: string[];
  cause?: unknown;
}

/**
 * Anything that went wrong outside our own code: it is told to the user as what, where and what next, never as a
 * stack trace. Every other error that reaches the edge is a bug of ours (exit 70).
 */
export class Problem extends Error {
  readonly code: string;
  readonly kind: ProblemKind;
  readonly what: string;
  readonly where: string | undefined;
  readonly frame: string | undefined;
  readonly next: string[];

  constructor(parts: ProblemParts) {
    super(parts.what, parts.cause === undefined ? undefined : { cause: parts.cause });
    this.name = 'Problem';
    this.code = parts.code;
    this.kind = parts.kind;
    this.what = parts.what;
    this.where = parts.where;
    this.frame = parts.frame;
    this.next = parts.next ?? [];
  }
}
