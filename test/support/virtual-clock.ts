import type { Timing } from '../../src/cluster/api.ts';

interface Timer {
  at: number;
  wake: () => void;
}

/** Time that passes only when nothing else is left to do: sleepers wake one after the other, without waiting. */
export class VirtualClock implements Timing {
  /** How long each sleeper meant to sleep, in milliseconds. */
  readonly slept: number[] = [];
  private readonly start: number;
  private time: number;
  private readonly timers = new Set<Timer>();
  private busy = 0;
  private pumping = false;

  constructor(start = '2030-01-01T00:00:00Z') {
    this.start = Date.parse(start);
    this.time = this.start;
  }

  now(): number {
    return this.time;
  }

  /** Milliseconds since the clock was made. */
  get elapsed(): number {
    return this.time - this.start;
  }

  random(): number {
    return 0.5;
  }

  sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    this.slept.push(milliseconds);
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const aborted = (): void => {
        this.timers.delete(timer);
        resolve();
      };
      const timer = this.after(milliseconds, () => {
        signal.removeEventListener('abort', aborted);
        resolve();
      });
      signal.addEventListener('abort', aborted, { once: true });
    });
  }

  /** Does something when its time has come. */
  after(milliseconds: number, act: () => void): Timer {
    const timer = { at: this.time + milliseconds, wake: act };
    this.timers.add(timer);
    this.pump();
    return timer;
  }

  /** Time stands still while real work is under way. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.busy++;
    try {
      return await work;
    } finally {
      this.busy--;
      this.pump();
    }
  }

  /** An immediate comes after all promises that can go on have gone on. */
  private pump(): void {
    if (this.pumping) return;
    this.pumping = true;
    setImmediate(() => {
      this.pumping = false;
      const [next] = [...this.timers].sort((a, b) => a.at - b.at);
      if (this.busy > 0 || next === undefined) return;
      this.timers.delete(next);
      this.time = Math.max(this.time, next.at);
      next.wake();
      this.pump();
    });
  }
}
