import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { machineClock } from '../../src/practice/clock.ts';

const DAY = 24 * 3_600_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

// Node's own timers go off at once beyond 24.8 days.
test.each([1000, 24 * DAY, 25 * DAY, 1000 * DAY])(
  '%d ms go by before a callback is called',
  (milliseconds) => {
    const callback = vi.fn();
    machineClock.after(milliseconds, callback);
    vi.advanceTimersByTime(milliseconds - 1);
    expect(callback).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(callback).toHaveBeenCalledOnce();
  },
);

test.each([0, 30])('a callback taken back after %d days is not called', (days) => {
  const callback = vi.fn();
  const takeBack = machineClock.after(60 * DAY, callback);
  vi.advanceTimersByTime(days * DAY);
  takeBack();
  vi.advanceTimersByTime(100 * DAY);
  expect(callback).not.toHaveBeenCalled();
});
