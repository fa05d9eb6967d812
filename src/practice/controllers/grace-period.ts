import type { Clock } from '../clock.ts';

/** How long what is being ended may take. It can be made shorter, never longer. */
export class GracePeriod {
  /** Aborts when it is over. */
  readonly over: AbortSignal;
  private readonly controller = new AbortController();
  private readonly clock: Clock;
  private end = Infinity;
  private cancel: (() => void) | undefined;

  constructor(clock: Clock) {
    this.clock = clock;
    this.over = this.controller.signal;
  }

  /** @param seconds from now on; at least one is always given */
  begin(seconds: number): void {
    const end = this.clock.now() + Math.max(1, seconds) * 1000;
    if (end >= this.end) return;
    this.end = end;
    this.cancel?.();
    this.cancel = this.clock.after(end - this.clock.now(), () => this.controller.abort());
  }

  /** It is over now. */
  finish(): void {
    this.forget();
    this.controller.abort();
  }

  /** Nobody waits for it any more. */
  forget(): void {
    this.cancel?.();
  }
}
