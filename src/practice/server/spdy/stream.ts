import { BrokenPipe, Pipe, type Sink, type Source } from '../../containers/stream.ts';
import type { Headers } from './header-block.ts';

/** What a stream needs of its connection. */
export interface StreamConnection {
  /** @throws {BrokenPipe} */
  write(stream: number, bytes: Uint8Array, isLast: boolean): Promise<void>;
  forget(stream: number): void;
}

/** One stream of a connection, each way until it was ended that way. */
export class SpdyStream {
  readonly id: number;
  readonly headers: Headers;
  /** Closing it drops what comes. */
  readonly source: Source;
  /** Closing it is this end's end. */
  readonly sink: Sink;
  private readonly connection: StreamConnection;
  private readonly arriving = new Pipe();
  private hasEnded = false;
  private peerHasEnded = false;
  private readonly aborted = new AbortController();

  constructor(id: number, headers: Headers, connection: StreamConnection) {
    this.id = id;
    this.headers = headers;
    this.connection = connection;
    this.source = this.arriving.source;
    this.sink = {
      write: async (bytes) => {
        if (bytes.length > 0) await this.send(bytes, false);
      },
      close: () => void this.send(new Uint8Array(), true).catch(() => undefined),
    };
  }

  /** Aborts when the client gave the stream up, or is gone. */
  get signal(): AbortSignal {
    return this.aborted.signal;
  }

  /** Bytes from the client. Resolves when there is room for more. */
  async arrived(bytes: Uint8Array, isLast: boolean): Promise<void> {
    // Where nobody reads any more they are dropped.
    if (!this.peerHasEnded) await this.arriving.write(bytes).catch(() => undefined);
    if (!isLast) return;
    this.peerHasEnded = true;
    this.arriving.closeWrite();
    this.settle();
  }

  /** The client gave it up. */
  abort(): void {
    this.hasEnded = true;
    this.peerHasEnded = true;
    this.arriving.closeWrite();
    this.aborted.abort();
  }

  private async send(bytes: Uint8Array, isLast: boolean): Promise<void> {
    if (this.hasEnded) {
      if (isLast) return;
      throw new BrokenPipe();
    }
    this.hasEnded = isLast;
    this.settle();
    await this.connection.write(this.id, bytes, isLast);
  }

  private settle(): void {
    if (this.hasEnded && this.peerHasEnded) this.connection.forget(this.id);
  }
}
