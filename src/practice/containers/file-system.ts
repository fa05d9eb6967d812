import { FileError } from './file-error.ts';
import { MountedEntries, mountPoint } from './mounted-entries.ts';
import { openRegular } from './regular-file.ts';
import type { OpenFile } from './open-file.ts';
import type { Process, Program, User } from './process.ts';

export { FileError, type FileErrorCode } from './file-error.ts';

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

/** A file whose content is made when it is read, as in /proc. `asker` is missing where no process asks. */
export interface GeneratedFile extends NodeCommon {
  type: 'generated';
  read(asker?: Process): string;
}

/** /dev/null and its like, and /proc/self/fd/1: what comes of opening it may depend on who does. @throws {FileError} */
export interface Device extends NodeCommon {
  type: 'device';
  open(asker: Process): OpenFile;
}

export interface Symlink extends NodeCommon {
  type: 'symlink';
  target: string;
}

export interface Directory extends NodeCommon {
  type: 'directory';
  entries: Entries;
}

/** What is in a directory: a Map, or made when asked for, as in /proc. */
export interface Entries {
  readonly size: number;
  get(name: string): FileNode | undefined;
  /** @throws {FileError} */
  set(name: string, node: FileNode): unknown;
  /** @throws {FileError} */
  delete(name: string): unknown;
  keys(): Iterable<string>;
}

export type FileNode = RegularFile | GeneratedFile | Device | Symlink | Directory;

type Owner = Pick<User, 'uid' | 'gid'>;

const MOST_LINKS = 20;
/** Characters of a path, PATH_MAX; here where it begins counts, too, so that nothing lies deeper than can be reached. */
const LONGEST_PATH = 4096;
const ROOT: Owner = { uid: 0, gid: 0 };
/** What an entry in a directory takes, beside its content. */
const ENTRY = 512;

/**
 * A container's file system, in memory. Paths are absolute or relative to `directory`; `..` and links are followed.
 * It is root who asks: for what a process may do see open.ts.
 */
export class FileSystem {
  readonly root: Directory;
  /** Bytes it takes at most; a learner's `yes > file` shall not take the learner's own memory. */
  readonly capacity: number;
  private readonly now: () => number;
  private readonly usage: { bytes: number };

  /** @param host whose files and disk these are; what is placed here is seen here alone, as in a mount namespace */
  constructor(now: () => number, capacity = 64 * 1024 * 1024, host?: FileSystem) {
    this.now = now;
    this.capacity = capacity;
    this.usage = host?.usage ?? { bytes: 0 };
    this.root = host
      ? { ...host.root, entries: new MountedEntries(host.root.entries) }
      : { ...ROOT, mode: 0o755, type: 'directory', entries: new Map(), modified: now() };
  }

  /** Bytes in use. */
  get used(): number {
    return this.usage.bytes;
  }

  /** The same files on the same disk, with mounts of its own. */
  share(): FileSystem {
    return new FileSystem(this.now, this.capacity, this);
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
  write(path: string, content: Uint8Array, directory = '/', owner: Owner = ROOT): RegularFile {
    const found = this.find(path, directory, true);
    if (found.node?.type === 'directory') throw new FileError('EISDIR');
    if (found.node !== undefined && found.node.type !== 'file') throw new FileError('EACCES');
    const file = found.node ?? this.add(found, this.empty(owner, 0o644));
    this.take(content.length - file.content.length);
    file.content = content;
    file.modified = this.now();
    return file;
  }

  /** Puts a node at a path, with the directories above it. For images and mounts. */
  place(path: string, node: Partial<NodeCommon> & DistributiveOmit<FileNode, keyof NodeCommon>): void {
    const names = split(path);
    const name = names.pop()!;
    let above = '/';
    for (const each of names) {
      above = `${above === '/' ? '' : above}/${each}`;
      if (this.lookup(above) === undefined) this.makeDirectory(above);
    }
    // Images have links among their directories: /var/run is /run.
    const parent = mountPoint(this.root, this.realPath(above));
    if (parent === undefined) throw new Error(`${above} is no directory`);
    const placed = { ...ROOT, mode: 0o644, modified: this.now(), ...node };
    if (parent.entries instanceof MountedEntries) parent.entries.mount(name, placed);
    else parent.entries.set(name, placed);
  }

  /** @throws {FileError} */
  list(path: string, directory = '/'): string[] {
    const node = this.node(path, directory);
    if (node.type !== 'directory') throw new FileError('ENOTDIR');
    return [...node.entries.keys()].sort();
  }

  /** @throws {FileError} EEXIST */
  makeDirectory(path: string, directory = '/', owner: Owner = ROOT, mode = 0o755): void {
    const found = this.find(path, directory, true);
    this.add(found, { ...own(owner), modified: this.now(), type: 'directory', mode, entries: new Map() });
  }

  /** A file, a link, or an empty directory. @throws {FileError} */
  remove(path: string, directory = '/'): void {
    const found = this.find(path, directory, false);
    if (found.node === undefined) throw new FileError('ENOENT');
    if (found.node.type === 'directory' && found.node.entries.size > 0) throw new FileError('ENOTEMPTY');
    this.drop(found.parent, found.name, found.node);
  }

  /** Makes a symbolic link. @throws {FileError} */
  link(target: string, path: string, directory = '/', owner: Owner = ROOT): void {
    const found = this.find(path, directory, false);
    this.add(found, { ...own(owner), modified: this.now(), type: 'symlink', mode: 0o777, target });
  }

  /** As rename(2): what is at `to` already goes, an empty directory only. @throws {FileError} */
  rename(from: string, to: string, directory = '/'): void {
    const source = this.find(from, directory, false);
    const target = this.find(to, directory, false);
    const { node } = source;
    if (node === undefined) throw new FileError('ENOENT');
    if (target.node === node) return;
    if (`${target.path}/`.startsWith(`${source.path}/`)) throw new FileError('EINVAL');
    if (target.node !== undefined) {
      if (target.node.type === 'directory' && node.type !== 'directory') throw new FileError('EISDIR');
      if (target.node.type !== 'directory' && node.type === 'directory') throw new FileError('ENOTDIR');
      if (target.node.type === 'directory' && target.node.entries.size > 0) throw new FileError('ENOTEMPTY');
      this.drop(target.parent, target.name, target.node);
    }
    source.parent.entries.delete(source.name);
    target.parent.entries.set(target.name, node);
  }

  /** Opens a file of any kind, whoever may read or write it. @throws {FileError} */
  openNode(node: FileNode, how: OpenMode, asker: Process): OpenFile {
    switch (node.type) {
      case 'device':
        return node.open(asker);
      case 'generated':
        if (how !== 'read') throw new FileError('EACCES');
        return openRegular({ content: new TextEncoder().encode(node.read(asker)) }, how, asGiven);
      case 'file':
        if (how === 'write') {
          this.take(-node.content.length);
          node.content = new Uint8Array();
          node.modified = this.now();
        }
        return openRegular(node, how, (bytes) => {
          this.take(bytes);
          node.modified = this.now();
        });
      case 'directory':
        throw new FileError('EISDIR');
      case 'symlink':
        throw new FileError('ELOOP');
    }
  }

  /** A new empty file. @throws {FileError} */
  create(path: string, directory: string, owner: Owner, mode: number): RegularFile {
    const found = this.find(path, directory, true);
    return this.add(found, this.empty(owner, mode));
  }

  /** Where a path leads: the node if there is one, and the directory it is or would be in. @throws {FileError} */
  find(path: string, directory: string, follow: boolean, visit?: (passed: Directory) => void): Found {
    return this.walk(path, directory, follow, visit, 0);
  }

  private empty(owner: Owner, mode: number): RegularFile {
    return { ...own(owner), type: 'file', mode, content: new Uint8Array(), modified: this.now() };
  }

  private add<T extends FileNode>(at: Found, node: T): T {
    if (at.node !== undefined) throw new FileError('EEXIST');
    this.take(ENTRY);
    at.parent.entries.set(at.name, node);
    at.parent.modified = node.modified;
    return node;
  }

  private drop(parent: Directory, name: string, node: FileNode): void {
    parent.entries.delete(name);
    parent.modified = this.now();
    this.take(-ENTRY - (node.type === 'file' ? node.content.length : 0));
  }

  /** What an image placed was not counted, so that it may be removed without a debt. */
  private take(bytes: number): void {
    const { usage } = this;
    if (bytes > 0 && usage.bytes + bytes > this.capacity) throw new FileError('ENOSPC');
    usage.bytes = Math.max(0, usage.bytes + bytes);
  }

  private walk(
    path: string,
    directory: string,
    follow: boolean,
    visit: ((passed: Directory) => void) | undefined,
    links: number,
  ): Found {
    if (path === '') throw new FileError('ENOENT');
    const whole = path.startsWith('/') ? path : `${directory}/${path}`;
    if (whole.length > LONGEST_PATH) throw new FileError('ENAMETOOLONG');
    const names = split(whole);
    const walked: { name: string; node: Directory }[] = [];
    let here = this.root;
    for (const [index, name] of names.entries()) {
      const isLast = index === names.length - 1;
      visit?.(here);
      if (name === '..') {
        walked.pop();
        here = walked.at(-1)?.node ?? this.root;
        continue;
      }
      if (name.length > 255) throw new FileError('ENAMETOOLONG');
      const node = here.entries.get(name);
      if (node?.type === 'symlink' && (follow || !isLast || path.endsWith('/'))) {
        if (links >= MOST_LINKS) throw new FileError('ELOOP');
        const rest = names.slice(index + 1).join('/');
        const base = `/${walked.map((each) => each.name).join('/')}`;
        const target = rest === '' ? node.target : `${node.target}/${rest}`;
        return this.walk(target, base, follow, visit, links + 1);
      }
      if (isLast) {
        if (node !== undefined && node.type !== 'directory' && path.endsWith('/'))
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

/** `write` empties or creates, `append` writes at the end, `update` reads and writes from the start. */
export type OpenMode = 'read' | 'write' | 'append' | 'update';

export interface Found {
  node: FileNode | undefined;
  parent: Directory;
  name: string;
  /** Absolute, links followed. */
  path: string;
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

function own(owner: Owner): Owner {
  return { uid: owner.uid, gid: owner.gid };
}

function asGiven(): void {}

function split(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}
