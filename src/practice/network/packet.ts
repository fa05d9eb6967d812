import type { SocketAddress } from './connection.ts';

/** What every router looks at. Ports are 0 where the protocol has none. Packets never change: NAT makes new ones. */
interface Header {
  readonly source: SocketAddress;
  readonly destination: SocketAddress;
  /** Routers that it may still pass, itself counted. */
  readonly ttl: number;
}

export interface TcpPacket extends Header {
  readonly protocol: 'tcp';
  readonly segment: Segment;
}

export interface IcmpPacket extends Header {
  readonly protocol: 'icmp';
  readonly error: IcmpError;
}

/** An ICMP echo. Who asks has its identifier for a port, so that the answer finds back as a connection's does. */
export interface EchoPacket extends Header {
  readonly protocol: 'echo';
  readonly kind: 'request' | 'reply';
  readonly sequence: number;
}

/** A UDP datagram. Nobody has UDP sockets: it is only there to be refused, as traceroute wants it. */
export interface UdpPacket extends Header {
  readonly protocol: 'udp';
}

/** What flows are made of: all but errors. */
export type FlowPacket = TcpPacket | EchoPacket | UdpPacket;

export type Packet = FlowPacket | IcmpPacket;

/** Numbers count from 0, the SYN, and never wrap. */
export interface Segment {
  readonly syn?: true;
  readonly ack?: true;
  readonly fin?: true;
  readonly rst?: true;
  readonly sequence: number;
  readonly acknowledgement: number;
  /** How many bytes more the sender of this segment has room for. */
  readonly window: number;
  /** On a SYN: the longest payload its sender takes. */
  readonly mss?: number;
  readonly payload: Uint8Array;
}

/** Why a packet did not arrive. `about` is the packet as it was where that was found. */
export interface IcmpError {
  readonly type: 'network-unreachable' | 'host-unreachable' | 'port-unreachable' | 'time-exceeded';
  readonly about: Packet;
}

/** Linux' own. */
export const FIRST_TTL = 64;
/** IPv4 and TCP headers without options. */
export const HEADER_BYTES = 40;
export const NOTHING = new Uint8Array(0);

/** The same connection always has the same key, in one direction. */
export function tupleKey(protocol: string, source: SocketAddress, destination: SocketAddress): string {
  return `${protocol} ${source.address} ${source.port} ${destination.address} ${destination.port}`;
}
