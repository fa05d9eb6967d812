import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { diskFolder } from '../../../src/practice/server/log-folder.ts';
import { WriteAheadLog } from '../../../src/practice/server/write-ahead-log.ts';
import { factor } from '../../support/prove.ts';
import { bundle, run } from './support/run-forked.ts';

let folder = '';
let program = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'k8snet-crash-'));
  program = await bundle('writer', folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

test('killed with -9 at any moment, nothing acknowledged is lost', async () => {
  const state = join(folder, 'state');
  mkdirSync(state);
  for (let round = 0; round < 3 * factor; round++) {
    const { child, messages, ended } = run(program, [state, String(round)]);
    await expect.poll(() => messages.length, { timeout: 10_000, interval: 5 }).toBeGreaterThan(20);
    // Not by chance at the end of a batch.
    await new Promise((resolve) => setTimeout(resolve, (round * 37) % 50));
    child.kill('SIGKILL');
    await ended;

    const { log, snapshot } = await WriteAheadLog.open({ folder: diskFolder(state) });
    const names = new Set(snapshot.objects.map(({ object }) => object.metadata.name));
    for (const writer of [0, 1, 2]) {
      const acknowledged = messages
        .map((message) => message as { writer: number; i: number })
        .filter((message) => message.writer === writer)
        .map((message) => message.i);
      const last = Math.max(-1, ...acknowledged);
      const missing = Array.from(
        { length: Math.min(last + 1, 9) },
        (_, back) => `${round}-${writer}-${last - back}`,
      );
      // One more may have been deleted for the write that was under way.
      expect([...names]).toEqual(expect.arrayContaining(missing));
      expect(names.has(`${round}-${writer}-${last - 10}`)).toBe(false);
    }
    await log.close();
  }
  expect(statSync(join(state, 'changes.log')).mode & 0o777).toBe(0o600);
});
