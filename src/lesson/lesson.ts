import type { Check } from './check.ts';
import type { FactReference } from './fact-reference.ts';
import type { Manifest } from './manifest.ts';
import type { NodePort } from './node-reference.ts';
import type { Requirement } from './requirement.ts';
import type { Template } from './template.ts';

/** A lesson, read, checked and with everything it refers to. */
export interface Lesson {
  format: 1;
  id: string;
  /** Relative to the pack. */
  file: string;
  title: string;
  summary: string;
  minutes: number;
  requires: Requirement[];
  steps: Step[];
}

/** One page of a lesson. */
export interface Step {
  /** Stable: progress is kept by it. */
  id: string;
  title: string;
  text: Template;
  requires: Requirement[];
  /** Live facts shown beside the text. */
  facts: FactReference[];
  /** Applied by the tutor on entering. */
  apply: Manifest[];
  /** Command lines for the learner to type; the tutor never runs them. */
  type: string[];
  checks: Check[];
  /** From general to particular; three where there is a solution. */
  hints: string[];
  /** What solves the step; empty where there is nothing to solve. */
  solution: SolutionAction[];
  /** Other solutions, which must pass as well. */
  alternatives: SolutionAction[][];
  /** What must fail, and how. */
  mistakes: Mistake[];
  /** Shown when the checks have passed. */
  after?: Template;
}

/** One thing the learner does, as the tutor would do it. */
export type SolutionAction =
  | { kind: 'apply'; manifest: Manifest }
  | { kind: 'delete'; pod: string }
  /** A server on a Node that answers once, with a file's text. */
  | { kind: 'listen'; at: NodePort; manifest: Manifest };

/** A wrong solution: the check that finds it, the code of its verdict and the hint that helps (1 to 3). */
export interface Mistake {
  apply: Manifest;
  check: string;
  code: string;
  hint: number;
}
