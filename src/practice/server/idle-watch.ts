import type { Clock } from '../clock.ts';

const HOUR = 3600 * 1000;

/** Calls back once when nobody has used the server for a while. */
export class IdleWatch {
  private readonly clock: Clock;
  private readonly limit: number;
  private readonly idle: () => void;
  private open = 0;
  private cancel: (() => void) | undefined;
  private stopped = false;

  /** @param options.after milliseconds, an hour by default; 0 is never */
  constructor(options: { clock: Clock; after?: number | undefined; idle: () => void }) {
    this.clock = options.clock;
    this.limit = options.after ?? HOUR;
    this.idle = options.idle;
    this.wait();
  }

  /** Something is under way (a request, a watch, an exec) until the answer is called. */
  begin(): () => void {
    this.open++;
    this.cancel?.();
    this.cancel = undefined;
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.open--;
      this.wait();
    };
  }

  stop(): void {
    this.stopped = true;
    this.cancel?.();
  }

  private wait(): void {
    if (this.stopped || this.open > 0 || this.limit === 0) return;
    this.cancel = this.clock.after(this.limit, () => {
      this.stop();
      this.idle();
    });
  }
}
