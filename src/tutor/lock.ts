import { readFileSync } from 'node:fs';
import { Problem } from '../problem.ts';
import type { StateFolder } from './state-folder.ts';

const FILE = 'lock';
/** Milliseconds between two signs of life in the lock's file, and after how long without one its holder is given up. */
const BEAT = 10_000;
const SILENCE = 60_000;

/** Who takes and judges locks. */
export interface Locksmith {
  pid: number;
  /** This machine's name. A state folder may be on a home that several machines share. */
  host: string;
  /** When the process with this number began, in words that never change; undefined when there is none. */
  startOf(pid: number): string | undefined;
  /** Milliseconds since 1970. */
  now(): number;
  /** Does something again and again until it is called off. */
  every(milliseconds: number, action: () => void): () => void;
}

interface Holder {
  pid: number;
  command: string;
  host: string;
  /** Tells the process from a later one with its number. */
  start: string;
  /** The last sign of life, in milliseconds since 1970 by the holder's clock. */
  beat: number;
}

/**
 * Makes sure that one process at a time walks a session. A lock whose process is gone (killed, power lost) is taken
 * over: on this machine when no process has its number, or one that began at another time; of another machine, whose
 * processes can't be seen from here, when it has given no sign of life for a minute.
 *
 * @returns the function that gives it back
 * @throws {Problem} session-busy, state-unwritable
 */
export function takeLock(folder: StateFolder, command: string, smith: Locksmith): () => void {
  const { pid, host } = smith;
  const own = { pid, command, host, start: smith.startOf(pid) ?? '' };
  const text = (): string => `${JSON.stringify({ ...own, beat: smith.now() })}\n`;
  for (let attempt = 0; !folder.create(FILE, text()); attempt++) {
    const found = folder.read(FILE);
    const holder = readHolder(found);
    if ((holder !== undefined && isHeld(holder, smith)) || attempt > 2) throw busy(folder, holder, smith);
    // Somebody else may have taken it over since it was read.
    if (folder.read(FILE) === found) folder.remove(FILE);
  }
  const isOurs = (): boolean => {
    const holder = readHolder(folder.read(FILE));
    return holder?.pid === pid && holder.host === host && holder.start === own.start;
  };
  const stop = smith.every(BEAT, () => tolerant(() => isOurs() && folder.write(FILE, text())));
  return () => {
    stop();
    tolerant(() => isOurs() && folder.remove(FILE));
  };
}

function readHolder(text: string | undefined): Holder | undefined {
  try {
    const holder = JSON.parse(text ?? '') as Partial<Holder> | null;
    const { pid, command, host, start, beat } = holder ?? {};
    if (!Number.isSafeInteger(pid) || typeof host !== 'string' || typeof start !== 'string') return undefined;
    return { pid: pid!, command: String(command), host, start, beat: Number(beat) };
  } catch {
    // Cut short by a crash.
    return undefined;
  }
}

function isHeld({ pid, host, start, beat }: Holder, smith: Locksmith): boolean {
  // The clocks of two machines differ: a sign of life from the future is one, too, unless it is far off.
  if (host !== smith.host) return Math.abs(smith.now() - beat) < SILENCE;
  return pid !== smith.pid && smith.startOf(pid) === start;
}

/** A disk that is full or gone must not end the work that the lock is for. */
function tolerant(action: () => unknown): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
}

/**
 * When a process began: by the kernel's own count since it started where there is one (Linux), otherwise only that
 * there is a process. Undefined when there is none.
 */
export function startOf(pid: number): string | undefined {
  if (!isAlive(pid)) return undefined;
  const start = statOf(pid)?.[19];
  return start === undefined ? '' : `${bootId()} ${start}`;
}

/** Signal 0 asks whether a process exists; EPERM means yes, somebody else's. */
export function isAlive(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  // A process that has ended stays in the list until somebody asks how; in many containers nobody ever does.
  return statOf(pid)?.[0] !== 'Z';
}

/** The fields of /proc/PID/stat after the program's name, which may hold anything; the first is the state. */
function statOf(pid: number): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
  } catch {
    return undefined;
  }
}

/** A machine counts anew after a restart. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

function busy(folder: StateFolder, holder: Holder | undefined, { host }: Locksmith): Problem {
  const { command = 'start', pid = '?' } = holder ?? {};
  const elsewhere = holder !== undefined && holder.host !== host;
  return new Problem({
    code: 'session-busy',
    kind: 'environment',
    what: `k8snet-tutor ${command} is at work on this lesson ${elsewhere ? `on machine ${holder.host}` : 'in another terminal'} (process ${pid})`,
    where: folder.path,
    next: [
      'Go on there; check, status and hint work here meanwhile.',
      elsewhere
        ? `Or end it there (type quit). If that machine is gone: try again in a minute.`
        : `Or end it there (type quit), then try again here.`,
    ],
  });
}
