import type { StateFolder } from './state-folder.ts';

/** Milliseconds between two tries, and how many; who holds it needs a few milliseconds, so after that it has died. */
const PAUSE = 5;
const TRIES = 400;

/**
 * Reads and writes a file of the state folder as one act, though other processes do the same: two terminals may finish
 * a check at the same moment, and nothing of either must be lost. Waits without letting anything else run, for two
 * seconds at most.
 *
 * @throws {Problem} state-unwritable
 */
export function exclusively<T>(folder: StateFolder, name: string, action: () => T): T {
  for (let tries = 1; !folder.create(name, ''); tries++) {
    if (tries % TRIES === 0) folder.remove(name);
    else pause();
  }
  try {
    return action();
  } finally {
    folder.remove(name);
  }
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
}
