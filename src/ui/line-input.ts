import { PassThrough } from 'node:stream';

const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;
const CTRL_C = 0x03;

/**
 * What of a terminal's keys belongs to one question: up to the end of a line. Several lines may come at once, typed ahead or
 * pasted; the rest is given back for whoever reads next, a question or a shell. After Ctrl-C nobody wants it.
 *
 * Has of a terminal what those ask for who read keys.
 */
export class LineInput extends PassThrough {
  readonly isTTY = true;
  private readonly terminal: NodeJS.ReadStream;
  private readonly listener = (chunk: Buffer | string): void => this.accept(Buffer.from(chunk));
  private readonly ending = (): void => void this.end();
  private skipped: number;

  /** @param skipped bytes that are not for this question */
  constructor(terminal: NodeJS.ReadStream, skipped: number) {
    super();
    this.terminal = terminal;
    this.skipped = skipped;
    terminal.on('data', this.listener);
    terminal.once('end', this.ending);
    terminal.resume();
  }

  /** Itself, for those who want the whole of a terminal's type and use what is here. */
  get asTerminal(): NodeJS.ReadStream {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
    return this as unknown as NodeJS.ReadStream;
  }

  get isRaw(): boolean {
    return this.terminal.isRaw;
  }

  setRawMode(mode: boolean): this {
    this.terminal.setRawMode(mode);
    return this;
  }

  /** Lets go of the terminal. */
  close(): void {
    this.terminal.off('data', this.listener);
    this.terminal.off('end', this.ending);
    this.terminal.pause();
  }

  private accept(chunk: Buffer): void {
    const keys = chunk.subarray(this.skipped);
    this.skipped = Math.max(0, this.skipped - chunk.length);
    if (keys.length === 0) return;
    const end = keys.findIndex((key) => [CARRIAGE_RETURN, LINE_FEED, CTRL_C].includes(key));
    if (end === -1) {
      this.write(keys);
      return;
    }
    this.close();
    this.write(keys.subarray(0, end + 1));
    const isPair = keys[end] === CARRIAGE_RETURN && keys[end + 1] === LINE_FEED;
    const rest = keys.subarray(end + (isPair ? 2 : 1));
    if (rest.length > 0 && keys[end] !== CTRL_C) this.terminal.unshift(rest);
  }
}
