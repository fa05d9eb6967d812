import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { StateFolder, stateFolderPath } from '../../src/tutor/state-folder.ts';

let path: string;
let folder: StateFolder;
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'k8snet-tutor-test-'));
  folder = new StateFolder(join(path, 'state')).folder('sessions').folder('networking');
});
afterEach(() => rmSync(path, { recursive: true }));

const mode = (file: string): string => (statSync(file).mode & 0o777).toString(8);
const windows = process.platform === 'win32';
const WRITES = [
  ['write', (name: string) => folder.write(name, 'new')],
  ['append', (name: string) => folder.append(name, 'new')],
  ['create', (name: string) => folder.create(name, 'new')],
] as const;

// The kernel's own full disk; where there is none, nothing else is one.
const fullDisk = existsSync('/dev/full');
if (!fullDisk) console.log('skipped: this machine has no /dev/full');

test.skipIf(!fullDisk).each(WRITES.slice(0, 2))('%s to a full disk', (verb, write) => {
  mkdirSync(folder.path, { recursive: true });
  symlinkSync('/dev/full', folder.file(verb === 'write' ? `file.${process.pid}.tmp` : 'file'));
  expect(() => write('file')).toThrow(
    expect.objectContaining({
      code: 'state-unwritable',
      kind: 'environment',
      what: "The tutor can't write its own file: the disk is full",
      where: folder.file('file'),
    }),
  );
});

describe.each(WRITES)('%s', (_verb, write) => {
  test.skipIf(windows)('makes folders and files for their owner only, whatever the umask', () => {
    const umask = process.umask(0);
    try {
      write('file');
    } finally {
      process.umask(umask);
    }
    expect(readFileSync(folder.file('file'), 'utf8')).toBe('new');
    expect(mode(folder.file('file'))).toBe('600');
    for (const up of ['.', '..', '../..']) expect(mode(join(folder.path, up))).toBe('700');
  });

  test.skipIf(windows)('a folder that may not be written', () => {
    mkdirSync(folder.path, { recursive: true });
    chmodSync(folder.path, 0o500);
    try {
      asNobody(path, () =>
        expect(() => write('file')).toThrow(
          expect.objectContaining({
            code: 'state-unwritable',
            cause: expect.objectContaining({ code: 'EACCES' }),
          }),
        ),
      );
    } finally {
      chmodSync(folder.path, 0o700);
    }
  });

  test('a file where the folder should be', () => {
    writeFileSync(join(path, 'state'), '');
    expect(() => write('file')).toThrow(expect.objectContaining({ code: 'state-unwritable' }));
  });
});

/** Root may do everything: as root, become somebody who may not for a while. */
function asNobody(folder: string, action: () => void): void {
  if (process.getuid?.() !== 0) return action();
  chmodSync(folder, 0o755);
  for (const up of ['state', 'state/sessions']) chmodSync(join(folder, up), 0o755);
  process.seteuid?.(65534);
  try {
    action();
  } finally {
    process.seteuid?.(0);
  }
}

describe('write', () => {
  test('replaces the file as a whole: who has the old one open still has the old one', () => {
    folder.write('file', 'old');
    linkSync(folder.file('file'), join(path, 'old'));
    folder.write('file', 'new and longer');
    expect(folder.read('file')).toBe('new and longer');
    expect(readFileSync(join(path, 'old'), 'utf8')).toBe('old');
    expect(folder.list()).toEqual(['file']);
  });

  test.skipIf(!fullDisk)('leaves the old one when the disk is full', () => {
    folder.write('file', 'old');
    symlinkSync('/dev/full', folder.file(`file.${process.pid}.tmp`));
    expect(() => folder.write('file', 'new')).toThrow();
    expect(folder.read('file')).toBe('old');
  });

  test('a text of megabytes arrives whole', () => {
    const text = 'größer '.repeat(500_000);
    folder.write('file', text);
    folder.append('file', text);
    expect(folder.read('file')).toBe(text + text);
  });
});

test('create does not touch what is there', () => {
  expect([folder.create('lock', 'one'), folder.create('lock', 'two')]).toEqual([true, false]);
  expect(folder.read('lock')).toBe('one');
});

test('read: nothing there, and something that is no file', () => {
  expect(folder.read('file')).toBeUndefined();
  folder.write('file/inside', '');
  expect(() => folder.read('file')).toThrow(expect.objectContaining({ code: 'state-unreadable' }));
});

test('remove and list', () => {
  expect(folder.list()).toEqual([]);
  for (const name of ['b', 'a', 'c/d']) folder.write(name, '');
  expect(folder.list()).toEqual(['a', 'b', 'c']);
  for (const name of ['a', 'c', 'never-was']) folder.remove(name);
  expect(folder.list()).toEqual(['b']);
  expect([folder.exists('a'), folder.exists('b')]).toEqual([false, true]);
});

test.each([
  ['its own variable', { K8SNET_TUTOR_STATE: '/x', XDG_STATE_HOME: '/y' }, 'linux', '/x'],
  ['XDG', { XDG_STATE_HOME: '/y' }, 'linux', '/y/k8snet-tutor'],
  ['XDG, empty', { XDG_STATE_HOME: '' }, 'linux', '/home/me/.local/state/k8snet-tutor'],
  ['nothing', {}, 'darwin', '/home/me/.local/state/k8snet-tutor'],
  ['Windows', { LOCALAPPDATA: '/local' }, 'win32', '/local/k8snet-tutor'],
  ['Windows without', {}, 'win32', '/home/me/AppData/Local/k8snet-tutor'],
])('place: %s', (_, env, platform, expected) => {
  expect(stateFolderPath(env, '/home/me', platform).replaceAll('\\', '/')).toBe(expected);
});
