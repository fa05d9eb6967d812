import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPack, type Pack } from '../../src/lesson/pack.ts';
import { Problem } from '../../src/problem.ts';
import { memoryPack } from './memory-pack.ts';

let folder: string;
let pack: Pack;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pack-'));
  const root = join(folder, 'pack');
  for (const path of [
    'pack/lessons',
    'pack/manifests/sub',
    'pack/manifests/folder.yml',
    'pack-2/manifests',
    'elsewhere',
  ]) {
    mkdirSync(join(folder, path), { recursive: true });
  }
  for (const path of [
    'pack/manifests/pod.yml',
    'pack/manifests/sub/pod.yaml',
    'pack-2/manifests/pod.yml',
    'elsewhere/pod.yml',
  ]) {
    writeFileSync(join(folder, path), `text of ${path}`);
  }
  writeFileSync(join(root, 'secret.yml'), 'beside the folders');
  writeFileSync(join(root, 'manifests/large.yml'), 'x'.repeat(1024 * 1024 + 1));
  writeFileSync(join(root, 'manifests/latin.yml'), Buffer.from([0x61, 0xe9, 0x62]));
  for (const name of ['b.yaml', 'a-1.yaml', '.hidden.yaml', 'notes.txt'])
    writeFileSync(join(root, 'lessons', name), '');
  symlinkSync('pod.yml', join(root, 'manifests/inside.yml'));
  symlinkSync('../../elsewhere/pod.yml', join(root, 'manifests/outside.yml'));
  symlinkSync(join(folder, 'elsewhere'), join(root, 'manifests/away'));
  symlinkSync('../../pack-2/manifests/pod.yml', join(root, 'manifests/sibling.yml'));
  symlinkSync('loop.yml', join(root, 'manifests/loop.yml'));
  symlinkSync('nowhere.yml', join(root, 'manifests/dangling.yml'));
  symlinkSync('../../elsewhere/pod.yml', join(root, 'lessons/linked.yaml'));
  execFileSync('mkfifo', [join(root, 'manifests/pipe.yml')]);
  symlinkSync(root, join(folder, 'link-to-pack'));
  pack = await openPack(join(folder, 'link-to-pack'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('lesson packs', () => {
  test('know their lessons', async () => {
    expect(await pack.lessonIds()).toEqual(['a-1', 'b', 'linked']);
  });

  test('read what is inside', async () => {
    expect(await pack.readManifest('manifests/pod.yml')).toEqual({
      ok: true,
      file: 'manifests/pod.yml',
      text: 'text of pack/manifests/pod.yml',
    });
    expect(await pack.readManifest('manifests/sub/pod.yaml')).toMatchObject({ ok: true });
    expect(await pack.readManifest('manifests/inside.yml')).toMatchObject({
      text: 'text of pack/manifests/pod.yml',
    });
  });

  test.each([
    ['manifests/outside.yml', 'path-outside'],
    ['manifests/away/pod.yml', 'path-outside'],
    ['manifests/sibling.yml', 'path-outside'],
    ['manifests/loop.yml', 'file-unreadable'],
    ['manifests/dangling.yml', 'file-missing'],
    ['manifests/none.yml', 'file-missing'],
    ['manifests/pod.yml/x.yml', 'file-missing'],
    ['manifests/folder.yml', 'file-not-regular'],
    ['manifests/pipe.yml', 'file-not-regular'],
    ['manifests/large.yml', 'file-too-large'],
    ['manifests/latin.yml', 'file-encoding'],
    ['../elsewhere/pod.yml', 'path-invalid'],
    ['manifests/../../elsewhere/pod.yml', 'path-invalid'],
    ['manifests/../secret.yml', 'path-invalid'],
    ['manifests/./pod.yml', 'path-invalid'],
    ['manifests//pod.yml', 'path-invalid'],
    ['manifests/pod.yml/', 'path-invalid'],
    ['secret.yml', 'path-invalid'],
    ['lessons/b.yaml', 'path-invalid'],
    ['/etc/passwd', 'path-invalid'],
    ['/etc/pod.yml', 'path-invalid'],
    ['C:/manifests/pod.yml', 'path-invalid'],
    ['manifests/C:pod.yml', 'path-invalid'],
    ['manifests\\pod.yml', 'path-invalid'],
    ['manifests/..\\..\\pod.yml', 'path-invalid'],
    ['\\\\server\\share\\pod.yml', 'path-invalid'],
    ['manifests/pod.yml::$DATA', 'path-invalid'],
    ['manifests/NUL.yml', 'path-invalid'],
    ['manifests/com1.yml', 'path-invalid'],
    ['manifests/pod.yml ', 'path-invalid'],
    ['manifests/pod.yml\0.yml', 'path-invalid'],
    ['manifests/pod.txt', 'path-invalid'],
    ['manifests/-f.yml', 'path-invalid'],
    ['manifests/$(id).yml', 'path-invalid'],
    ['~/manifests/pod.yml', 'path-invalid'],
    ['http://example.com/manifests/pod.yml', 'path-invalid'],
    ['', 'path-invalid'],
  ])('%j: %s', async (path, code) => {
    expect(await pack.readManifest(path)).toMatchObject({ ok: false, code });
  });

  test.each(['linked', '../manifests/pod', '..', ''])('no lesson %j', async (id) => {
    expect(await pack.readLesson(id)).toMatchObject({ ok: false });
  });

  test('no path reads anything but the files of manifests/', async () => {
    const files = {
      'lessons/a.yaml': 'L',
      'manifests/a.yml': 'M',
      'manifests/b/c.yaml': 'M',
      'secret.yml': 'S',
    };
    const memory = await memoryPack(files);
    const piece = fc.constantFrom(
      '..',
      '.',
      '/',
      '\\',
      'manifests',
      'a.yml',
      'b',
      'c.yaml',
      'secret.yml',
      'pack',
      'C:',
      '',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 7 }), async (pieces) => {
        for (const path of [pieces.join(''), pieces.join('/')]) {
          const read = await memory.readManifest(path);
          if (read.ok) expect(read.text).toBe('M');
        }
      }),
    );
    expect(await memory.readManifest('manifests/b/c.yaml')).toMatchObject({ text: 'M' });
  });

  test('a folder without lessons is none', async () => {
    await expect(openPack(join(folder, 'elsewhere'))).rejects.toThrow(Problem);
    await expect(openPack(join(folder, 'nowhere'))).rejects.toMatchObject({
      code: 'pack-missing',
      kind: 'usage',
    });
  });
});
