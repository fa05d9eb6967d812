import type { ConnectResult, Connection, Listener, SocketAddress } from './connection.ts';
import type { IcmpError } from './packet.ts';

/** A network interface as `ip addr` shows it. */
export interface InterfaceView {
  index: number;
  name: string;
  /** The interface at the other end of a veth pair, as in `eth0@if7`. */
  peerIndex?: number;
  kind: 'loopback' | 'ethernet' | 'veth' | 'bridge';
  mac: string;
  mtu: number;
  up: boolean;
  /** The bridge it belongs to. */
  master?: string;
  addresses: {
    address: string;
    prefixLength: number;
    broadcast?: string;
    scope: 'global' | 'link' | 'host';
  }[];
}

/** A route as `ip route` shows it. */
export interface RouteView {
  /** CIDR, an address alone for a host route, or `default`. */
  destination: string;
  via?: string;
  device: string;
  protocol?: 'kernel' | 'static' | 'bird';
  scope?: 'link' | 'host';
  source?: string;
  metric?: number;
}

/** Whoever was found on a link, as `ip neigh` shows it. */
export interface NeighbourView {
  address: string;
  device: string;
  mac: string;
  /** STALE where it would not answer any more. */
  state: 'REACHABLE' | 'STALE';
}

export interface SocketView {
  state: 'LISTEN' | 'ESTAB' | 'CLOSE-WAIT' | 'FIN-WAIT' | 'LAST-ACK';
  local: SocketAddress;
  remote: SocketAddress;
}

/** One packet that asks for an answer. */
export interface Probe {
  /** An ICMP echo request, or a UDP datagram. */
  kind: 'echo' | 'udp';
  address: string;
  /** Of an echo its identifier, of a datagram the port that it goes to. */
  id: number;
  sequence: number;
  /** How far it may go; Linux' own 64 unless given. */
  ttl?: number | undefined;
}

/** What came back of a probe. `lost` is silence. */
export type ProbeResult =
  | { kind: 'reply'; from: string; ttl: number }
  | { kind: 'error'; type: IcmpError['type']; from: string }
  /** The kernel had nowhere to send it to. */
  | { kind: 'unsent' }
  | { kind: 'lost' };

/** A network namespace as the programs inside it see it: what a socket API and /proc/net offer, no more. */
export interface NetworkStack {
  readonly name: string;
  interfaces(): InterfaceView[];
  routes(family: 4 | 6): RouteView[];
  /** Those that packets were sent to, in the order they were found. */
  neighbours(): NeighbourView[];
  sockets(): SocketView[];
  /**
   * @param address an own address, `0.0.0.0`, or `::` for both families, as Linux has it (IPv4 peers appear as ::ffff:…)
   * @param port 0 for any free one
   * @param options `v6only` as IPV6_V6ONLY: `::` leaves IPv4 to others, as nginx' `[::]:80` does beside `0.0.0.0:80`
   * @throws {AddressInUse | AddressNotAvailable}
   */
  listen(address: string, port: number, options?: { v6only?: boolean }): Listener;
  /** Sends the first packet and tells what came of it, at once: there is no time in here. */
  connect(address: string, port: number): ConnectResult;
  /** Sends one packet and tells what came back, at once. */
  probe(probe: Probe): ProbeResult;
}

export type { Connection };
