import { OpenFile } from './open-file.ts';
import type { Program } from './process.ts';
import { nullDevice } from './stream.ts';

export type FileErrorCode =
  'ENOENT' | 'EISDIR' | 'ENOTDIR' | 'EEXIST' | 'ENOTEMPTY' | 'EACCES' | 'ELOOP' | 'EROFS';

const WORDS: Record<FileErrorCode, string> = {
  ENOENT: 'No such file or directory',
  EISDIR: 'Is a directory',
  ENOTDIR: 'Not a directory',
  EEXIST: 'File exists',
  ENOTEMPTY: 'Directory not empty',
  EACCES: 'Permission denied',
  ELOOP: 'Too many levels of symbolic links',
  EROFS: 'Read-only file system',
};

/** What a system call on a file refuses; `message` is strerror's. */
export class FileError extends Error {
  readonly code: FileErrorCode;

  constructor(code: FileErrorCode) {
    super(WORDS[code]);
    this.name = 'FileError';
    this.code = code;
  }
}

interface NodeCommon {
  mode: number;
  uid: number;
  gid: number;
  /** Milliseconds since 1970. */
  modified: number;
}

export interface RegularFile extends NodeCommon {
  type: 'file';
  content: Uint8Array;
  /** What running the file does; scripts have none, the shell reads them. */
  program?: Program | undefined;
}

/** A file whose content is made when it is read, as in /proc. */
export interface GeneratedFile extends NodeCommon {
  type: 'generated';
  read(): string;
}

/** /dev/null and its like; opened by the kernel, not by the file system. */
export interface Device extends NodeCommon {
  type: 'device';
  open(): OpenFile;
}

export interface Symlink extends NodeCommon {
  type: 'symlink';
  target: string;
}

export interface Directory extends NodeCommon {
  type: 'directory';
  entries: Map<string, FileNode>;
}

export type FileNode = RegularFile | GeneratedFile | Device | Symlink | Directory;

const MOST_LINKS = 20;
const NOBODY_SAYS: Omit<NodeCommon, 'modified'> = { mode: 0o644, uid: 0, gid: 0 };

/** A container's file system, in memory. Paths are absolute or relative to `directory`; `..` and links are followed. */
export class FileSystem {
  readonly root: Directory;
  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
    this.root = { ...NOBODY_SAYS, mode: 0o755, type: 'directory', entries: new Map(), modified: now() };
  }

  /** @throws {FileError} ENOENT, ENOTDIR, ELOOP */
  node(path: string, directory = '/', options: { follow?: boolean } = {}): FileNode {
    const found = this.find(path, directory, options.follow ?? true);
    if (found.node === undefined) throw new FileError('ENOENT');
    return found.node;
  }

  /** Undefined where there is none. */
  lookup(path: string, directory = '/'): FileNode | undefined {
    try {
      return this.node(path, directory);
    } catch {
      return undefined;
    }
  }

  /** The absolute path with every link followed. @throws {FileError} */
  realPath(path: string, directory = '/'): string {
    return this.find(path, directory, true).path;
  }

  /** @throws {FileError} */
  read(path: string, directory = '/'): Uint8Array {
    const node = this.node(path, directory);
    if (node.type === 'directory') throw new FileError('EISDIR');
    if (node.type === 'file') return node.content;
    if (node.type === 'generated') return new TextEncoder().encode(node.read());
    return new Uint8Array();
  }

  /** Creates or replaces the file. @throws {FileError} */
  write(
    path: string,
    content: Uint8Array,
    directory = '/',
    owner: { uid: number; gid: number } = NOBODY_SAYS,
  ): RegularFile {
    const found = this.find(path, directory, true);
    if (found.node?.type === 'directory') throw new FileError('EISDIR');
    if (found.node !== undefined && found.node.type !== 'file') throw new FileError('EACCES');
    if (found.node !== undefined) {
      found.node.content = content;
      found.node.modified = this.now();
      return found.node;
    }
    const { uid, gid } = owner;
    const file: RegularFile = { type: 'file', mode: 0o644, uid, gid, content, modified: this.now() };
    found.parent.entries.set(found.name, file);
    return file;
  }

  /** Puts a node at a path, with the directories above it. For images and mounts. */
  place(path: string, node: Partial<NodeCommon> & DistributiveOmit<FileNode, keyof NodeCommon>): void {
    const names = split(path);
    const name = names.pop()!;
    let parent = this.root;
    for (const each of names) {
      let next = parent.entries.get(each);
      if (next === undefined) {
        next = { ...NOBODY_SAYS, mode: 0o755, type: 'directory', entries: new Map(), modified: this.now() };
        parent.entries.set(each, next);
      }
      if (next.type !== 'directory') throw new Error(`${path}: ${each} is no directory`);
      parent = next;
    }
    parent.entries.set(name, { ...NOBODY_SAYS, modified: this.now(), ...node });
  }

  /** @throws {FileError} */
  list(path: string, directory = '/'): string[] {
    const node = this.node(path, directory);
    if (node.type !== 'directory') throw new FileError('ENOTDIR');
    return [...node.entries.keys()].sort();
  }

  /** @throws {FileError} EEXIST */
  makeDirectory(path: string, directory = '/', owner: { uid: number; gid: number } = NOBODY_SAYS): void {
    const found = this.find(path, directory, true);
    if (found.node !== undefined) throw new FileError('EEXIST');
    const { uid, gid } = owner;
    const made: Directory = {
      type: 'directory',
      mode: 0o755,
      uid,
      gid,
      entries: new Map(),
      modified: this.now(),
    };
    found.parent.entries.set(found.name, made);
  }

  /** A file, a link, or an empty directory. @throws {FileError} */
  remove(path: string, directory = '/'): void {
    const found = this.find(path, directory, false);
    if (found.node === undefined) throw new FileError('ENOENT');
    if (found.node.type === 'directory' && found.node.entries.size > 0) throw new FileError('ENOTEMPTY');
    found.parent.entries.delete(found.name);
  }

  /** @throws {FileError} */
  link(target: string, path: string, directory = '/'): void {
    const found = this.find(path, directory, false);
    if (found.node !== undefined) throw new FileError('EEXIST');
    found.parent.entries.set(found.name, {
      ...NOBODY_SAYS,
      mode: 0o777,
      type: 'symlink',
      target,
      modified: this.now(),
    });
  }

  /** Opens a file as open(2) does; `/proc/self/fd/N` is the kernel's business. @throws {FileError} */
  open(
    path: string,
    how: 'read' | 'write' | 'append',
    directory = '/',
    owner: { uid: number; gid: number } = NOBODY_SAYS,
  ): OpenFile {
    const found = this.find(path, directory, true);
    if (found.node?.type === 'device') return found.node.open();
    if (how === 'read') return reader(this.read(path, directory));
    if (
      owner.uid !== 0 &&
      found.node !== undefined &&
      found.node.uid !== owner.uid &&
      (found.node.mode & 0o002) === 0
    )
      throw new FileError('EACCES');
    if (
      found.node === undefined &&
      owner.uid !== 0 &&
      found.parent.uid !== owner.uid &&
      (found.parent.mode & 0o002) === 0
    )
      throw new FileError('EACCES');
    const file =
      how === 'append' && found.node?.type === 'file'
        ? found.node
        : this.write(path, new Uint8Array(), directory, owner);
    return new OpenFile({
      source: nullDevice,
      sink: {
        write: (bytes) => {
          const joined = new Uint8Array(file.content.length + bytes.length);
          joined.set(file.content);
          joined.set(bytes, file.content.length);
          file.content = joined;
          file.modified = this.now();
          return Promise.resolve();
        },
        close: () => undefined,
      },
    });
  }

  private find(
    path: string,
    directory: string,
    follow: boolean,
    links = 0,
  ): { node: FileNode | undefined; parent: Directory; name: string; path: string } {
    const names = split(path.startsWith('/') ? path : `${directory}/${path}`);
    const walked: { name: string; node: Directory }[] = [];
    let here = this.root;
    if (path === '') throw new FileError('ENOENT');
    for (const [index, name] of names.entries()) {
      const isLast = index === names.length - 1;
      if (name === '..') {
        walked.pop();
        here = walked.at(-1)?.node ?? this.root;
        if (isLast) break;
        continue;
      }
      const node = here.entries.get(name);
      if (node?.type === 'symlink' && (follow || !isLast)) {
        if (links >= MOST_LINKS) throw new FileError('ELOOP');
        const rest = names.slice(index + 1).join('/');
        const base = `/${walked.map((each) => each.name).join('/')}`;
        return this.find(rest === '' ? node.target : `${node.target}/${rest}`, base, follow, links + 1);
      }
      if (isLast) {
        if (node?.type !== 'directory' && path.endsWith('/') && node !== undefined)
          throw new FileError('ENOTDIR');
        const full = `/${[...walked.map((each) => each.name), name].join('/')}`;
        return { node, parent: here, name, path: full };
      }
      if (node === undefined) throw new FileError('ENOENT');
      if (node.type !== 'directory') throw new FileError('ENOTDIR');
      walked.push({ name, node });
      here = node;
    }
    const parent = walked.at(-2)?.node ?? this.root;
    const name = walked.at(-1)?.name ?? '';
    return { node: here, parent, name, path: `/${walked.map((each) => each.name).join('/')}` };
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

function split(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}

function reader(content: Uint8Array): OpenFile {
  let rest: Uint8Array | null = content.length > 0 ? content : null;
  const read = (): Promise<Uint8Array | null> => {
    const chunk = rest;
    rest = null;
    return Promise.resolve(chunk);
  };
  return new OpenFile({ source: { read, close: () => undefined } });
}
