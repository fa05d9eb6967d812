import { spawn } from 'node:child_process';
import { describe, expect, test, vi } from 'vitest';
import { isAlive, takeLock } from '../../src/tutor/lock.ts';
import { MemoryState } from './memory-state.ts';

const OTHER = process.pid + 1;
const alive = (): boolean => true;
const dead = (): boolean => false;

describe('lock', () => {
  test('is taken and given back', () => {
    const folder = new MemoryState();
    const giveBack = takeLock(folder, 'start', alive);
    expect(folder.read('lock')).toBe(`${process.pid} start\n`);
    giveBack();
    expect(folder.exists('lock')).toBe(false);
  });

  test('of a living process is refused, and who it is', () => {
    const folder = new MemoryState();
    folder.write('lock', `${OTHER} cleanup\n`);
    const asked: number[] = [];
    const isAlive = (pid: number): boolean => asked.push(pid) > 0;
    expect(() => takeLock(folder, 'start', isAlive)).toThrow(
      expect.objectContaining({
        code: 'session-busy',
        kind: 'environment',
        what: `k8snet-tutor cleanup is at work on this lesson in another terminal (process ${OTHER})`,
      }),
    );
    expect(asked).toEqual([OTHER]);
    expect(folder.read('lock')).toBe(`${OTHER} cleanup\n`);
  });

  test.each([
    ['of a dead process', `${OTHER} start\n`, dead],
    ['cut short by a crash', '', alive],
    ['of garbage', 'x y z', alive],
    ['of an earlier process with our number', `${process.pid} cleanup\n`, alive],
  ])('%s is taken over', (_, text, isAlive) => {
    const folder = new MemoryState();
    folder.write('lock', text);
    takeLock(folder, 'start', isAlive);
    expect(folder.read('lock')).toBe(`${process.pid} start\n`);
  });

  test('that is not ours any more is not given back', () => {
    const folder = new MemoryState();
    const giveBack = takeLock(folder, 'start', alive);
    folder.write('lock', `${OTHER} cleanup\n`);
    giveBack();
    expect(folder.read('lock')).toBe(`${OTHER} cleanup\n`);
  });

  test('that comes back whenever it is removed is given up', () => {
    const folder = new MemoryState();
    folder.write('lock', `${OTHER} start\n`);
    folder.remove = () => undefined;
    expect(() => takeLock(folder, 'start', dead)).toThrow(expect.objectContaining({ code: 'session-busy' }));
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
