import { type Headers, HeaderReader, HeaderWriter, ProtocolError, uint32 } from './header-block.ts';

/** What the other end says, as far as it means anything to us. */
export type Frame =
  | { kind: 'data'; stream: number; bytes: Buffer; isLast: boolean }
  | { kind: 'syn-stream'; stream: number; headers: Headers; isLast: boolean }
  | { kind: 'reset'; stream: number }
  | { kind: 'ping'; id: number }
  | { kind: 'go-away' };

/** Status codes of RST_STREAM. */
export const REFUSED_STREAM = 3;
export const PROTOCOL_ERROR = 1;

const SYN_STREAM = 1;
const SYN_REPLY = 2;
const RST_STREAM = 3;
const PING = 6;
const GO_AWAY = 7;
const VERSION = 0x80_03;
const FIN = 1;

const HEAD = 8;
/** Bytes of a frame's content; kubectl's have up to 32 KiB. */
export const MOST_CONTENT = 1024 * 1024;
const MOST_COMPRESSED = 16 * 1024;

/** Puts frames together from bytes as they come. It never holds more than one frame. */
export class FrameReader {
  private readonly headers = new HeaderReader();
  private unread: Buffer = Buffer.alloc(0);

  /**
   * The frames that are complete now. Those that say nothing to us (settings, windows, further headers) are left out:
   * as in Kubernetes, TCP alone says how much may be sent.
   *
   * @throws {ProtocolError} after which there is no going on
   */
  *read(bytes: Uint8Array): Generator<Frame, void> {
    this.unread = this.unread.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.unread, bytes]);
    for (let frame = this.cut(); frame !== undefined; frame = this.cut()) {
      const parsed = this.parse(frame);
      if (parsed !== undefined) yield parsed;
    }
  }

  private cut(): Buffer | undefined {
    if (this.unread.length < HEAD) return undefined;
    const length = this.unread.readUIntBE(5, 3);
    if (length > MOST_CONTENT) throw new ProtocolError('a frame is too long');
    if (this.unread.length < HEAD + length) return undefined;
    const frame = this.unread.subarray(0, HEAD + length);
    this.unread = this.unread.subarray(HEAD + length);
    return frame;
  }

  private parse(frame: Buffer): Frame | undefined {
    const isLast = (frame[4]! & FIN) !== 0;
    const content = frame.subarray(HEAD);
    if ((frame[0]! & 0x80) === 0) return { kind: 'data', stream: streamIn(frame), bytes: content, isLast };
    if (frame.readUInt16BE() !== VERSION) throw new ProtocolError('this is not SPDY/3.1');
    switch (frame.readUInt16BE(2)) {
      case SYN_STREAM: {
        if (content.length < 10 || content.length > MOST_COMPRESSED)
          throw new ProtocolError('SYN_STREAM is too short or too long');
        const headers = this.headers.read(content.subarray(10));
        return { kind: 'syn-stream', stream: streamIn(content), headers, isLast };
      }
      case RST_STREAM:
        return { kind: 'reset', stream: streamIn(content) };
      case PING:
        return { kind: 'ping', id: streamIn(content) };
      case GO_AWAY:
        return { kind: 'go-away' };
      case HEADERS:
      case SYN_REPLY:
        // Their compression cannot be skipped.
        if (content.length < 4 || content.length > MOST_COMPRESSED)
          throw new ProtocolError('headers are too short or too long');
        this.headers.read(content.subarray(4));
        return undefined;
      default:
        return undefined;
    }
  }
}
const HEADERS = 8;

function streamIn(bytes: Buffer): number {
  if (bytes.length < 4) throw new ProtocolError('a frame is too short');
  return bytes.readUInt32BE() & 0x7f_ff_ff_ff;
}

/** Writes frames, each as one piece. */
export class FrameWriter {
  private readonly headers = new HeaderWriter();

  data(stream: number, bytes: Uint8Array, isLast: boolean): Buffer {
    return Buffer.concat([uint32(stream), flagsAndLength(isLast ? FIN : 0, bytes.length), bytes]);
  }

  /** As a client asks for a stream. */
  synStream(stream: number, headers: Headers, isLast: boolean): Buffer {
    const block = this.headers.write(headers);
    const rest = Buffer.concat([uint32(stream), uint32(0), Buffer.from([0, 0]), block]);
    return control(SYN_STREAM, isLast ? FIN : 0, rest);
  }

  synReply(stream: number): Buffer {
    return control(SYN_REPLY, 0, Buffer.concat([uint32(stream), this.headers.write(new Map())]));
  }

  reset(stream: number, status: number): Buffer {
    return control(RST_STREAM, 0, Buffer.concat([uint32(stream), uint32(status)]));
  }

  ping(id: number): Buffer {
    return control(PING, 0, uint32(id));
  }

  /** @param last the last stream of the other end that was heard of */
  goAway(last: number, status: number): Buffer {
    return control(GO_AWAY, 0, Buffer.concat([uint32(last), uint32(status)]));
  }
}

function control(type: number, flags: number, content: Buffer): Buffer {
  const head = Buffer.from([VERSION >> 8, VERSION & 0xff, 0, type]);
  return Buffer.concat([head, flagsAndLength(flags, content.length), content]);
}

function flagsAndLength(flags: number, length: number): Buffer {
  return uint32(flags * 2 ** 24 + length);
}
