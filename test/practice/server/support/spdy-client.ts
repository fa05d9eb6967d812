import { once } from 'node:events';
import { request } from 'node:https';
import type { Duplex } from 'node:stream';
import { type Frame, FrameReader, FrameWriter } from '../../../../src/practice/server/spdy/frame.ts';
import { credentials, type TestServer } from './practice-server.ts';

/** The client's end of SPDY/3.1: opens streams, collects what comes. */
export class SpdyPeer {
  readonly frames: Frame[] = [];
  readonly transport: Duplex;
  readonly closed: Promise<unknown>;
  readonly writer = new FrameWriter();
  /** Whether pings are answered. */
  answersPings = true;
  private next = 1;

  constructor(transport: Duplex) {
    this.transport = transport;
    this.closed = once(transport, 'close');
    const reader = new FrameReader();
    transport.on('error', () => undefined);
    transport.on('data', (bytes: Buffer) => {
      for (const frame of reader.read(bytes)) {
        this.frames.push(frame);
        if (frame.kind === 'go-away') transport.end();
        if (frame.kind === 'ping' && frame.id % 2 === 0 && this.answersPings)
          transport.write(this.writer.ping(frame.id));
      }
    });
  }

  /** The new stream's number. */
  open(headers: Record<string, string>, isLast = false): number {
    const id = this.next;
    this.next += 2;
    this.transport.write(this.writer.synStream(id, new Map(Object.entries(headers)), isLast));
    return id;
  }

  /** Until the server has taken all that was sent. */
  async settled(): Promise<void> {
    const id = this.next;
    this.transport.write(this.writer.ping(id));
    while (!this.frames.some((each) => each.kind === 'ping' && each.id === id))
      await Promise.race([once(this.transport, 'data'), this.closed]);
  }

  send(stream: number, content: string | Uint8Array, isLast = false): void {
    this.transport.write(this.writer.data(stream, Buffer.from(content), isLast));
  }

  reset(stream: number): void {
    this.transport.write(this.writer.reset(stream, 5));
  }

  text(stream: number): string {
    const parts = this.frames.flatMap((each) =>
      each.kind === 'data' && each.stream === stream ? [each.bytes] : [],
    );
    return Buffer.concat(parts).toString();
  }

  hasEnded(stream: number): boolean {
    return this.frames.some((each) => each.kind === 'data' && each.stream === stream && each.isLast);
  }

  wasReset(stream: number): boolean {
    return this.frames.some((each) => each.kind === 'reset' && each.stream === stream);
  }
}

/** Asks for an upgrade to SPDY; what the server said where it refused. */
export function upgradeToSpdy(
  server: TestServer,
  path: string,
  protocol: string,
): Promise<Duplex | { status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({
      agent: false,
      method: 'POST',
      ca: server.authority,
      host: '127.0.0.1',
      port: server.port,
      path,
      headers: {
        authorization: `Bearer ${credentials['practice-admin']}`,
        connection: 'Upgrade',
        upgrade: 'SPDY/3.1',
        'x-stream-protocol-version': protocol,
      },
    });
    asked.on('upgrade', (response, socket: Duplex, head: Buffer) => {
      socket.unshift(head);
      if (response.headers['x-stream-protocol-version'] === protocol) resolve(socket);
      else reject(new Error('no protocol was agreed on'));
    });
    asked.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
      );
    });
    asked.on('error', reject);
    asked.end();
  });
}
