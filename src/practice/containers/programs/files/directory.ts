import type { FileErrorCode } from '../../file-error.ts';
import { FileError } from '../../file-error.ts';
import type { Directory, FileNode, Found } from '../../file-system.ts';
import { permitted } from '../../open.ts';
import type { Process } from '../../process.ts';

/** Where a path leads for a process that wants to add, replace or remove an entry. @throws {FileError} */
export function entry(process: Process, path: string, options: { follow?: boolean } = {}): Found {
  return process.machine.fileSystem.find(path, process.directory, options.follow ?? false);
}

/** @throws {FileError} EACCES, and EPERM for what is another's in a sticky directory */
export function mayChange(process: Process, parent: Directory, node?: FileNode): void {
  if (!permitted(parent, process.user, 'write')) throw new FileError('EACCES');
  const { uid } = process.user;
  if (
    node !== undefined &&
    (parent.mode & 0o1000) !== 0 &&
    uid !== 0 &&
    uid !== node.uid &&
    uid !== parent.uid
  )
    throw new FileError('EPERM');
}

/** Runs one step of a program and hands what the file system refuses to `refused`. */
export async function tried(
  step: () => unknown,
  refused: (error: FileError) => Promise<void>,
): Promise<boolean> {
  try {
    await step();
    return true;
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    await refused(error);
    return false;
  }
}

export function isCode(error: unknown, code: FileErrorCode): boolean {
  return error instanceof FileError && error.code === code;
}

/** Removes a file or link, or a directory with all that is in it. @throws {FileError} */
export function removeAll(process: Process, path: string): void {
  const { node, parent } = entry(process, path);
  if (node === undefined) throw new FileError('ENOENT');
  mayChange(process, parent, node);
  if (node.type === 'directory')
    for (const name of node.entries.keys()) removeAll(process, `${path.replace(/\/$/, '')}/${name}`);
  process.machine.fileSystem.remove(path, process.directory);
}

/** A target that is a directory takes the source in under its own name. */
export function inside(process: Process, target: string, source: string): string {
  const node = process.machine.fileSystem.lookup(target, process.directory);
  if (node?.type !== 'directory') return target;
  return `${target.replace(/\/$/, '')}/${source.replace(/\/+$/, '').replace(/^.*\//s, '')}`;
}
