import type { Duplex } from 'node:stream';
import {
  type Frame,
  FrameReader,
  FrameWriter,
  MOST_CONTENT,
  PROTOCOL_ERROR,
  REFUSED_STREAM,
} from './frame.ts';
import { ProtocolError } from './header-block.ts';
import { SpdyStream } from './stream.ts';
import { BrokenPipe } from '../../containers/stream.ts';

/** Bytes. Whoever has written more than the client read waits. */
const MOST_UNREAD = 256 * 1024;
/** Streams at once; each forwarded connection has two. */
const MOST_STREAMS = 1000;
/** Pings that a client may leave unanswered because it has not read all that came before them. */
const PATIENCE = 40;
/** Milliseconds that a client has to hang up by itself once all is said. */
const HANG_UP_WITHIN = 2000;
/** Milliseconds for what is written last. */
const LAST_WORDS = 200;

export interface SpdyOptions {
  /** A stream that the client opened; false refuses it. */
  accept(stream: SpdyStream): boolean;
  /** Milliseconds between pings. Who hasn't answered one by the next is gone. */
  ping: number;
  report(error: unknown): void;
}

/**
 * The server's end of SPDY/3.1 as Kubernetes speaks it: streams that the client opens, and no windows. What is not
 * taken yet holds up the whole connection.
 */
export class SpdyConnection {
  /** Settles when the connection is no more. */
  readonly closed: Promise<void>;
  private readonly transport: Duplex;
  private readonly options: SpdyOptions;
  private readonly writer = new FrameWriter();
  private readonly streams = new Map<number, SpdyStream>();
  private last = 0;
  private isOver = false;
  private drained: Promise<void> | undefined;
  private answered = true;
  /** A stream's reader has not taken yet what came. */
  private isHeldUp = false;

  /** @param transport destroyed when all is over */
  constructor(transport: Duplex, options: SpdyOptions) {
    this.transport = transport;
    this.options = options;
    this.closed = new Promise((resolve) => {
      transport.on('close', () => {
        this.isOver = true;
        for (const stream of this.streams.values()) stream.abort();
        this.streams.clear();
        resolve();
      });
    });
    transport.on('error', () => transport.destroy());
    this.keepAlive();
    void this.serve();
  }

  /** Says goodbye. What was written before still arrives. */
  close(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.transport.write(this.writer.goAway(this.last, 0));
    // The client hangs up once it has taken all of it.
    this.destroyWithin(HANG_UP_WITHIN);
  }

  /** Resolves when the client has read enough of what was written. @throws {BrokenPipe} */
  async write(stream: number, bytes: Uint8Array, isLast: boolean): Promise<void> {
    if (this.isOver) throw new BrokenPipe();
    for (let from = 0; from === 0 || from < bytes.length; from += MOST_CONTENT) {
      const part = bytes.subarray(from, from + MOST_CONTENT);
      this.transport.write(this.writer.data(stream, part, isLast && from + part.length === bytes.length));
    }
    if (this.transport.writableLength > MOST_UNREAD) await this.untilDrained();
  }

  /** Both ends have ended it. */
  forget(stream: number): void {
    this.streams.delete(stream);
  }

  private async serve(): Promise<void> {
    const reader = new FrameReader();
    const chunks = this.transport.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>;
    try {
      for await (const chunk of chunks)
        for (const frame of reader.read(chunk)) if (!(await this.take(frame))) return;
    } catch (error) {
      if (error instanceof ProtocolError) this.transport.write(this.writer.goAway(this.last, PROTOCOL_ERROR));
      else if (!this.transport.destroyed) this.options.report(error);
    } finally {
      this.isOver = true;
      this.transport.end();
      this.destroyWithin(LAST_WORDS);
    }
  }

  private destroyWithin(milliseconds: number): void {
    const timer = setTimeout(() => this.transport.destroy(), milliseconds);
    this.transport.on('close', () => clearTimeout(timer));
  }

  /** Whether there can be another one. */
  private async take(frame: Frame): Promise<boolean> {
    switch (frame.kind) {
      case 'syn-stream':
        this.open(frame);
        return true;
      case 'data': {
        this.isHeldUp = true;
        await this.streams.get(frame.stream)?.arrived(frame.bytes, frame.isLast);
        this.isHeldUp = false;
        return true;
      }
      case 'reset':
        this.streams.get(frame.stream)?.abort();
        this.forget(frame.stream);
        return true;
      case 'ping':
        // Ours have even numbers.
        if (frame.id % 2 === 0) this.answered = true;
        else this.transport.write(this.writer.ping(frame.id));
        return true;
      case 'go-away':
        return false;
    }
  }

  private open({ stream: id, headers, isLast }: Frame & { kind: 'syn-stream' }): void {
    if (this.isOver) return;
    if (id % 2 === 0 || id <= this.last) {
      this.transport.write(this.writer.reset(id, PROTOCOL_ERROR));
      return;
    }
    this.last = id;
    const stream = new SpdyStream(id, headers, this);
    if (this.streams.size >= MOST_STREAMS || !this.options.accept(stream)) {
      this.transport.write(this.writer.reset(id, REFUSED_STREAM));
      stream.abort();
      return;
    }
    this.streams.set(id, stream);
    this.transport.write(this.writer.synReply(id));
    if (isLast) void stream.arrived(new Uint8Array(), true);
  }

  private untilDrained(): Promise<void> {
    this.drained ??= new Promise<void>((resolve) => {
      const done = (): void => {
        this.transport.off('drain', done).off('close', done);
        this.drained = undefined;
        resolve();
      };
      this.transport.on('drain', done).on('close', done);
    });
    return this.drained;
  }

  /** Notices a client that vanished without a word. One that we don't read from can't answer, and is left alone. */
  private keepAlive(): void {
    let id = 0;
    let missed = 0;
    const timer = setInterval(() => {
      missed = this.answered || this.isHeldUp ? 0 : missed + 1;
      const isSlow = this.transport.writableLength > 0;
      if (missed > (isSlow ? PATIENCE : 0)) this.transport.destroy();
      if (missed > 0) return;
      this.answered = false;
      id = (id % 0x7f_ff_ff_f0) + 2;
      this.transport.write(this.writer.ping(id));
    }, this.options.ping);
    timer.unref();
    this.transport.on('close', () => clearInterval(timer));
  }
}
