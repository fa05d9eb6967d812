import { duplexPair } from './support/duplex-pair.ts';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SpdyConnection, type SpdyOptions } from '../../../../src/practice/server/spdy/connection.ts';
import { FrameWriter } from '../../../../src/practice/server/spdy/frame.ts';
import type { SpdyStream } from '../../../../src/practice/server/spdy/stream.ts';
import { factor } from '../../../support/prove.ts';
import { SpdyPeer } from '../support/spdy-client.ts';

interface Ends {
  peer: SpdyPeer;
  connection: SpdyConnection;
  streams: SpdyStream[];
  reported: unknown[];
}

function connected(options: Partial<SpdyOptions> = {}): Ends {
  const [near, far] = duplexPair();
  const streams: SpdyStream[] = [];
  const reported: unknown[] = [];
  const connection = new SpdyConnection(near, {
    ping: 1e6,
    report: (error) => reported.push(error),
    accept: (stream) => streams.push(stream) > 0,
    ...options,
  });
  return { peer: new SpdyPeer(far), connection, streams, reported };
}

describe('a connection', () => {
  it('refuses streams of wrong numbers, and more than a thousand', async () => {
    const { peer, streams } = connected();
    for (const id of [2, 5, 3, 5]) peer.transport.write(peer.writer.synStream(id, new Map(), false));
    await peer.settled();
    expect(streams.map(({ id }) => id)).toEqual([5]);
    expect([2, 3, 5].map((id) => peer.wasReset(id))).toEqual([true, true, true]);
    for (let id = 7; id < 7 + 2 * 1000; id += 2)
      peer.transport.write(peer.writer.synStream(id, new Map(), false));
    peer.transport.write(peer.writer.ping(9999));
    await expect.poll(() => streams.length).toBe(1000);
    await expect.poll(() => peer.wasReset(7 + 2 * 999)).toBe(true);
  });

  it('waits for whoever does not read what came', async () => {
    const { peer, streams } = connected();
    const id = peer.open({});
    await peer.settled();
    const sent = Buffer.alloc(512 * 1024, 'x');
    for (let from = 0; from < sent.length; from += 16 * 1024)
      peer.send(id, sent.subarray(from, from + 16 * 1024));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(peer.transport.writableLength).toBeGreaterThan(256 * 1024);
    let read = 0;
    while (read < sent.length) read += (await streams[0]?.source.read())?.length ?? NaN;
    expect(read).toBe(sent.length);
  });

  it('is over when the other end speaks another language, and says so', async () => {
    const { peer, connection, reported } = connected();
    peer.transport.write('GET / HTTP/1.1\r\n\r\n');
    await connection.closed;
    expect(peer.frames).toEqual([{ kind: 'go-away' }]);
    expect(reported).toEqual([]);
  });

  it('outlives no nonsense, and reports none as a bug', async () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.nat(9).map((stream) => new FrameWriter().data(stream, Buffer.alloc(stream * 100), stream % 3 === 0)),
      fc.nat(9).map((stream) => new FrameWriter().reset(stream, 1)),
      fc
        .nat(9)
        .map((stream) => new FrameWriter().synStream(stream, new Map([['streamtype', 'data']]), false)),
      fc.constant(new FrameWriter().goAway(0, 0)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
        const { peer, connection, streams, reported } = connected();
        for (const bytes of pieces) peer.transport.write(bytes);
        peer.transport.end();
        for (const stream of streams) stream.source.close();
        await connection.closed;
        expect(reported).toEqual([]);
      }),
      { numRuns: 100 * factor },
    );
  });
});

describe('who does not answer', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
  afterEach(() => void vi.useRealTimers());

  it('is gone after the second ping', async () => {
    const { peer, connection } = connected({ ping: 1000 });
    peer.answersPings = false;
    await vi.advanceTimersByTimeAsync(1000);
    expect(peer.transport.destroyed).toBe(false);
    await vi.advanceTimersByTimeAsync(1000);
    await connection.closed;
  });

  it('stays while it answers', async () => {
    const { peer, connection } = connected({ ping: 1000 });
    let isClosed = false;
    void connection.closed.then(() => (isClosed = true));
    for (let time = 0; time < 10; time++) {
      await vi.advanceTimersByTimeAsync(1000);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(isClosed).toBe(false);
    expect(peer.frames.filter(({ kind }) => kind === 'ping').length).toBeGreaterThan(8);
  });
});
