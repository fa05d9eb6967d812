import type { Clock } from '../clock.ts';

export type Fault = (error: unknown) => void;

/** A listener that never throws at whoever tells it something. */
export function guarded<A extends unknown[]>(
  listener: (...told: A) => void,
  fault: Fault,
): (...told: A) => void {
  return (...told) => {
    try {
      listener(...told);
    } catch (error) {
      fault(error);
    }
  };
}

/** A clock whose callbacks never throw: that would end the process. */
export function guardedClock(clock: Clock, fault: Fault): Clock {
  return {
    now: () => clock.now(),
    after: (milliseconds, callback) => clock.after(milliseconds, guarded(callback, fault)),
  };
}
