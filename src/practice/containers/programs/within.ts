import type { Process } from '../process.ts';

export const LATE = Symbol('late');

/** What a wait brings, or LATE when time is up first; the wait itself goes on. @throws {Killed} */
export async function within<T>(
  process: Process,
  milliseconds: number,
  waiting: Promise<T>,
): Promise<T | typeof LATE> {
  if (milliseconds === Infinity) return process.until(waiting);
  let cancel: (() => void) | undefined;
  const late = new Promise<typeof LATE>((resolve) => {
    cancel = process.machine.clock.after(Math.max(0, milliseconds), () => resolve(LATE));
  });
  try {
    return await process.until(Promise.race([waiting, late]));
  } finally {
    cancel?.();
  }
}
