import { expect, test } from 'vitest';
import { FileSystem } from '../../../src/practice/containers/file-system.ts';
import { NodeFiles } from '../../../src/practice/containers/node-files.ts';
import { decode, encode } from '../../../src/practice/containers/process.ts';

const now = (): number => 0;
const directory = { type: 'directory', mode: 0o755, entries: new Map() } as const;

function two(): [FileSystem, FileSystem] {
  let installed = 0;
  const install = (fileSystem: FileSystem): void => {
    expect(++installed).toBe(1);
    fileSystem.place('/etc/hosts', { type: 'file', content: encode('host') });
    fileSystem.place('/run', directory);
    fileSystem.link('/run', '/var-run');
  };
  const files = new NodeFiles(now, install);
  return [files.open(), files.open()];
}

test('what one writes, makes and removes the other sees', () => {
  const [one, other] = two();
  one.makeDirectory('/srv');
  one.write('/srv/a', encode('x'));
  expect(decode(other.read('/srv/a'))).toBe('x');
  other.rename('/srv/a', '/b');
  expect(one.list('/')).toEqual(['b', 'etc', 'run', 'srv', 'var-run']);
  other.remove('/b');
  expect(() => one.read('/b')).toThrow('No such file or directory');
});

test('what is placed in one is seen there alone', () => {
  const [one, other] = two();
  one.place('/etc/hosts', { type: 'file', content: encode('one') });
  one.place('/var-run/secrets/token', { type: 'file', content: encode('t') });
  expect([one, other].map((each) => decode(each.read('/etc/hosts')))).toEqual(['one', 'host']);
  expect(decode(one.read('/run/secrets/token'))).toBe('t');
  expect(other.lookup('/run/secrets/token')).toBeUndefined();
  other.write('/etc/motd', encode('m'));
  expect(one.list('/etc')).toEqual(['hosts', 'motd']);
});

test('a mount can’t be removed, moved or replaced', () => {
  const [one] = two();
  one.place('/etc/hosts', { type: 'file', content: encode('one') });
  for (const change of [
    () => one.remove('/etc/hosts'),
    () => one.rename('/etc/hosts', '/h'),
    () => one.rename('/etc', '/e'),
  ])
    expect(change).toThrow('Device or resource busy');
});

test('they share one disk', () => {
  const host = new FileSystem(now, 2_000);
  const [one, other] = [host.share(), host.share()];
  one.write('/a', new Uint8Array(1_000));
  expect(other.used).toBe(one.used);
  expect(() => other.write('/b', new Uint8Array(1_000))).toThrow('No space left on device');
  other.remove('/a');
  expect(host.used).toBe(0);
});
