import type { Clock } from '../../../src/practice/clock.ts';

interface Timer {
  at: number;
  order: number;
  callback: () => void;
}

/** Time that a test moves. Between two timers everything that can go on without time goes on. */
export class VirtualClock implements Clock {
  private time: number;
  private order = 0;
  private readonly timers = new Set<Timer>();

  constructor(start = '2030-01-01T00:00:00Z') {
    this.time = Date.parse(start);
  }

  now(): number {
    return this.time;
  }

  /** How many timers wait. */
  get waiting(): number {
    return this.timers.size;
  }

  after(milliseconds: number, callback: () => void): () => void {
    const timer = { at: this.time + Math.max(0, milliseconds), order: this.order++, callback };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  /** Lets `milliseconds` pass. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds;
    await settle();
    for (let next = this.next(); next && next.at <= end; next = this.next()) await this.fire(next);
    this.time = end;
    await settle();
  }

  /** Lets time pass until `done`, timer by timer; at most `limit` milliseconds. How long it took. */
  async until(done: () => boolean, limit = 3_600_000): Promise<number> {
    const start = this.time;
    await settle();
    while (!done()) {
      const next = this.next();
      if (!next || next.at > start + limit) throw new Error(`not within ${limit} ms: ${done.toString()}`);
      await this.fire(next);
    }
    return this.time - start;
  }

  private async fire(timer: Timer): Promise<void> {
    this.timers.delete(timer);
    this.time = Math.max(this.time, timer.at);
    timer.callback();
    await settle();
  }

  private next(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.timers)
      if (!first || timer.at < first.at || (timer.at === first.at && timer.order < first.order))
        first = timer;
    return first;
  }
}

/** An immediate comes after all promises that can go on have gone on; programs breathe with immediates of their own. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 3; round++) await new Promise<void>((resolve) => void setImmediate(resolve));
}
