import { OpenFile } from '../open-file.ts';

/** The terminal as a job in the background has it: who reads from it waits until `fg`, as after SIGTTIN. */
export class BackgroundTerminal {
  readonly file: OpenFile;
  private open!: () => void;

  constructor(terminal: OpenFile) {
    const opened = new Promise<void>((resolve) => (this.open = resolve));
    const read = (): Promise<Uint8Array | null> => opened.then(() => terminal.source?.read() ?? null);
    this.file = new OpenFile({
      source: { read, close: () => undefined },
      sink: terminal.sink && { write: (bytes) => terminal.sink!.write(bytes), close: () => undefined },
      tty: terminal.tty,
    });
  }

  toForeground(): void {
    this.open();
  }
}
