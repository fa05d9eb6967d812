import { spawn } from 'node:child_process';
import { describe, expect, test, vi } from 'vitest';
import { Problem } from '../../src/problem.ts';
import { isAlive, type Locksmith, startOf, takeLock } from '../../src/tutor/lock.ts';
import { MemoryState } from './memory-state.ts';

const OTHER = process.pid + 1;
const NOW = 1_000_000;
const beats: (() => void)[] = [];

/** @param processes when each began, by its number */
function smith(processes: Record<number, string> = {}): Locksmith {
  const starts: Record<number, string> = { [process.pid]: 'mine', ...processes };
  return {
    pid: process.pid,
    host: 'here',
    startOf: (pid) => starts[pid],
    now: () => NOW,
    every: (_, action) => {
      beats.push(action);
      return () => void beats.splice(beats.indexOf(action), 1);
    },
  };
}

const lockOf = (more: object = {}): string =>
  JSON.stringify({ pid: OTHER, command: 'cleanup', host: 'here', start: 'then', beat: NOW, ...more });
const holderOf = (folder: MemoryState): unknown => JSON.parse(folder.read('lock') ?? 'null');
const OURS = { pid: process.pid, command: 'start', host: 'here', start: 'mine', beat: NOW };

describe('lock', () => {
  test('is taken and given back', () => {
    const folder = new MemoryState();
    const giveBack = takeLock(folder, 'start', smith());
    expect(holderOf(folder)).toEqual(OURS);
    giveBack();
    expect(folder.exists('lock')).toBe(false);
    expect(beats).toEqual([]);
  });

  test('of a living process is refused, and who it is', () => {
    const folder = new MemoryState();
    folder.write('lock', lockOf());
    expect(() => takeLock(folder, 'start', smith({ [OTHER]: 'then' }))).toThrow(
      expect.objectContaining({
        code: 'session-busy',
        kind: 'environment',
        what: `k8snet-tutor cleanup is at work on this lesson in another terminal (process ${OTHER})`,
      }),
    );
    expect(folder.read('lock')).toBe(lockOf());
  });

  test('of another machine is refused, whatever its process is here', () => {
    const folder = new MemoryState();
    folder.write('lock', lockOf({ host: 'there', beat: NOW - 59_000 }));
    expect(() => takeLock(folder, 'start', smith())).toThrow(
      expect.objectContaining({
        what: `k8snet-tutor cleanup is at work on this lesson on machine there (process ${OTHER})`,
      }),
    );
  });

  test.each([
    ['of a dead process', lockOf(), {}],
    ['whose number a later process has', lockOf(), { [OTHER]: 'later' }],
    ['cut short by a crash', '', {}],
    ['of garbage', 'x y z', { [OTHER]: 'then' }],
    ['of nothing', 'null', { [OTHER]: 'then' }],
    ['of an earlier process with our number', lockOf({ pid: process.pid, start: 'before' }), {}],
    [
      'of another machine that has been silent',
      lockOf({ host: 'there', beat: NOW - 60_000 }),
      { [OTHER]: 'then' },
    ],
    ['of another machine whose clock is far off', lockOf({ host: 'there', beat: NOW + 3_600_000 }), {}],
  ])('%s is taken over', (_, text, processes) => {
    const folder = new MemoryState();
    folder.write('lock', text);
    takeLock(folder, 'start', smith(processes));
    expect(holderOf(folder)).toEqual(OURS);
  });

  test('gives signs of life, for other machines', () => {
    const folder = new MemoryState();
    let now = NOW;
    const giveBack = takeLock(folder, 'start', { ...smith(), now: () => now });
    now += 10_000;
    beats.at(-1)?.();
    expect(holderOf(folder)).toEqual({ ...OURS, beat: NOW + 10_000 });
    giveBack();
  });

  test('that is not ours any more is neither kept up nor given back', () => {
    const folder = new MemoryState();
    const giveBack = takeLock(folder, 'start', smith());
    folder.write('lock', lockOf());
    beats.at(-1)?.();
    giveBack();
    expect(folder.read('lock')).toBe(lockOf());
  });

  test('on a disk that became full does not end the work', () => {
    const folder = new MemoryState();
    const giveBack = takeLock(folder, 'start', smith());
    folder.write = () => {
      throw new Problem({ code: 'state-unwritable', kind: 'environment', what: 'full' });
    };
    expect(() => beats.at(-1)?.()).not.toThrow();
    giveBack();
  });

  test('that comes back whenever it is removed is given up', () => {
    const folder = new MemoryState();
    folder.write('lock', lockOf());
    folder.remove = () => undefined;
    expect(() => takeLock(folder, 'start', smith())).toThrow(
      expect.objectContaining({ code: 'session-busy' }),
    );
  });
});

test.skipIf(process.platform !== 'linux')('a zombie is dead', async () => {
  // The shell turns into a program that never asks how its child ended, before it does.
  const parent = spawn('/bin/sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 30'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const pid = await new Promise<number>((resolve) =>
    parent.stdout.once('data', (data: Buffer) => resolve(Number(data.toString()))),
  );
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 5_000 });
  expect(() => process.kill(pid, 0)).not.toThrow();
  parent.kill('SIGKILL');
});

test('a process is alive or not', () => {
  expect(isAlive(process.pid)).toBe(true);
  // Beyond the largest number any system gives.
  expect(isAlive(2 ** 30)).toBe(false);
});

test('when a process began stays the same, and tells two processes apart', async () => {
  const own = startOf(process.pid);
  expect(own).toBeDefined();
  expect(startOf(process.pid)).toBe(own);
  expect(startOf(2 ** 30)).toBeUndefined();
  if (process.platform !== 'linux') return;
  // The kernel counts in hundredths of a second.
  await new Promise((resolve) => setTimeout(resolve, 20));
  const child = spawn('/bin/sleep', ['30']);
  await vi.waitFor(() => expect(startOf(child.pid ?? 0)).toBeDefined());
  expect(startOf(child.pid ?? 0)).not.toBe(own);
  child.kill('SIGKILL');
});
