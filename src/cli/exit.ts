import { Problem, type ProblemKind } from '../problem.ts';

/** 70: our own bug, as sysexits.h has it. */
export const BUG = 70;
export const USAGE = 2;

const CODES: Record<ProblemKind, number> = { usage: USAGE, environment: 3, permission: 4 };

export function exitCodeOfProblem(problem: Problem): number {
  return CODES[problem.kind];
}

/** SIGINT 130, SIGTERM 143: 128 and the signal's number. */
export function exitCodeOfSignal(signal: 'SIGINT' | 'SIGTERM'): number {
  return signal === 'SIGINT' ? 130 : 143;
}
