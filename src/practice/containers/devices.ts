import { FileError } from './file-error.ts';
import type { Device, FileSystem } from './file-system.ts';
import { OpenFile } from './open-file.ts';
import type { Process } from './process.ts';
import { nullDevice, type Sink } from './stream.ts';

const CHUNK = 4096;

/** Puts /dev/null and its like into a file system. The standard streams lead into /proc, as they do in Linux. */
export function placeDevices(fileSystem: FileSystem, random: () => number): void {
  const device = (name: string, open: Device['open']): void =>
    fileSystem.place(`/dev/${name}`, { type: 'device', mode: 0o666, open });
  device('null', () => new OpenFile({ source: nullDevice, sink: nullDevice }));
  device('zero', () => endless(() => new Uint8Array(CHUNK)));
  const noise = (): Uint8Array => Uint8Array.from({ length: CHUNK }, () => Math.floor(random() * 256));
  device('urandom', () => endless(noise));
  device('random', () => endless(noise));
  device('full', () => {
    const write = (): Promise<void> => Promise.reject(new FileError('ENOSPC'));
    return endless(() => new Uint8Array(CHUNK), { write, close: () => undefined });
  });
  device('tty', controllingTerminal);
  const link = (name: string, target: string): void =>
    fileSystem.place(`/dev/${name}`, { type: 'symlink', mode: 0o777, target });
  link('fd', '/proc/self/fd');
  link('stdin', '/proc/self/fd/0');
  link('stdout', '/proc/self/fd/1');
  link('stderr', '/proc/self/fd/2');
  fileSystem.place('/dev/shm', { type: 'directory', mode: 0o1777, entries: new Map() });
}

function endless(make: () => Uint8Array, sink: Sink = nullDevice): OpenFile {
  return new OpenFile({
    source: { read: () => Promise.resolve(make()), close: () => undefined },
    sink,
  });
}

function controllingTerminal(asker: Process): OpenFile {
  if (asker.terminal === undefined) throw new FileError('ENXIO');
  return asker.terminal.share();
}
