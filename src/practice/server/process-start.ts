import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The token where the system doesn't tell when a process began. */
export const UNKNOWN = '-';

/**
 * A token that only this process has among all that ever had its number, and undefined when there is no such process.
 * One that has ended but was never asked for its exit status, as happens in containers, is gone.
 */
export function processStart(pid: number): string | undefined {
  if (!exists(pid)) return undefined;
  try {
    if (process.platform === 'linux') return linuxStart(pid);
    if (process.platform === 'win32') return UNKNOWN;
    // Local time would change with the time zone.
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
    const text = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8', env });
    const [state = '', ...start] = text.trim().split(/[^0-9A-Za-z]+/);
    return state.startsWith('Z') ? undefined : start.join('_');
  } catch {
    return exists(pid) ? UNKNOWN : undefined;
  }
}

/** Which boot it was, and how many clock ticks after it. */
function linuxStart(pid: number): string | undefined {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8);
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the program's name in brackets, which may contain anything; these are fields 3 and 22.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : `${boot}_${fields[19]}`;
}

/** Signal 0 asks whether a process exists; EPERM means yes, somebody else's. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
