import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openSecrets } from '../../../src/practice/server/secrets.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'k8snet-secrets-'));
  folders.push(path);
  return join(path, 'practice');
}

const DAY = 24 * 3600 * 1000;
const now = Date.parse('2030-01-01T00:00:00Z');
const at = (time: number) => ({ now: () => time });

test('stay the same, for their owner alone', async () => {
  const path = folder();
  const secrets = await openSecrets(path, at(now));
  expect(await openSecrets(path, at(now + 1000 * DAY))).toEqual(secrets);
  expect(statSync(path).mode & 0o777).toBe(0o700);
  expect(readdirSync(path)).toEqual(['secrets.json']);
  expect(statSync(join(path, 'secrets.json')).mode & 0o777).toBe(0o600);
});

test.each<[string, (text: string) => string, number]>([
  ['the certificate ends soon', (text) => text, now + 3640 * DAY],
  ['the clock went far back', (text) => text, now - 10 * DAY],
  ['the file was cut', (text) => text.slice(0, 500), now],
  ['the file is empty', () => '', now],
  ['the file is null', () => 'null', now],
  ['the certificate is none', (text) => text.replaceAll('-----', ''), now],
  ['a token is missing', (text) => text.replace('"viewer"', '"nobody"'), now],
])('are made anew when %s', async (_name, damage, time) => {
  const path = folder();
  const secrets = await openSecrets(path, at(now));
  const file = join(path, 'secrets.json');
  writeFileSync(file, damage(readFileSync(file, 'utf8')));
  const anew = await openSecrets(path, at(time));
  expect(anew.credentials.viewer).not.toBe(secrets.credentials.viewer);
  expect(await openSecrets(path, at(time))).toEqual(anew);
});
