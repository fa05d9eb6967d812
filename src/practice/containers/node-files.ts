import { FileSystem } from './file-system.ts';

/**
 * The file system of a Node, for containers that are the Node itself: what one writes, the next one finds. In memory, as
 * long as the cluster runs.
 */
export class NodeFiles {
  private host: FileSystem | undefined;

  /**
   * A container's view of it: the same files, with mounts of its own.
   *
   * @param install fills the disk when it is first used
   */
  open(now: () => number, install: (fileSystem: FileSystem) => void): FileSystem {
    if (this.host === undefined) {
      this.host = new FileSystem(now);
      install(this.host);
    }
    return this.host.share();
  }
}
