import { FileError } from './file-error.ts';
import type { Directory, FileNode, OpenMode } from './file-system.ts';
import type { OpenFile } from './open-file.ts';
import type { Process, User } from './process.ts';

/**
 * Opens a path for a process, as open(2) does: relative to its directory, with its user's rights.
 *
 * @throws {FileError}
 */
export function open(process: Process, path: string, how: OpenMode, umask = 0o022): OpenFile {
  const { fileSystem } = process.machine;
  const found = fileSystem.find(path, process.directory, true, searchable(process.user));
  let { node } = found;
  if (node === undefined) {
    if (how === 'read') throw new FileError('ENOENT');
    if (path.endsWith('/')) throw new FileError('EISDIR');
    if (!permitted(found.parent, process.user, 'write')) throw new FileError('EACCES');
    node = fileSystem.create(path, process.directory, process.user, 0o666 & ~umask);
  } else {
    const needed = how === 'read' ? 'read' : 'write';
    if (node.type === 'directory' && how !== 'read') throw new FileError('EISDIR');
    if (!permitted(node, process.user, needed)) throw new FileError('EACCES');
  }
  return fileSystem.openNode(node, how, process);
}

/** Everything in a file, as a process may read it. Devices have no end: not for them. @throws {FileError} */
export function readWhole(process: Process, path: string): Uint8Array {
  const node = reach(process, path);
  if (!permitted(node, process.user, 'read')) throw new FileError('EACCES');
  if (node.type === 'generated') return new TextEncoder().encode(node.read(process));
  return process.machine.fileSystem.read(path, process.directory);
}

/** The node at a path, if the process may walk there. @throws {FileError} */
export function reach(process: Process, path: string, options: { follow?: boolean } = {}): FileNode {
  const { fileSystem } = process.machine;
  const found = fileSystem.find(path, process.directory, options.follow ?? true, searchable(process.user));
  if (found.node === undefined) throw new FileError('ENOENT');
  return found.node;
}

const BITS = { read: 4, write: 2, execute: 1 };

/** As access(2): root may do all, and run what anybody may run. */
export function permitted(node: FileNode, user: Pick<User, 'uid' | 'gid'>, what: keyof typeof BITS): boolean {
  const bit = BITS[what];
  if (user.uid === 0) return what !== 'execute' || node.type === 'directory' || (node.mode & 0o111) !== 0;
  const shift = node.uid === user.uid ? 6 : node.gid === user.gid ? 3 : 0;
  return ((node.mode >> shift) & bit) !== 0;
}

function searchable(user: User): (directory: Directory) => void {
  return (directory) => {
    if (!permitted(directory, user, 'execute')) throw new FileError('EACCES');
  };
}
