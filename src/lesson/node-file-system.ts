import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import type { FileSystem } from './file-system.ts';

/** The file system of this machine. */
export const nodeFileSystem: FileSystem = {
  readFile: (path) => readFile(path),
  realpath: (path) => realpath(path),
  readdir: (path) => readdir(path),
  stat: (path) => stat(path),
};
