/** Time, passed in: the practice cluster never asks the machine for it, so tests decide how it goes by. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `callback` once after `milliseconds`; the answer takes it back. */
  after(milliseconds: number, callback: () => void): () => void;
}

/** Milliseconds that Node's timers can wait; for longer they don't wait at all. */
const LONGEST = 2 ** 31 - 1;

/** The machine's own time. Its timers keep nobody's process alive. */
export const machineClock: Clock = {
  now: Date.now,
  after: (milliseconds, callback) => {
    let timer: NodeJS.Timeout;
    const wait = (left: number): void => {
      const rest = left - LONGEST;
      timer = rest > 0 ? setTimeout(() => wait(rest), LONGEST) : setTimeout(callback, left);
      timer.unref();
    };
    wait(milliseconds);
    return () => clearTimeout(timer);
  },
};

/** As Kubernetes writes a time: whole seconds, UTC. */
export function timestamp(clock: Pick<Clock, 'now'>): string {
  return `${new Date(clock.now()).toISOString().slice(0, 19)}Z`;
}
