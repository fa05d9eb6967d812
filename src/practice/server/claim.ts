import { closeSync, openSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readAddress, withdrawAddress, type Address } from './address.ts';
import { createPrivateFolder } from './private-file.ts';
import { processStart, UNKNOWN } from './process-start.ts';

export type Claim =
  /** The folder is ours until `release`, or until this process ends. */
  | { kind: 'ours'; release: () => void }
  /** Another process has it, maybe this very one. */
  | { kind: 'taken'; pid: number };

/** What `claim` asks of the machine; tests give their own. */
export interface Processes {
  pid: number;
  /** A process's start token, undefined when it is gone. */
  start(pid: number): string | undefined;
  sleep(milliseconds: number): Promise<unknown>;
  random(): number;
}

const machine: Processes = { pid: process.pid, start: processStart, sleep, random: Math.random };

const NAME = /^claim-(\d+)-(.+)$/;

/** One that was met this often, and each time, is no contender that withdraws: it holds the folder. */
const ATTEMPTS = 10;

/**
 * Makes sure that one process serves a folder. Each contender leaves a file named for itself and *then* looks for the
 * others', so of two at once at least one sees the other, and who sees another withdraws. As a file's name says
 * whose it is, that of a process that is gone can be removed by anybody without a race.
 */
export async function claim(folder: string, processes: Processes = machine): Promise<Claim> {
  createPrivateFolder(folder);
  const start = processes.start(processes.pid) ?? UNKNOWN;
  const name = `claim-${processes.pid}-${start}`;
  const own = join(folder, name);
  let met: number[] = [];
  for (let attempt = 0; ;) {
    // A leftover of our own name is possible only where the token doesn't tell processes apart.
    if (!create(own) && start !== UNKNOWN) return { kind: 'taken', pid: processes.pid };
    const now = others(folder, name, processes);
    if (now.length === 0) break;
    rmSync(own, { force: true });
    const again = met.filter((pid) => now.includes(pid));
    met = again.length === 0 ? now : again;
    attempt = again.length === 0 ? 1 : attempt + 1;
    const [other = 0] = met;
    if (attempt >= ATTEMPTS || readAddress(folder)?.pid === other) return { kind: 'taken', pid: other };
    // It may have withdrawn too, on seeing us.
    await processes.sleep(processes.random() * 5 * 2 ** Math.min(attempt, 4));
  }
  withdrawAddress(folder);
  return {
    kind: 'ours',
    release: () => {
      withdrawAddress(folder);
      rmSync(own, { force: true });
    },
  };
}

/** Numbers of the other processes that claim the folder and live. Claims of dead ones are removed. */
function others(folder: string, own: string, processes: Processes): number[] {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const match = NAME.exec(name);
      if (match === null || name === own) return [];
      const pid = Number(match[1]);
      if (processes.start(pid) === match[2]) return [pid];
      rmSync(join(folder, name), { force: true });
      return [];
    });
}

function create(path: string): boolean {
  try {
    closeSync(openSync(path, 'wx', 0o600));
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** The process that serves the folder now, if any. */
export function holder(folder: string, processes: Processes = machine): number | undefined {
  return others(folder, '', processes)[0];
}

/**
 * Where the process that has the folder answers, once it does; undefined when it ended before, or took too long.
 *
 * @param timeout milliseconds
 */
export async function awaitAddress(
  folder: string,
  pid: number,
  timeout = 10_000,
  processes: Processes = machine,
): Promise<Address | undefined> {
  const STEP = 20;
  for (let waited = 0; waited <= timeout; waited += STEP) {
    const address = readAddress(folder);
    if (address?.pid === pid) return address;
    if (processes.start(pid) === undefined) return undefined;
    await processes.sleep(STEP);
  }
  return undefined;
}
