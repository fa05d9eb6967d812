import type { Clock } from '../clock.ts';
import { type Fault, guarded } from './guard.ts';

/** As client-go's rate limiter for controllers: 5 ms after the first failure, twice as long after each, 1000 s at most. */
const FIRST_RETRY = 5;
const LAST_RETRY = 1_000_000;

/** Objects that a controller has to look at, each once however often it was told of. */
export class WorkQueue {
  private readonly queued = new Set<string>();
  private readonly timers = new Map<string, { at: number; cancel: () => void }>();
  private readonly failures = new Map<string, number>();
  private readonly work: (key: string) => void;
  private readonly clock: Clock;
  private readonly fault: Fault;
  private stopped = false;

  constructor(work: (key: string) => void, { clock, fault }: { clock: Clock; fault: Fault }) {
    this.work = work;
    this.clock = clock;
    this.fault = fault;
  }

  /** As soon as whoever tells of a change is done. */
  add(key: string): void {
    if (this.queued.has(key)) return;
    this.queued.add(key);
    queueMicrotask(
      guarded(() => {
        this.queued.delete(key);
        if (!this.stopped) this.work(key);
      }, this.fault),
    );
  }

  /** After so many milliseconds, unless it is to be looked at earlier anyway. */
  addAfter(key: string, milliseconds: number): void {
    const at = this.clock.now() + milliseconds;
    const known = this.timers.get(key);
    if (known !== undefined && known.at <= at) return;
    known?.cancel();
    const look = (): void => {
      this.timers.delete(key);
      this.add(key);
    };
    this.timers.set(key, { at, cancel: this.clock.after(milliseconds, look) });
  }

  /** Something failed: again later, and later each time. */
  retry(key: string): void {
    const failures = this.failures.get(key) ?? 0;
    this.failures.set(key, failures + 1);
    this.addAfter(key, Math.min(LAST_RETRY, FIRST_RETRY * 2 ** failures));
  }

  /** It went well, or is gone. */
  forget(key: string): void {
    this.failures.delete(key);
  }

  stop(): void {
    this.stopped = true;
    for (const { cancel } of this.timers.values()) cancel();
  }
}
