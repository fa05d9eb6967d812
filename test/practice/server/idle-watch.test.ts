import { expect, test } from 'vitest';
import type { Clock } from '../../../src/practice/clock.ts';
import { IdleWatch } from '../../../src/practice/server/idle-watch.ts';

const MINUTE = 60_000;

class TestClock implements Clock {
  private time = 0;
  private readonly timers = new Set<{ at: number; callback: () => void }>();

  now(): number {
    return this.time;
  }

  after(milliseconds: number, callback: () => void): () => void {
    const timer = { at: this.time + milliseconds, callback };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  pass(milliseconds: number): void {
    this.time += milliseconds;
    for (const timer of [...this.timers])
      if (timer.at <= this.time && this.timers.delete(timer)) timer.callback();
  }

  get waiting(): number {
    return this.timers.size;
  }
}

function watch(after?: number): { clock: TestClock; idle: IdleWatch; calls: number[] } {
  const clock = new TestClock();
  const calls: number[] = [];
  return {
    clock,
    calls,
    idle: new IdleWatch({ clock, after, idle: () => calls.push(clock.now() / MINUTE) }),
  };
}

test('calls back once after an hour in which nobody came', () => {
  const { clock, calls } = watch();
  for (let minute = 0; minute < 300; minute++) clock.pass(MINUTE);
  expect(calls).toEqual([60]);
});

test('each request begins the hour anew', () => {
  const { clock, calls, idle } = watch();
  clock.pass(59 * MINUTE);
  idle.begin()();
  clock.pass(59 * MINUTE);
  idle.begin()();
  clock.pass(59 * MINUTE);
  expect(calls).toEqual([]);
  clock.pass(MINUTE);
  expect(calls).toEqual([178]);
});

test('what is open keeps it awake, however long', () => {
  const { clock, calls, idle } = watch();
  const endWatch = idle.begin();
  const endExec = idle.begin();
  clock.pass(600 * MINUTE);
  endWatch();
  // Said twice, it counts once.
  endWatch();
  clock.pass(600 * MINUTE);
  expect(calls).toEqual([]);
  endExec();
  clock.pass(60 * MINUTE);
  expect(calls).toEqual([1260]);
});

test('never, when it is to be never or was stopped', () => {
  const never = watch(0);
  never.idle.begin()();
  never.clock.pass(10_000 * MINUTE);
  expect(never.calls).toEqual([]);

  const stopped = watch(MINUTE);
  stopped.idle.stop();
  stopped.idle.begin()();
  stopped.clock.pass(10_000 * MINUTE);
  expect(stopped.calls).toEqual([]);
  expect(stopped.clock.waiting).toBe(0);
});
