import type { Sink, Source } from './stream.ts';
import type { Tty } from './tty.ts';

/** What a file descriptor stands for; several descriptors of several processes may share one (dup, fork). */
export class OpenFile {
  readonly source: Source | undefined;
  readonly sink: Sink | undefined;
  /** Set where the descriptor is a terminal. */
  readonly tty: Tty | undefined;
  private references = 1;

  constructor(ends: { source?: Source; sink?: Sink; tty?: Tty }) {
    this.source = ends.source;
    this.sink = ends.sink;
    this.tty = ends.tty;
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
    this.files.get(number)?.close();
    this.files.set(number, file);
  }

  close(number: number): void {
    this.files.get(number)?.close();
    this.files.delete(number);
  }

  /** As fork does: the same open files under the same numbers. */
  copy(): FileTable {
    const copy = new FileTable();
    for (const [number, file] of this.files) copy.files.set(number, file.share());
    return copy;
  }

  numbers(): number[] {
    return [...this.files.keys()].sort((a, b) => a - b);
  }

  closeAll(): void {
    for (const number of this.numbers()) this.close(number);
  }
}
