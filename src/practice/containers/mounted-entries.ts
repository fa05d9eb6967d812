import { FileError } from './file-error.ts';
import type { Directory, Entries, FileNode } from './file-system.ts';

/** A directory that several file systems share, with what is mounted in one of them laid over it. */
export class MountedEntries implements Entries {
  private readonly below: Entries;
  private readonly mounts = new Map<string, FileNode>();

  constructor(below: Entries) {
    this.below = below;
  }

  get size(): number {
    return this.names().size;
  }

  get(name: string): FileNode | undefined {
    return this.mounts.get(name) ?? this.below.get(name);
  }

  /** @throws {FileError} EBUSY: a mount is no entry that could be taken away */
  set(name: string, node: FileNode): void {
    this.refuseMount(name);
    this.below.set(name, node);
  }

  /** @throws {FileError} EBUSY */
  delete(name: string): void {
    this.refuseMount(name);
    this.below.delete(name);
  }

  keys(): Iterable<string> {
    return this.names();
  }

  mount(name: string, node: FileNode): void {
    this.mounts.set(name, node);
  }

  /** The directory of this name as somebody may mount in it; undefined where it is none. */
  enter(name: string): Directory | undefined {
    const node = this.get(name);
    if (node?.type !== 'directory') return undefined;
    if (this.mounts.has(name)) return node;
    const entered = { ...node, entries: new MountedEntries(node.entries) };
    this.mounts.set(name, entered);
    return entered;
  }

  private refuseMount(name: string): void {
    if (this.mounts.has(name)) throw new FileError('EBUSY');
  }

  private names(): Set<string> {
    return new Set([...this.below.keys(), ...this.mounts.keys()]);
  }
}

/** The directory at a path without links, ready to be mounted in where its file system is a shared one. */
export function mountPoint(root: Directory, path: string): Directory | undefined {
  let here: Directory | undefined = root;
  for (const name of path.split('/').filter((each) => each !== '')) here = here && enter(here.entries, name);
  return here;
}

function enter(entries: Entries, name: string): Directory | undefined {
  if (entries instanceof MountedEntries) return entries.enter(name);
  const node = entries.get(name);
  return node?.type === 'directory' ? node : undefined;
}
