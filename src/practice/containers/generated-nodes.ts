import type { Clock } from '../clock.ts';
import { FileError } from './file-error.ts';
import type { Directory, Entries, FileNode, GeneratedFile, Symlink } from './file-system.ts';
import type { Process } from './process.ts';

/** Files and directories that are made anew whenever somebody looks, as in /proc and /sys. Nobody can add to them. */
export class GeneratedNodes {
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  fixed(nodes: Record<string, () => FileNode>): Directory {
    return this.directory(
      (name) => (Object.hasOwn(nodes, name) ? nodes[name]!() : undefined),
      () => Object.keys(nodes),
    );
  }

  directory(get: (name: string) => FileNode | undefined, names: () => string[]): Directory {
    const refuse = (): never => {
      throw new FileError('EPERM');
    };
    const entries: Entries = {
      get size() {
        return names().length;
      },
      get,
      keys: names,
      set: refuse,
      delete: refuse,
    };
    return { ...this.common(0o555), type: 'directory', entries };
  }

  text(read: (asker: Process | undefined) => string): GeneratedFile {
    return { ...this.common(0o444), type: 'generated', read };
  }

  link(target: string): Symlink {
    return { ...this.common(0o777), type: 'symlink', target };
  }

  common(mode: number): { mode: number; uid: number; gid: number; modified: number } {
    return { mode, uid: 0, gid: 0, modified: this.clock.now() };
  }
}
