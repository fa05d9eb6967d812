import type { SocketAddress } from './connection.ts';
import { type FlowPacket, type IcmpPacket, tupleKey } from './packet.ts';

export interface Tuple {
  source: SocketAddress;
  destination: SocketAddress;
}

export type Direction = 'original' | 'reply';

/** A connection as it came in, and what its replies look like here. They differ by what NAT did. */
export interface Flow {
  protocol: string;
  original: Tuple;
  reply: Tuple;
  /** Directions that have sent FIN. */
  ended: Set<Direction>;
  /** A reply was seen. */
  assured: boolean;
}

/** Linux makes room among the connections that never saw a reply; what is full of others loses the oldest. */
const MOST_FLOWS = 16_384;

/** The connections that a namespace has seen the first packet of. */
export class Conntrack {
  private readonly flows = new Map<string, { flow: Flow; direction: Direction }>();

  get size(): number {
    return this.flows.size / 2;
  }

  find(packet: FlowPacket): { flow: Flow; direction: Direction } | undefined {
    const found = this.flows.get(tupleKey(packet.protocol, packet.source, packet.destination));
    // An old connection is over, the ports are used anew.
    if (found === undefined || !isFirst(packet) || found.flow.ended.size < 2) return found;
    this.forget(found.flow);
    return undefined;
  }

  /** The connection that an ICMP error is about, and the direction in which the error travels. */
  findRelated({ error: { about } }: IcmpPacket): { flow: Flow; direction: Direction } | undefined {
    return this.flows.get(tupleKey(about.protocol, about.destination, about.source));
  }

  /** Whether a connection with such replies is known already. */
  isTaken(protocol: string, reply: Tuple): boolean {
    return this.flows.has(tupleKey(protocol, reply.source, reply.destination));
  }

  add(flow: Flow): void {
    if (this.size >= MOST_FLOWS) this.makeRoom();
    const { protocol, original, reply } = flow;
    this.flows.set(tupleKey(protocol, original.source, original.destination), {
      flow,
      direction: 'original',
    });
    this.flows.set(tupleKey(protocol, reply.source, reply.destination), { flow, direction: 'reply' });
  }

  /** To be told of every packet of a known connection. */
  follow(flow: Flow, direction: Direction, packet: FlowPacket): void {
    if (direction === 'reply') flow.assured = true;
    if (packet.protocol !== 'tcp') return;
    if (packet.segment.fin === true) flow.ended.add(direction);
    if (packet.segment.rst === true) this.forget(flow);
  }

  private forget({ protocol, original, reply }: Flow): void {
    this.flows.delete(tupleKey(protocol, original.source, original.destination));
    this.flows.delete(tupleKey(protocol, reply.source, reply.destination));
  }

  private makeRoom(): void {
    let oldest: Flow | undefined;
    for (const { flow } of this.flows.values()) {
      oldest ??= flow;
      if (!flow.assured || flow.ended.size === 2) return this.forget(flow);
    }
    if (oldest !== undefined) this.forget(oldest);
  }
}

/** Whether a packet may be the first of its flow: a TCP connection's SYN, a question that is echoed, any datagram. */
export function isFirst(packet: FlowPacket): boolean {
  if (packet.protocol === 'echo') return packet.kind === 'request';
  if (packet.protocol === 'udp') return true;
  return packet.segment.syn === true && packet.segment.ack !== true;
}

export function opposite(direction: Direction): Direction {
  return direction === 'original' ? 'reply' : 'original';
}
