/** Time, passed in: the practice cluster never asks the machine for it, so tests decide how it goes by. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `callback` once after `milliseconds`; the answer takes it back. */
  after(milliseconds: number, callback: () => void): () => void;
}

/** The machine's own time. Its timers keep nobody's process alive. */
export const machineClock: Clock = {
  now: Date.now,
  after: (milliseconds, callback) => {
    const timer = setTimeout(callback, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** As Kubernetes writes a time: whole seconds, UTC. */
export function timestamp(clock: Pick<Clock, 'now'>): string {
  return `${new Date(clock.now()).toISOString().slice(0, 19)}Z`;
}
