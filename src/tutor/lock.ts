import { readFileSync } from 'node:fs';
import { Problem } from '../problem.ts';
import type { StateFolder } from './state-folder.ts';

const FILE = 'lock';

/**
 * Makes sure that one process at a time walks a session. A lock whose process is gone (killed, power lost) is taken
 * over.
 *
 * @returns the function that gives it back
 * @throws {Problem} session-busy
 */
export function takeLock(
  folder: StateFolder,
  command: string,
  isAlive: (pid: number) => boolean,
): () => void {
  const text = `${process.pid} ${command}\n`;
  for (let attempt = 0; !folder.create(FILE, text); attempt++) {
    const [pid, holder] = (folder.read(FILE) ?? '').trim().split(' ');
    const held = Number(pid) > 0 && Number(pid) !== process.pid && isAlive(Number(pid));
    if (held || attempt > 2) throw busy(folder, pid ?? '?', holder ?? 'start');
    folder.remove(FILE);
  }
  return () => {
    if (folder.read(FILE) === text) folder.remove(FILE);
  };
}

/** Signal 0 asks whether a process exists; EPERM means yes, somebody else's. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return !isZombie(pid);
}

/** A process that has ended stays in the list until somebody asks how; in many containers nobody ever does. */
function isZombie(pid: number): boolean {
  try {
    return /^\d+ \(.*\) Z /s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

function busy(folder: StateFolder, pid: string, command: string): Problem {
  return new Problem({
    code: 'session-busy',
    kind: 'environment',
    what: `k8snet-tutor ${command} is at work on this lesson in another terminal (process ${pid})`,
    where: folder.path,
    next: [
      'Go on there; check, status and hint work here meanwhile.',
      `Or end it there (type quit), then try again here.`,
    ],
  });
}
