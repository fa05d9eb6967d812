/** Where bytes come from. */
export interface Source {
  /** The next bytes, at least one; null at the end. */
  read(): Promise<Uint8Array | null>;
  close(): void;
}

/** Where bytes go to. */
export interface Sink {
  /** Resolves when they were taken, which may be when somebody reads them. @throws {BrokenPipe} */
  write(bytes: Uint8Array): Promise<void>;
  close(): void;
}

/** Nobody reads the other end any more; a process that gets it dies of SIGPIPE. */
export class BrokenPipe extends Error {
  constructor() {
    super('Broken pipe');
    this.name = 'BrokenPipe';
  }
}

/** Linux' own: a writer waits when this much was not read. */
const CAPACITY = 64 * 1024;

/** A pipe as in a shell: bytes in order, a writer that waits for its reader, an end once the writer has closed. */
export class Pipe implements Source, Sink {
  private readonly chunks: Uint8Array[] = [];
  private size = 0;
  private writeEnded = false;
  private readEnded = false;
  private readers: (() => void)[] = [];
  private writers: (() => void)[] = [];

  async read(): Promise<Uint8Array | null> {
    for (;;) {
      const chunk = this.chunks.shift();
      if (chunk !== undefined) {
        this.size -= chunk.length;
        wake(this.writers);
        return chunk;
      }
      if (this.writeEnded || this.readEnded) return null;
      await new Promise<void>((resolve) => this.readers.push(resolve));
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    while (this.size >= CAPACITY && !this.readEnded)
      await new Promise<void>((resolve) => this.writers.push(resolve));
    if (this.readEnded || this.writeEnded) throw new BrokenPipe();
    this.chunks.push(bytes);
    this.size += bytes.length;
    wake(this.readers);
  }

  /** The writing end: the reader gets what is left, then the end. */
  closeWrite(): void {
    this.writeEnded = true;
    wake(this.readers);
    wake(this.writers);
  }

  /** The reading end: writers get BrokenPipe. */
  closeRead(): void {
    this.readEnded = true;
    this.chunks.length = 0;
    this.size = 0;
    wake(this.readers);
    wake(this.writers);
  }

  close(): void {
    this.closeWrite();
    this.closeRead();
  }

  /** The two ends apart, each closing only itself. */
  get source(): Source {
    return { read: () => this.read(), close: () => this.closeRead() };
  }

  get sink(): Sink {
    return { write: (bytes) => this.write(bytes), close: () => this.closeWrite() };
  }
}

function wake(waiting: (() => void)[]): void {
  for (const resolve of waiting.splice(0)) resolve();
}

/** /dev/null, both ways. */
export const nullDevice: Source & Sink = {
  read: () => Promise.resolve(null),
  write: () => Promise.resolve(),
  close: () => undefined,
};
