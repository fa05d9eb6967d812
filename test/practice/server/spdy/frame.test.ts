import { createHash } from 'node:crypto';
import { constants, createDeflate, deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DICTIONARY } from '../../../../src/practice/server/spdy/dictionary.ts';
import {
  type Frame,
  FrameReader,
  FrameWriter,
  MOST_CONTENT,
} from '../../../../src/practice/server/spdy/frame.ts';
import { HeaderReader, ProtocolError } from '../../../../src/practice/server/spdy/header-block.ts';
import { factor } from '../../../support/prove.ts';

const read = (reader: FrameReader, bytes: Uint8Array): Frame[] => [...reader.read(bytes)];
const headers = fc
  .dictionary(fc.string({ minLength: 1, maxLength: 20 }), fc.string({ maxLength: 200 }), { maxKeys: 6 })
  .map((each) => new Map(Object.entries(each).map(([name, value]) => [name.toLowerCase(), value])));
const id = fc.integer({ min: 1, max: 0x7f_ff_ff_ff });

/** What a frame is written as, and what it must be read as. */
const frame = fc.oneof(
  fc.record({ kind: fc.constant('data' as const), stream: id, bytes: fc.uint8Array(), isLast: fc.boolean() }),
  fc.record({ kind: fc.constant('syn-stream' as const), stream: id, headers, isLast: fc.boolean() }),
  fc.record({ kind: fc.constant('reset' as const), stream: id }),
  fc.record({ kind: fc.constant('ping' as const), id }),
  fc.constant({ kind: 'go-away' as const }),
);

function written(writer: FrameWriter, each: typeof frame extends fc.Arbitrary<infer T> ? T : never): Buffer {
  switch (each.kind) {
    case 'data':
      return writer.data(each.stream, each.bytes, each.isLast);
    case 'syn-stream':
      return writer.synStream(each.stream, each.headers, each.isLast);
    case 'reset':
      return writer.reset(each.stream, 5);
    case 'ping':
      return writer.ping(each.id);
    case 'go-away':
      return writer.goAway(1, 0);
  }
}

describe('frames', () => {
  it('come back as they were written, in whatever pieces they arrive', () => {
    fc.assert(
      fc.property(fc.array(frame), fc.array(fc.nat(), { maxLength: 8 }), (frames, cuts) => {
        const writer = new FrameWriter();
        const bytes = Buffer.concat(frames.map((each) => written(writer, each)));
        const places = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
        const reader = new FrameReader();
        const all = places.flatMap((place, index) =>
          read(reader, bytes.subarray(places[index - 1] ?? 0, place)),
        );
        expect(all).toEqual(
          frames.map((each) => (each.kind === 'data' ? { ...each, bytes: Buffer.from(each.bytes) } : each)),
        );
      }),
      { numRuns: 100 * factor },
    );
  });

  it('are nothing but frames or a protocol error, whatever comes, and no more is kept than one', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      frame.map((each) => written(new FrameWriter(), each)),
      // The head of a control frame with any content.
      fc
        .tuple(fc.integer({ min: 0, max: 12 }), fc.nat(255), fc.uint8Array({ maxLength: 60 }))
        .map(([type, flags, content]) =>
          Buffer.concat([Buffer.from([0x80, 3, 0, type, flags, 0, 0, content.length]), content]),
        ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const reader = new FrameReader();
        try {
          for (const bytes of pieces)
            for (const each of reader.read(bytes)) expect(each.kind).toMatch(/^[a-z-]+$/);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
        const { unread } = reader as unknown as { unread: Buffer };
        expect(unread.length).toBeLessThanOrEqual(MOST_CONTENT + 8);
      }),
      { numRuns: 500 * factor },
    );
  });

  it.each<[string, Buffer]>([
    ['that is too long', Buffer.from([0, 0, 0, 1, 0, 0xff, 0xff, 0xff])],
    ['of another version', Buffer.from([0x80, 2, 0, 6, 0, 0, 0, 4, 0, 0, 0, 1])],
    ['that is too short', Buffer.from([0x80, 3, 0, 1, 0, 0, 0, 2, 0, 1])],
    ['without its stream', Buffer.from([0x80, 3, 0, 3, 0, 0, 0, 2, 0, 1])],
    [
      'with headers that are no zlib',
      Buffer.from([0x80, 3, 0, 1, 0, 0, 0, 12, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 2]),
    ],
  ])('one %s ends the connection', (_what, bytes) =>
    expect(() => read(new FrameReader(), bytes)).toThrow(ProtocolError),
  );
});

describe('headers', () => {
  it('are compressed with the dictionary of SPDY/3', () => {
    expect(createHash('sha256').update(DICTIONARY).digest('hex')).toBe(
      '51d27341373f923f3cd88e1eb7162aeaa3723d7585ff2399201dc06498407f02',
    );
  });

  it('are read from one zlib stream, as any zlib writes it', async () => {
    const deflate = createDeflate({ dictionary: DICTIONARY, level: 9 });
    const reader = new HeaderReader();
    for (let port = 1; port < 20; port++) {
      const expected = new Map([
        ['streamtype', 'data'],
        ['port', String(port)],
        ['requestid', String(port)],
      ]);
      const block = await new Promise<Buffer>((resolve) => {
        deflate.write(block32(expected));
        deflate.flush(constants.Z_SYNC_FLUSH, () => resolve(deflate.read() as Buffer));
      });
      expect(reader.read(block)).toEqual(expected);
    }
  });

  it('do not grow when they are unpacked', () => {
    const bomb = deflateRawSync(Buffer.alloc(8 * 1024 * 1024), { finishFlush: constants.Z_SYNC_FLUSH });
    const first = new FrameWriter().synStream(1, new Map(), false);
    const reader = new HeaderReader();
    reader.read(first.subarray(18));
    expect(bomb.length).toBeLessThan(16 * 1024);
    expect(() => reader.read(bomb)).toThrow(/too long/);
  });
});

function block32(fields: ReadonlyMap<string, string>): Buffer {
  const number = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes;
  };
  const texts = [...fields].flat().flatMap((text) => [number(text.length), Buffer.from(text)]);
  return Buffer.concat([number(fields.size), ...texts]);
}
