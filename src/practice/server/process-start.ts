import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The token where the system doesn't tell when a process began. */
export const UNKNOWN = '-';

/**
 * A token that only this process has among all that ever had its number, and undefined when there is no such process.
 */
export function processStart(pid: number): string | undefined {
  if (!exists(pid)) return undefined;
  try {
    if (process.platform === 'linux') return linuxStart(pid);
    if (process.platform === 'win32') return UNKNOWN;
    // Local time would change with the time zone.
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
    const text = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env });
    return text.trim().replaceAll(/[^0-9A-Za-z]+/g, '_');
  } catch {
    return exists(pid) ? UNKNOWN : undefined;
  }
}

/** Clock ticks since the machine was booted, and which boot that was. */
function linuxStart(pid: number): string {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8);
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the program's name in brackets, which may contain anything; this is field 22.
  const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return `${boot}_${ticks}`;
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
