import type { Sink, Source } from './stream.ts';
import type { Tty } from './tty.ts';

/** What a file descriptor stands for; several descriptors of several processes may share one (dup, fork). */
export class OpenFile {
  /** Undefined where the file was not opened for reading. */
  readonly source: Source | undefined;
  /** Undefined where the file was not opened for writing. */
  readonly sink: Sink | undefined;
  /** Set where the descriptor is a terminal. */
  readonly tty: Tty | undefined;
  private readonly origin: Source | undefined;
  /** What was read and nobody has taken yet; null is an end. */
  private readonly ready: (Uint8Array | null)[] = [];
  private filling: Promise<void> | undefined;
  private references = 1;

  constructor(ends: { source?: Source | undefined; sink?: Sink | undefined; tty?: Tty | undefined }) {
    this.origin = ends.source;
    this.source = this.origin && { read: () => this.read(), close: () => this.origin?.close() };
    this.sink = ends.sink;
    this.tty = ends.tty;
  }

  /** What can be read without waiting: bytes, null at the end, undefined when there is nothing yet. */
  take(): Uint8Array | null | undefined {
    return this.ready.shift();
  }

  /**
   * Waits until there is something to take. Waiting takes nothing: a reader that dies meanwhile, as `cat` does on
   * Ctrl-C, leaves what comes to the next one.
   */
  fill(): Promise<void> {
    if (this.ready.length > 0 || this.origin === undefined) return Promise.resolve();
    this.filling ??= this.origin
      .read()
      .then((chunk) => void this.ready.push(chunk))
      .finally(() => (this.filling = undefined));
    return this.filling;
  }

  /** Gives back what was taken too much: whoever shares the file reads it next. The shell's `read` takes one line. */
  unread(bytes: Uint8Array): void {
    if (bytes.length > 0) this.ready.unshift(bytes);
  }

  private async read(): Promise<Uint8Array | null> {
    for (;;) {
      const chunk = this.take();
      if (chunk !== undefined) return chunk;
      await this.fill();
    }
  }

  /** One more descriptor for the same open file. */
  share(): this {
    this.references++;
    return this;
  }

  /** One descriptor less; the last one closes the file itself. */
  close(): void {
    this.references--;
    if (this.references > 0) return;
    this.source?.close();
    this.sink?.close();
  }
}

/** A process's open files by their number. */
export class FileTable {
  private readonly files = new Map<number, OpenFile>();

  get(number: number): OpenFile | undefined {
    return this.files.get(number);
  }

  /** Takes the file over: it is closed with the table, or when the number is used anew. */
  set(number: number, file: OpenFile): void {
    const before = this.files.get(number);
    this.files.set(number, file);
    before?.close();
  }

  close(number: number): void {
    const file = this.files.get(number);
    this.files.delete(number);
    file?.close();
  }

  /** As fork does: the same open files under the same numbers. */
  copy(): FileTable {
    const copy = new FileTable();
    for (const [number, file] of this.files) copy.files.set(number, file.share());
    return copy;
  }

  /** Puts some numbers back to what they were in `copy`, which is taken over. */
  restore(copy: FileTable, numbers: Iterable<number>): void {
    for (const number of numbers) {
      const before = copy.files.get(number)?.share();
      if (before === undefined) this.close(number);
      else this.set(number, before);
    }
    copy.closeAll();
  }

  numbers(): number[] {
    return [...this.files.keys()].sort((a, b) => a - b);
  }

  closeAll(): void {
    for (const number of this.numbers()) this.close(number);
  }
}
