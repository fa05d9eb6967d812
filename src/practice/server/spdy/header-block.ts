import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { DICTIONARY, DICTIONARY_ID } from './dictionary.ts';

/** Names are in small letters. */
export type Headers = ReadonlyMap<string, string>;

/** Bytes of the headers of one stream, uncompressed. kubectl's have less than two hundred. */
const MOST_HEADERS = 16 * 1024;
/** How far deflate looks back. */
const WINDOW = 32 * 1024;

/** The client does not speak SPDY/3.1. */
export class ProtocolError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ProtocolError';
  }
}

/**
 * All headers of one direction are one zlib stream, flushed after each block. A block begins at a whole byte for that
 * reason, and is decompressed with what came before it for its dictionary: nothing has to be kept open.
 */
export class HeaderReader {
  private before: Buffer | undefined;

  /** @throws {ProtocolError} after which no other block can be read */
  read(compressed: Uint8Array): Headers {
    let rest = compressed;
    if (this.before === undefined) {
      rest = withoutZlibHeader(compressed);
      this.before = DICTIONARY;
    }
    const block = inflate(rest, this.before);
    this.before = Buffer.concat([this.before, block]).subarray(-WINDOW);
    return parse(block);
  }
}

/** Compresses the headers of the other direction. */
export class HeaderWriter {
  private isFirst = true;

  write(headers: Headers): Buffer {
    const block = deflateRawSync(format(headers), { finishFlush: constants.Z_SYNC_FLUSH });
    if (!this.isFirst) return block;
    this.isFirst = false;
    return Buffer.concat([ZLIB_HEADER, block]);
  }
}

/** Deflate with a window of 32 KiB, and a dictionary (RFC 1950). */
const ZLIB_HEADER = Buffer.from([0x78, 0x20, 0, 0, 0, 0]);
ZLIB_HEADER.writeUInt32BE(DICTIONARY_ID, 2);

function withoutZlibHeader(compressed: Uint8Array): Uint8Array {
  const { length } = ZLIB_HEADER;
  const head = Buffer.from(compressed.subarray(0, length));
  const isZlib = head.length === length && (head[0]! & 15) === 8 && head.readUInt16BE() % 31 === 0;
  if (!isZlib || (head[1]! & 32) === 0 || head.readUInt32BE(2) !== DICTIONARY_ID)
    throw new ProtocolError('headers are not compressed with the dictionary of SPDY/3');
  return compressed.subarray(length);
}

function inflate(bytes: Uint8Array, dictionary: Buffer): Buffer {
  try {
    const options = { dictionary, finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MOST_HEADERS };
    return inflateRawSync(bytes, options);
  } catch {
    throw new ProtocolError('headers can not be decompressed, or are too long');
  }
}

function parse(block: Buffer): Headers {
  const headers = new Map<string, string>();
  let at = 0;
  const number = (): number => {
    if (at + 4 > block.length) throw new ProtocolError('headers are cut off');
    at += 4;
    return block.readUInt32BE(at - 4);
  };
  const text = (): string => {
    const length = number();
    if (length > block.length - at) throw new ProtocolError('headers are cut off');
    at += length;
    return block.toString('utf8', at - length, at);
  };
  for (let left = number(); left > 0; left--) {
    const name = text().toLowerCase();
    headers.set(name, text());
  }
  return headers;
}

function format(headers: Headers): Buffer {
  const text = (value: string): Buffer[] => [uint32(Buffer.byteLength(value)), Buffer.from(value)];
  return Buffer.concat([
    uint32(headers.size),
    ...[...headers].flatMap(([name, value]) => [...text(name), ...text(value)]),
  ]);
}

/** Network byte order. */
export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
