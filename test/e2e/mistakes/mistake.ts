import type { Lane } from './lane.ts';

/** Something that learners get wrong, and how the tutor must tell them. */
export interface Mistake {
  /** What the learner did, in a few words. */
  name: string;
  /** The page it happens on. */
  step: string;
  /** The check of that page where it shows; without, the command of `run` tells. */
  check?: string;
  /** The tutor's command line that tells of it; `check` of the page when it is not given. */
  run?: (lane: Lane) => string[] | Promise<string[]>;
  code: string;
  exit: number;
  /** What the advice must say. */
  remedy: RegExp;
  make?: (lane: Lane) => Promise<unknown>;
  /** Puts right what lies outside of the lane's namespace. */
  undo?: (lane: Lane) => Promise<unknown>;
  /** Why it can't be shown on this cluster; undefined where it can. */
  cannot?: () => string | undefined;
}
