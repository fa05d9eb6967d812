import { ConnectionReset } from '../../../network/connection.ts';
import type { Process } from '../../process.ts';
import { strerror } from '../../errno.ts';
import type { Socket } from '../../socket.ts';
import { LATE, within } from '../within.ts';
import type { Edition } from './edition.ts';
import { CurlFailure } from './failure.ts';

/** A response's head. */
export interface ResponseHead {
  /** All of it as it came, with the empty line. */
  text: string;
  protocol: string;
  status: number;
  reason: string;
  /** Names in lower case, in order. */
  headers: [name: string, value: string][];
}

/** How long the body is: known, in chunks, or up to the end of the connection. */
export type Framing = { kind: 'length'; length: number } | { kind: 'chunked' } | { kind: 'close' };

const LONGEST_HEAD = 300 * 1024;

/** Reads an answer off a connection, and says in curl's words what is wrong with it. */
export class ResponseReader {
  /** Bytes of the body so far, and how many there shall be. */
  received = 0;
  expected: number | undefined;
  private readonly process: Process;
  private readonly socket: Socket;
  private readonly edition: Edition;
  private readonly begun: number;
  private readonly deadline: number;
  private readonly onSecond: () => Promise<void>;
  private rest = '';
  private arrived = 0;
  private pending: Promise<Uint8Array | null> | undefined;

  constructor(
    process: Process,
    socket: Socket,
    edition: Edition,
    time: { begun: number; ended: number; onSecond: () => Promise<void> },
    pending?: Promise<Uint8Array | null>,
  ) {
    this.pending = pending;
    this.process = process;
    this.socket = socket;
    this.edition = edition;
    this.begun = time.begun;
    this.deadline = time.ended;
    this.onSecond = time.onSecond;
  }

  /** The next head; undefined when what comes is no HTTP and may be taken as HTTP/0.9. @throws {CurlFailure} */
  async head(acceptsHttp09: boolean): Promise<ResponseHead | undefined> {
    for (;;) {
      if (!couldBeStatusLine(this.rest)) {
        if (acceptsHttp09) return undefined;
        throw new CurlFailure(1, 'Received HTTP/0.9 when not allowed');
      }
      const end = /\r?\n\r?\n/.exec(this.rest);
      if (end !== null) {
        const text = this.rest.slice(0, end.index + end[0].length);
        this.rest = this.rest.slice(text.length);
        return readHead(text);
      }
      if (this.rest.length > LONGEST_HEAD)
        throw new CurlFailure(56, `Too large response headers: ${this.rest.length} > ${LONGEST_HEAD}`);
      if (await this.fill()) continue;
      if (this.arrived === 0) throw new CurlFailure(52, 'Empty reply from server');
      if (acceptsHttp09) return undefined;
      if (!this.rest.startsWith('HTTP/')) throw new CurlFailure(1, 'Received HTTP/0.9 when not allowed');
      // The connection ended within the headers: curl takes what there is.
      const text = this.rest;
      this.rest = '';
      return readHead(text.endsWith('\n') ? text : `${text}\n`);
    }
  }

  /** The body in pieces. @throws {CurlFailure} */
  async *body(framing: Framing): AsyncGenerator<Uint8Array, void, undefined> {
    if (framing.kind === 'chunked') yield* this.chunked();
    else {
      this.expected = framing.kind === 'length' ? framing.length : undefined;
      for (let left = this.expected ?? Infinity; left > 0;) {
        if (this.rest === '' && !(await this.fill())) {
          if (framing.kind === 'close') return;
          throw new CurlFailure(18, this.edition.shortBody(left));
        }
        const piece = this.take(left);
        left -= piece.length;
        yield piece;
      }
    }
  }

  private async *chunked(): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const line = await this.line();
      const size = Number.parseInt(/^[0-9a-f]+/i.exec(line)?.[0] ?? '', 16);
      if (Number.isNaN(size))
        throw new CurlFailure(56, 'chunk hex-length char not a hex digit: 0x' + hex(line));
      if (size === 0) {
        while ((await this.line()) !== '');
        return;
      }
      for (let left = size; left > 0;) {
        if (this.rest === '' && !(await this.fill())) throw this.unfinished();
        const piece = this.take(left);
        left -= piece.length;
        yield piece;
      }
      await this.line();
    }
  }

  private unfinished(): CurlFailure {
    return new CurlFailure(18, 'transfer closed with outstanding read data remaining');
  }

  private async line(): Promise<string> {
    for (;;) {
      const end = this.rest.indexOf('\n');
      if (end >= 0) {
        const line = this.rest.slice(0, end).replace(/\r$/, '');
        this.rest = this.rest.slice(end + 1);
        return line;
      }
      if (!(await this.fill())) throw this.unfinished();
    }
  }

  private take(most: number): Uint8Array {
    const piece = this.rest.slice(0, most);
    this.rest = this.rest.slice(piece.length);
    this.received += piece.length;
    return Buffer.from(piece, 'latin1');
  }

  /** Reads on; false at the end. @throws {CurlFailure} when time is up or the connection was reset */
  private async fill(): Promise<boolean> {
    this.pending ??= this.socket.read();
    for (;;) {
      const left = this.deadline - this.process.machine.clock.now();
      try {
        const bytes = left > 0 ? await within(this.process, Math.min(1000, left), this.pending) : LATE;
        if (bytes === LATE && left > 1000) {
          await this.onSecond();
          continue;
        }
        if (bytes === LATE) throw this.late();
        this.pending = undefined;
        if (bytes === null) return false;
        this.arrived += bytes.length;
        this.rest += Buffer.from(bytes).toString('latin1');
        return true;
      } catch (error) {
        if (!(error instanceof ConnectionReset)) throw error;
        throw new CurlFailure(56, `Recv failure: ${strerror('ECONNRESET', this.edition.build.libc)}`);
      }
    }
  }

  private late(): CurlFailure {
    const elapsed = this.process.machine.clock.now() - this.begun;
    const of = this.expected === undefined ? '' : ` out of ${this.expected}`;
    return new CurlFailure(
      28,
      `Operation timed out after ${elapsed} milliseconds with ${this.received}${of} bytes received`,
    );
  }
}

function hex(line: string): string {
  return (line.charCodeAt(0) || 0).toString(16);
}

/** Whether this may become, or is, `HTTP/1.1 200`. */
function couldBeStatusLine(text: string): boolean {
  const line = text
    .slice(0, Math.min(64, text.indexOf('\n') < 0 ? 64 : text.indexOf('\n')))
    .replace(/\r$/, '');
  if (text.includes('\n')) return /^HTTP\/\d(\.\d)?[ ]+\d{3}([ ]|$)/.test(line);
  return 'HTTP/'.startsWith(line.slice(0, 5));
}

/** Reads a head that ends with an empty line, or with the connection. */
export function readHead(text: string): ResponseHead {
  const [first = '', ...lines] = text.split(/\r?\n/);
  const [, protocol = '', status = '0', reason = ''] = /^HTTP\/(\S+) +(\d{3}) ?(.*)$/.exec(first) ?? [];
  const headers = lines.flatMap((line): [string, string][] => {
    const [, name, value = ''] = /^([^:\s]+)[ \t]*:[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    return name === undefined ? [] : [[name.toLowerCase(), value]];
  });
  return { text, protocol, status: Number(status), reason, headers };
}

export function header(head: ResponseHead, name: string): string | undefined {
  return head.headers.find(([each]) => each === name)?.[1];
}

export function framing(head: ResponseHead, isHead: boolean): Framing {
  if (isHead || head.status === 204 || head.status === 304 || head.status < 200)
    return { kind: 'length', length: 0 };
  if (/\bchunked\b/i.test(header(head, 'transfer-encoding') ?? '')) return { kind: 'chunked' };
  const length = header(head, 'content-length');
  return length !== undefined && /^\d+$/.test(length)
    ? { kind: 'length', length: Number(length) }
    : { kind: 'close' };
}
