import { mapped } from './address.ts';
import { type Connection, ConnectionReset, type SocketAddress } from './connection.ts';
import { Watchers, type Network } from './network.ts';
import { FIRST_TTL, type IcmpError, NOTHING, type Segment, type TcpPacket } from './packet.ts';

/** How many bytes may wait to be read, per direction. */
export const WINDOW = 64 * 1024;
/** What a side takes that did not say (RFC 9293). */
const DEFAULT_MSS = 536;

/** What a connection needs of its namespace. */
export interface TcpHost {
  readonly network: Network;
  send(packet: TcpPacket): void;
  /** A half-open connection is complete. */
  established(connection: TcpConnection): void;
  /** No packet belongs to this connection any more. */
  forget(connection: TcpConnection): void;
}

export interface Ends {
  local: SocketAddress;
  remote: SocketAddress;
}

export type TcpState = 'syn-sent' | 'syn-received' | 'established' | 'closed';

/** One end of a TCP connection: numbered bytes, acknowledged, sent again from the first that did not arrive. */
export class TcpConnection implements Connection {
  /** As this end's socket shows them. */
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  /** As packets carry them. */
  readonly ends: Ends;
  state: TcpState;
  /** Why it was never established; undefined when nothing came back. */
  failure: 'refused' | 'network' | 'host' | undefined;
  private readonly host: TcpHost;
  private readonly watchers = new Watchers();
  /** The longest payload that fits into one packet here. */
  private readonly ownMss: number;
  private mss = DEFAULT_MSS;

  /** Bytes from number `acknowledged` on. */
  private readonly unacknowledged: Uint8Array[] = [];
  private queued = 0;
  private acknowledged = 0;
  private next = 0;
  /** One after the last number ever sent. */
  private highest = 0;
  private peerWindow = 0;
  /** The number of this end's FIN. */
  private fin: number | undefined;

  private readonly unread: Uint8Array[] = [];
  private waiting = 0;
  private expected = 0;
  private advertised = WINDOW;
  private peerEnded = false;
  private wasReset = false;

  /**
   * @param options `mss` is the longest payload that fits into one packet on the way, as far as it is known here;
   *   `isMapped`: an IPv6 socket with an IPv4 connection, which shows `::ffff:10.0.0.1`
   */
  constructor(
    host: TcpHost,
    ends: Ends,
    options: { state: 'syn-sent' | 'syn-received'; mss: number; isMapped: boolean },
  ) {
    const shown = ({ address, port }: SocketAddress): SocketAddress => ({
      address: options.isMapped ? mapped(address) : address,
      port,
    });
    this.host = host;
    this.ends = ends;
    this.local = shown(ends.local);
    this.remote = shown(ends.remote);
    this.state = options.state;
    this.ownMss = options.mss;
  }

  get hasEnded(): boolean {
    return this.fin !== undefined;
  }

  get peerHasEnded(): boolean {
    return this.peerEnded;
  }

  /** The first packet. Whether it was answered shows in `state`. */
  open(): void {
    this.advance(1);
    this.transmit({ syn: true, sequence: 0, mss: this.ownMss });
  }

  send(bytes: Uint8Array): number {
    return this.host.network.operate(() => {
      if (this.state === 'closed' || this.fin !== undefined) throw new ConnectionReset();
      const taken = Math.max(0, Math.min(bytes.length, this.peerWindow - this.queued));
      if (taken > 0) {
        this.unacknowledged.push(new Uint8Array(bytes.subarray(0, taken)));
        this.queued += taken;
        this.push();
      }
      if (taken < bytes.length && this.isOpen()) this.host.network.stall(this);
      return taken;
    });
  }

  receive(): Uint8Array | null | undefined {
    if (this.unread.length > 0) return this.host.network.operate(() => this.take());
    if (this.peerEnded) return null;
    if (this.wasReset) throw new ConnectionReset();
    return undefined;
  }

  end(): void {
    if (this.fin !== undefined || this.state === 'closed') return;
    this.fin = this.acknowledged + this.queued;
    this.host.network.operate(() => this.push());
  }

  close(): void {
    if (this.state === 'closed' || (this.fin !== undefined && this.peerEnded)) return;
    this.host.network.operate(() => {
      this.transmit({ rst: true, ack: true, sequence: this.highest });
      this.unread.length = 0;
      this.abort();
    });
  }

  onChange(listener: () => void): () => void {
    return this.watchers.add(listener);
  }

  /** Without a word to the other end. */
  abort(): void {
    this.wasReset = true;
    this.finish();
    this.host.network.notify(this.watchers);
  }

  /** A packet that was addressed to this connection. */
  arrived(segment: Segment): void {
    if (segment.rst === true) return this.resetArrived(segment);
    if (this.state === 'syn-sent') return this.answerArrived(segment);
    if (segment.syn === true) {
      // The answer was lost, or the acknowledgement of it.
      return this.state === 'syn-received' ? this.accept(segment) : this.acknowledge();
    }
    if (segment.ack === true) this.acknowledgementArrived(segment);
    if (this.state === 'syn-received') return;
    const length = segment.payload.length + (segment.fin === true ? 1 : 0);
    if (length > 0) this.dataArrived(segment);
    // A probe: the other end wants to know the window.
    else if (segment.sequence < this.expected) this.acknowledge();
    if (this.peerEnded && this.fin !== undefined && this.acknowledged > this.fin) this.finish();
  }

  /** Answers a SYN. */
  accept({ sequence, window, mss = DEFAULT_MSS }: Segment): void {
    this.expected = sequence + 1;
    this.peerWindow = window;
    this.mss = Math.min(mss, this.ownMss);
    this.advance(1);
    this.transmit({ syn: true, ack: true, sequence: 0, mss: this.ownMss });
  }

  /** An ICMP error about a packet of this connection. One that is established waits for better times, as Linux does. */
  complained(type: IcmpError['type']): void {
    if (this.state !== 'syn-sent') return;
    if (type === 'port-unreachable') this.failure = 'refused';
    else this.failure = type === 'network-unreachable' ? 'network' : 'host';
    this.finish();
  }

  retransmit(): void {
    if (this.state === 'syn-received') {
      this.transmit({ syn: true, ack: true, sequence: 0, mss: this.ownMss });
    } else if (this.acknowledged < this.highest) {
      // In packets as long as they may be, whatever pieces it was sent in before.
      if (this.queued > 0) this.unacknowledged.splice(0, Infinity, joined(this.unacknowledged, this.queued));
      this.next = this.acknowledged;
      this.push();
    } else this.transmit({ ack: true, sequence: this.acknowledged - 1 });
  }

  private resetArrived({ acknowledgement, ack }: Segment): void {
    if (this.state === 'syn-sent') {
      if (ack !== true || acknowledgement !== 1) return;
      this.failure = 'refused';
      return this.finish();
    }
    this.abort();
  }

  private answerArrived(segment: Segment): void {
    if (segment.syn !== true || segment.ack !== true || segment.acknowledgement !== 1) return;
    this.expected = segment.sequence + 1;
    this.acknowledged = 1;
    this.peerWindow = segment.window;
    this.mss = Math.min(segment.mss ?? DEFAULT_MSS, this.ownMss);
    this.state = 'established';
    this.acknowledge();
  }

  private acknowledgementArrived({ acknowledgement, window }: Segment): void {
    if (acknowledgement > this.highest || acknowledgement < this.acknowledged) return;
    if (this.state === 'syn-received' && acknowledgement >= 1) {
      this.state = 'established';
      this.acknowledged = 1;
      this.host.established(this);
    }
    const hadRoom = this.peerWindow > this.queued;
    this.discard(acknowledgement - this.acknowledged);
    this.acknowledged = acknowledgement;
    this.next = Math.max(this.next, acknowledgement);
    this.peerWindow = window;
    const hasRoom = this.peerWindow > this.queued;
    if (this.acknowledged === this.highest && hasRoom) this.host.network.unstall(this);
    if (hasRoom && !hadRoom) this.host.network.notify(this.watchers);
  }

  private dataArrived({ sequence, payload, fin }: Segment): void {
    const known = this.expected - sequence;
    if (known >= 0 && !this.peerEnded) {
      const fresh = payload.subarray(known, known + WINDOW - this.waiting);
      if (fresh.length > 0) {
        this.unread.push(fresh);
        this.waiting += fresh.length;
        this.expected += fresh.length;
      }
      if (fin === true && this.expected === sequence + payload.length) {
        this.expected++;
        this.peerEnded = true;
      }
      if (fresh.length > 0 || this.peerEnded) this.host.network.notify(this.watchers);
    }
    this.acknowledge();
  }

  private take(): Uint8Array {
    const [first = NOTHING] = this.unread;
    const all = this.unread.length === 1 ? first : joined(this.unread, this.waiting);
    this.unread.length = 0;
    this.waiting = 0;
    // The other end may be waiting for room.
    if (this.advertised < WINDOW / 2 && !this.peerEnded && this.isOpen()) this.acknowledge();
    return all;
  }

  /** Sends what was not sent yet, or not since `retransmit`. */
  private push(): void {
    // Numbers may move on while a packet is under way: its acknowledgement comes back at once.
    while (this.isOpen() && this.next < this.acknowledged + this.queued) {
      const sequence = this.next;
      const payload = this.slice(sequence - this.acknowledged, this.mss);
      this.advance(sequence + payload.length);
      this.transmit({ ack: true, sequence, payload });
    }
    if (this.isOpen() && this.next === this.fin) {
      this.advance(this.fin + 1);
      this.transmit({ fin: true, ack: true, sequence: this.fin });
    }
  }

  private isOpen(): boolean {
    return this.state === 'established';
  }

  private acknowledge(): void {
    this.transmit({ ack: true, sequence: this.highest });
  }

  /** Numbers before `number` are under way, and stalled until they are acknowledged. */
  private advance(number: number): void {
    this.next = number;
    this.highest = Math.max(this.highest, number);
    if (this.state !== 'syn-sent') this.host.network.stall(this);
  }

  /** Unacknowledged bytes as they lie in one chunk. What is sent the first time lies in the last one. */
  private slice(from: number, most: number): Uint8Array {
    let start = this.queued;
    for (let index = this.unacknowledged.length - 1; index >= 0; index--) {
      const chunk = this.unacknowledged[index]!;
      start -= chunk.length;
      if (from >= start) return chunk.subarray(from - start, from - start + most);
    }
    return NOTHING;
  }

  private discard(bytes: number): void {
    let rest = Math.min(bytes, this.queued);
    this.queued -= rest;
    const kept = this.unacknowledged.findIndex((chunk) => {
      if (chunk.length > rest) return true;
      rest -= chunk.length;
      return false;
    });
    this.unacknowledged.splice(0, kept === -1 ? this.unacknowledged.length : kept);
    const [first] = this.unacknowledged;
    if (first !== undefined && rest > 0) this.unacknowledged[0] = first.subarray(rest);
  }

  private transmit(
    segment: Omit<Partial<Segment>, 'window' | 'acknowledgement'> & { sequence: number },
  ): void {
    this.advertised = WINDOW - this.waiting;
    this.host.send({
      protocol: 'tcp',
      source: this.ends.local,
      destination: this.ends.remote,
      ttl: FIRST_TTL,
      segment: { payload: NOTHING, ...segment, acknowledgement: this.expected, window: this.advertised },
    });
  }

  private finish(): void {
    this.state = 'closed';
    this.host.network.unstall(this);
    this.host.forget(this);
  }
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
