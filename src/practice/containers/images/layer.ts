import { FileSystem, type Directory, type Entries, type FileNode } from '../file-system.ts';

/**
 * A directory of an image as one container has it. The image's files are made once; a container gets its own copy of a
 * file or directory when it comes across it, so that a thousand containers cost little more than one.
 */
class LayeredEntries implements Entries {
  private readonly lower: Entries;
  private readonly own = new Map<string, FileNode>();
  private readonly removed = new Set<string>();

  constructor(lower: Entries) {
    this.lower = lower;
  }

  get size(): number {
    return this.names().size;
  }

  get(name: string): FileNode | undefined {
    const known = this.own.get(name);
    if (known !== undefined || this.removed.has(name)) return known;
    const below = this.lower.get(name);
    if (below === undefined) return undefined;
    const copy = ownCopy(below);
    this.own.set(name, copy);
    return copy;
  }

  set(name: string, node: FileNode): void {
    this.own.set(name, node);
    this.removed.delete(name);
  }

  delete(name: string): void {
    this.own.delete(name);
    if (this.lower.get(name) !== undefined) this.removed.add(name);
  }

  keys(): Iterable<string> {
    return this.names();
  }

  private names(): Set<string> {
    const names = new Set(this.lower.keys());
    for (const name of this.removed) names.delete(name);
    for (const name of this.own.keys()) names.add(name);
    return names;
  }
}

/** The bytes of a file are never written to in place, so they may be shared. */
function ownCopy(node: FileNode): FileNode {
  return node.type === 'directory' ? { ...node, entries: new LayeredEntries(node.entries) } : { ...node };
}

/** The files of an image, made the first time they are needed. */
export class ImageLayer {
  private readonly build: (fileSystem: FileSystem) => void;
  /** Milliseconds since 1970: the time of all directories. */
  private readonly built: number;
  private root: Directory | undefined;

  constructor(built: string, build: (fileSystem: FileSystem) => void) {
    this.built = Date.parse(built);
    this.build = build;
  }

  /** Lays the image under what is in the file system already. */
  install(fileSystem: FileSystem): void {
    const { root } = fileSystem;
    const layered = new LayeredEntries(this.files().entries);
    for (const name of root.entries.keys()) layered.set(name, root.entries.get(name)!);
    root.entries = layered;
  }

  private files(): Directory {
    if (this.root === undefined) {
      const fileSystem = new FileSystem(() => this.built);
      this.build(fileSystem);
      this.root = fileSystem.root;
    }
    return this.root;
  }
}
