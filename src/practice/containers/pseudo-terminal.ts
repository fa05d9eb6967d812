import { OpenFile } from './open-file.ts';
import { encode } from './process.ts';
import type { Sink, Source } from './stream.ts';
import type { Tty } from './tty.ts';

/** Who types faster than anybody reads waits once this many bytes are there. */
const MOST_UNREAD = 64 * 1024;

type Signal = 'SIGINT' | 'SIGQUIT' | 'SIGHUP';

/** A terminal's two ends: bytes typed go in here, programs have `file`, and what they write goes to the screen. */
export class PseudoTerminal implements Tty {
  /** What programs read from and write to; one reference is the terminal's own. */
  readonly file: OpenFile;
  private size: { columns: number; rows: number };
  private mode: 'raw' | 'transparent' | 'canonical' = 'canonical';
  /** The line that is being typed. */
  private line = '';
  /** Whole lines, or keys; null is an end of file. */
  private readonly input: (Uint8Array | null)[] = [];
  private unread = 0;
  private hungUp = false;
  private inputEnded = false;
  private readonly screen: Sink;
  private drawn: Promise<void> = Promise.resolve();
  private foreground: ((name: Signal) => void) | undefined;
  private readonly waiting: (() => void)[] = [];
  private readonly resizeListeners = new Set<() => void>();
  private readonly typed = new TextDecoder();

  constructor(size: { columns: number; rows: number }, screen: Sink) {
    this.size = size;
    this.screen = screen;
    const source: Source = { read: () => this.read(), close: () => undefined };
    const sink: Sink = { write: (bytes) => this.draw(decodeLatin(bytes)), close: () => undefined };
    this.file = new OpenFile({ source, sink, tty: this });
  }

  get columns(): number {
    return this.size.columns;
  }

  get rows(): number {
    return this.size.rows;
  }

  setMode(mode: 'raw' | 'transparent' | 'canonical'): void {
    if (mode !== 'canonical' && this.line !== '') this.handOver();
    this.mode = mode;
  }

  setForeground(signal: ((name: Signal) => void) | undefined): void {
    this.foreground = signal;
  }

  onResize(listener: () => void): () => void {
    this.resizeListeners.add(listener);
    return () => this.resizeListeners.delete(listener);
  }

  resize(columns: number, rows: number): void {
    this.size = { columns, rows };
    for (const listener of this.resizeListeners) listener();
  }

  /** Keys from the person at the terminal. Resolves when there is room for more. */
  async type(bytes: Uint8Array): Promise<void> {
    for (const character of this.typed.decode(bytes, { stream: true })) this.key(character);
    while (this.unread > MOST_UNREAD && !this.hungUp) await this.change();
  }

  /** Nothing more will be typed: programs read what is left, then the end. */
  endInput(): void {
    if (this.line !== '') this.handOver();
    this.inputEnded = true;
    this.wake();
  }

  /** The line is cut: programs read the end, and the foreground gets SIGHUP. */
  hangUp(): void {
    if (this.hungUp) return;
    this.hungUp = true;
    this.foreground?.('SIGHUP');
    this.wake();
  }

  /** Resolves when all that was written is on the screen. */
  get settled(): Promise<void> {
    return this.drawn;
  }

  private key(typed: string): void {
    if (this.mode === 'transparent') return this.deliver(encode(typed));
    // ICRNL: Enter sends a carriage return.
    const character = typed === '\r' ? '\n' : typed;
    if (this.mode === 'raw') return this.deliver(encode(character));
    switch (character) {
      case '\x03':
        return this.interrupt('^C', 'SIGINT');
      case '\x1c':
        return this.interrupt('^\\', 'SIGQUIT');
      case '\x04':
        return this.line === '' ? this.deliver(null) : this.handOver();
      case '\x7f':
      case '\b':
        return this.erase(1);
      case '\x15':
        return this.erase(Array.from(this.line).length);
      case '\x17':
        return this.erase(/\S*\s*$/.exec(this.line)![0].length);
      case '\n':
        this.line += '\n';
        void this.draw('\n');
        return this.handOver();
      default:
        this.line += character;
        void this.draw(echoed(character));
    }
  }

  private interrupt(shown: string, signal: Signal): void {
    this.line = '';
    void this.draw(shown);
    this.foreground?.(signal);
  }

  /** VERASE, VWERASE and VKILL: the characters vanish from the screen as well. */
  private erase(count: number): void {
    const characters = Array.from(this.line);
    const gone = characters.splice(Math.max(0, characters.length - count));
    this.line = characters.join('');
    const width = gone.reduce((sum, character) => sum + (character < ' ' && character !== '\t' ? 2 : 1), 0);
    void this.draw('\b \b'.repeat(width));
  }

  private handOver(): void {
    const { line } = this;
    this.line = '';
    this.deliver(encode(line));
  }

  private deliver(bytes: Uint8Array | null): void {
    this.input.push(bytes);
    this.unread += bytes?.length ?? 0;
    this.wake();
  }

  private async read(): Promise<Uint8Array | null> {
    for (;;) {
      const first = this.input.shift();
      if (first !== undefined) {
        const joined = this.mode !== 'canonical' && first !== null ? this.withRest(first) : first;
        this.unread -= joined?.length ?? 0;
        this.wake();
        return joined;
      }
      if (this.hungUp || this.inputEnded) return null;
      await this.change();
    }
  }

  /** Keys that wait are read together, as by read(2). */
  private withRest(first: Uint8Array): Uint8Array {
    const chunks = [first];
    for (let next = this.input[0]; next !== null && next !== undefined; next = this.input[0]) {
      chunks.push(next);
      this.input.shift();
    }
    return Uint8Array.from(Buffer.concat(chunks));
  }

  /** ONLCR, and everything in the order it was written. */
  private draw(text: string): Promise<void> {
    if (text === '' || this.hungUp) return this.drawn;
    const shown = this.mode === 'transparent' ? text : text.replaceAll('\n', '\r\n');
    const bytes = Uint8Array.from(Buffer.from(shown, 'latin1'));
    this.drawn = this.drawn.then(() => this.screen.write(bytes)).catch(() => undefined);
    return this.drawn;
  }

  private change(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}

/** Bytes as characters of the same number, so that a character cut in two stays what it is. */
function decodeLatin(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

/** ECHOCTL: control characters are shown as ^X, others as the bytes they are. */
function echoed(character: string): string {
  const code = character.codePointAt(0)!;
  if (code === 9) return '\t';
  if (code < 32) return `^${String.fromCharCode(code + 64)}`;
  return decodeLatin(encode(character));
}
