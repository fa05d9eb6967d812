/** Kubelet's own: 10 s, doubled each time, never more than five minutes; forgotten after ten quiet minutes. */
const FIRST = 10_000;
const LONGEST = 300_000;

/** How long to wait before the next try of something that keeps failing. All times are milliseconds. */
export class BackOff {
  private window = 0;
  private updated = 0;

  /** How long still to wait at `now` when the last failure was at `failed`; 0 when it may be tried at once. */
  remaining(failed: number, now: number): number {
    if (this.window === 0 || failed - this.updated > 2 * LONGEST) return 0;
    return Math.max(0, failed + this.window - now);
  }

  /** The current wait, as messages name it. */
  get length(): number {
    return this.window;
  }

  /** A failure, or a new try after one: the next wait is longer. */
  next(failed: number, now: number): void {
    const forgotten = this.window === 0 || failed - this.updated > 2 * LONGEST;
    this.window = forgotten ? FIRST : Math.min(this.window * 2, LONGEST);
    this.updated = now;
  }
}
