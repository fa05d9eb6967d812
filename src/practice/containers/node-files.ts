import { type Directory, FileSystem } from './file-system.ts';

/**
 * The file system of a Node, for containers that are the Node itself or mount a part of it: what one writes, the next one
 * finds. In memory, as long as the cluster runs.
 */
export class NodeFiles {
  private readonly now: () => number;
  private readonly install: (fileSystem: FileSystem) => void;
  private host: FileSystem | undefined;

  /** @param install fills the disk when it is first used */
  constructor(now: () => number, install: (fileSystem: FileSystem) => void) {
    this.now = now;
    this.install = install;
  }

  /** A container's view of it: the same files, with mounts of its own. */
  open(): FileSystem {
    return this.disk().share();
  }

  /** The directory at a path; undefined where there is none. */
  directory(path: string): Directory | undefined {
    const { root } = this.disk();
    const node = path.replaceAll('/', '') === '' ? root : this.disk().lookup(path);
    return node?.type === 'directory' ? node : undefined;
  }

  /** Makes it, with those above it. */
  makeDirectory(path: string): Directory | undefined {
    const disk = this.disk();
    if (disk.lookup(path) === undefined)
      disk.place(path, { type: 'directory', mode: 0o755, entries: new Map() });
    return this.directory(path);
  }

  private disk(): FileSystem {
    if (this.host === undefined) {
      this.host = new FileSystem(this.now);
      this.install(this.host);
    }
    return this.host;
  }
}
