import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  lastPort,
  readAddress,
  withdrawAddress,
  writeAddress,
} from '../../../src/practice/server/address.ts';
import { awaitAddress, claim, holder, type Processes } from '../../../src/practice/server/claim.ts';
import { processStart } from '../../../src/practice/server/process-start.ts';
import { factor } from '../../support/prove.ts';
import { bundle, run } from './support/run-forked.ts';

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'k8snet-claim-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A machine with these processes; time passes at once. */
function machine(pid: number, alive: Record<number, string>): Processes {
  return {
    pid,
    start: (number) => alive[number],
    sleep: () => new Promise((resolve) => setImmediate(resolve)),
    random: Math.random,
  };
}

const STARTED = '2030-01-01T00:00:00Z';

test('a folder is one process’s until it gives it back', async () => {
  const alive = { 1: 'a', 2: 'b' };
  const state = join(folder, 'new');
  const first = await claim(state, machine(1, alive));
  expect(first.kind).toBe('ours');
  expect(statSync(state).mode & 0o777).toBe(0o700);
  expect(await claim(state, machine(2, alive))).toEqual({ kind: 'taken', pid: 1 });
  expect(await claim(state, machine(1, alive))).toEqual({ kind: 'taken', pid: 1 });
  expect(holder(state, machine(2, alive))).toBe(1);
  if (first.kind === 'ours') first.release();
  expect(holder(state, machine(2, alive))).toBeUndefined();
  expect((await claim(state, machine(2, alive))).kind).toBe('ours');
});

test.each<[string, Record<number, string>]>([
  ['gone', { 2: 'b' }],
  ['another one by now', { 1: 'later', 2: 'b' }],
])('a claim whose process is %s does not count', async (_name, alive) => {
  await claim(folder, machine(1, { 1: 'a' }));
  expect((await claim(folder, machine(2, alive))).kind).toBe('ours');
  expect(readdirSync(folder)).toEqual(['claim-2-b']);
});

test('a leftover of a process with our number, where the machine can not tell them apart', async () => {
  await claim(folder, machine(1, { 1: '-' }));
  expect((await claim(folder, machine(1, { 1: '-' }))).kind).toBe('ours');
});

test('of any number at once, one gets it', async () => {
  for (let round = 0; round < 10 * factor; round++) {
    const state = join(folder, String(round));
    const alive = Object.fromEntries(Array.from({ length: 5 }, (_, i) => [i + 1, 'x']));
    const claims = await Promise.all([1, 2, 3, 4, 5].map((pid) => claim(state, machine(pid, alive))));
    expect(claims.filter((each) => each.kind === 'ours')).toHaveLength(1);
  }
});

test('of real processes that start at once, one gets it; killed, it leaves it to the next', async () => {
  const programs = mkdtempSync(join(tmpdir(), 'k8snet-contender-'));
  try {
    const program = await bundle('contender', programs);
    const start = async (): Promise<{ winners: ReturnType<typeof run>[]; losers: unknown[] }> => {
      const all = Array.from({ length: 4 }, () => run(program, [folder]));
      await expect.poll(() => all.every((each) => each.messages.length > 0), { timeout: 10_000 }).toBe(true);
      const won = (each: ReturnType<typeof run>): boolean =>
        (each.messages[0] as { kind: string }).kind === 'ours';
      return {
        winners: all.filter(won),
        losers: all.filter((each) => !won(each)).map((each) => each.messages[0]),
      };
    };
    for (const farewell of ['SIGKILL', 'SIGKILL', 'release']) {
      const { winners, losers } = await start();
      expect(winners).toHaveLength(1);
      const pid = winners[0]?.child.pid;
      expect(losers.map((each) => (each as { other: number }).other)).toEqual([pid, pid, pid]);
      if (farewell === 'SIGKILL') winners[0]?.child.kill('SIGKILL');
      else winners[0]?.child.send('go');
      await winners[0]?.ended;
      expect(holder(folder)).toBeUndefined();
    }
  } finally {
    rmSync(programs, { recursive: true });
  }
});

test('who comes second finds where the first answers', async () => {
  const alive = { 1: 'a', 2: 'b' };
  await claim(folder, machine(1, alive));
  let looks = 0;
  const sleep = (): Promise<void> => {
    looks++;
    if (looks === 3) writeAddress(folder, { port: 6443, pid: 1, started: STARTED });
    return Promise.resolve();
  };
  const found = await awaitAddress(folder, 1, 5000, { ...machine(2, alive), sleep });
  expect(found).toEqual({ port: 6443, pid: 1, started: STARTED });
});

test('an address that never comes is not waited for without end', async () => {
  await claim(folder, machine(1, { 1: 'a' }));
  expect(await awaitAddress(folder, 1, 100, machine(2, { 1: 'a' }))).toBeUndefined();
  expect(await awaitAddress(folder, 1, 1e9, machine(2, {}))).toBeUndefined();
});

test('the address of an earlier server is not taken for the next one’s, even of the same number; its port is kept', async () => {
  const alive = { 1: 'a' };
  const first = await claim(folder, machine(1, alive));
  writeAddress(folder, { port: 6443, pid: 1, started: STARTED });
  expect(readAddress(folder)).toEqual({ port: 6443, pid: 1, started: STARTED });
  expect(lastPort(folder)).toBe(6443);
  expect(statSync(join(folder, 'address.json')).mode & 0o777).toBe(0o600);

  // It was killed, the machine started again.
  await claim(folder, machine(1, { 1: 'b' }));
  expect(readAddress(folder)).toBeUndefined();
  expect(lastPort(folder)).toBe(6443);

  writeAddress(folder, { port: 6444, pid: 1, started: STARTED });
  if (first.kind === 'ours') first.release();
  expect(readAddress(folder)).toBeUndefined();
  expect(lastPort(folder)).toBe(6444);
});

test.each(['', '{', 'null', '[]', '{"port":0,"pid":1,"started":"x"}', '{"port":70000}', '{"port":"6443"}'])(
  'a damaged address %j is none',
  (text) => {
    writeFileSync(join(folder, 'address.json'), text);
    expect(readAddress(folder)).toBeUndefined();
    expect(lastPort(folder)).toBeUndefined();
    withdrawAddress(folder);
    expect(readFileSync(join(folder, 'address.json'), 'utf8')).toBe(text);
  },
);

test('a process has one start, and one that is gone has none', async () => {
  expect(processStart(process.pid)).toBe(processStart(process.pid));
  expect(processStart(process.pid)).toMatch(/^\w+$/);
  const program = await bundle('contender', folder);
  const { child, ended } = run(program, [join(folder, 'state')]);
  const { pid = 0 } = child;
  expect(processStart(pid)).toBeDefined();
  child.kill('SIGKILL');
  await ended;
  expect(processStart(pid)).toBeUndefined();
});

test.runIf(process.platform !== 'win32')(
  'a process that has ended counts as gone before its parent has noticed',
  async () => {
    // The shell becomes a program that never asks for its children, well before its child ends.
    const child = spawn('/bin/sh', ['-c', 'sleep 2 & echo $!; exec sleep 30'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      const pid = Number(await new Promise((resolve) => child.stdout.once('data', resolve)));
      await expect.poll(() => processStart(pid), { timeout: 20_000 }).toBeUndefined();
      // It is still listed.
      expect(() => process.kill(pid, 0)).not.toThrow();
    } finally {
      child.kill('SIGKILL');
    }
  },
);
