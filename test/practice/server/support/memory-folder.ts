import type { LogFile, LogFolder } from '../../../../src/practice/server/log-folder.ts';

/** A folder in memory that can fail, and that knows what would be left of it after a crash. */
export class MemoryFolder implements LogFolder {
  readonly files = new Map<string, Buffer>();
  /** As it was when each file was last synced. */
  private readonly onDisk = new Map<string, Buffer>();
  /** Called before each operation; what it throws happens instead. */
  before: (operation: string) => void = () => undefined;
  syncs = 0;

  constructor(files: Iterable<[string, Buffer]> = []) {
    for (const [name, content] of files) {
      this.files.set(name, content);
      this.onDisk.set(name, content);
    }
  }

  /** What a killed process leaves: all that was written. */
  copy(): MemoryFolder {
    return new MemoryFolder(this.files);
  }

  /** What a power cut leaves at worst: nothing that was not synced. */
  powerCut(): MemoryFolder {
    return new MemoryFolder(this.onDisk);
  }

  size(name: string): number {
    return this.files.get(name)?.length ?? 0;
  }

  read(name: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.files.get(name));
  }

  open(name: string): Promise<LogFile> {
    if (!this.files.has(name)) this.files.set(name, Buffer.alloc(0));
    const content = (): Buffer => this.files.get(name) ?? Buffer.alloc(0);
    return Promise.resolve({
      append: async (text) => {
        await this.step('append');
        this.files.set(name, Buffer.concat([content(), Buffer.from(text)]));
      },
      sync: async () => {
        await this.step('sync');
        this.syncs++;
        this.onDisk.set(name, content());
      },
      truncate: async (size) => {
        await this.step('truncate');
        this.files.set(name, content().subarray(0, size));
      },
      close: () => Promise.resolve(),
    });
  }

  async replace(name: string, content: Iterable<string>): Promise<void> {
    const text = [...content].join('');
    await this.step('replace');
    this.files.set(name, Buffer.from(text));
    this.onDisk.set(name, Buffer.from(text));
  }

  /** As on a disk, others get their turn meanwhile. */
  private async step(operation: string): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.before(operation);
  }
}
