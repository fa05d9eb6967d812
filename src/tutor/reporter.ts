/** How work in progress is told: what is waited for, and the kubectl line each action equals. */
export interface Reporter {
  waiting(what: string): void;
  /** Told before it is looked at. */
  expecting(what: string): void;
  /** Shown with -v. */
  action(command: string): void;
  /** Something was done that the learner should know of. */
  did(what: string): void;
}
