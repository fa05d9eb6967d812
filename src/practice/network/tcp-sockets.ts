import { familyOf, formatAddress, requireAddress, unmapped } from './address.ts';
import {
  AddressInUse,
  AddressNotAvailable,
  type ConnectResult,
  type Listener,
  type SocketAddress,
} from './connection.ts';
import type { Network } from './network.ts';
import { FIRST_TTL, type IcmpError, NOTHING, type TcpPacket, tupleKey } from './packet.ts';
import type { SocketView } from './stack.ts';
import { type Ends, TcpConnection, type TcpHost } from './tcp-connection.ts';
import { type Scope, scopeOf, TcpListener } from './tcp-listener.ts';

/** net.ipv4.ip_local_port_range */
const FIRST_PORT = 32_768;
const LAST_PORT = 60_999;

/** What sockets need of the namespace around them. */
export interface SocketHost {
  readonly network: Network;
  isLocal(address: string): boolean;
  /** The address that a packet to there would carry, and the longest TCP payload on that way; undefined when there is no route. */
  sourceFor(destination: string): { address: string; mss: number } | undefined;
  send(packet: TcpPacket): void;
}

/** The TCP sockets of a namespace. */
export class TcpSockets {
  private readonly host: SocketHost;
  private readonly listeners = new Map<number, TcpListener[]>();
  /** By the key of the packets that this end sends. */
  private readonly connections = new Map<string, TcpConnection>();
  private nextPort = FIRST_PORT;

  constructor(host: SocketHost) {
    this.host = host;
  }

  /** @throws {AddressInUse | AddressNotAvailable | TypeError} */
  listen(address: string, port: number, v6only: boolean): Listener {
    const canonical = formatAddress(requireAddress(address));
    const scope = scopeOf(canonical, v6only);
    if (!scope.isWildcard && !this.host.isLocal(scope.address)) throw new AddressNotAvailable();
    const isFree = (candidate: number): boolean => !this.conflicts(scope, candidate);
    const free = port === 0 ? this.pickPort(isFree) : port;
    if (free === undefined || !isFree(free)) throw new AddressInUse();
    const listener = new TcpListener(this.host.network, { address: canonical, port: free }, scope, () => {
      const left = (this.listeners.get(free) ?? []).filter((each) => each !== listener);
      if (left.length > 0) this.listeners.set(free, left);
      else this.listeners.delete(free);
    });
    this.listeners.set(free, [...(this.listeners.get(free) ?? []), listener]);
    return listener;
  }

  /** @throws {AddressNotAvailable} when all ports are in use; {TypeError} for what is no address */
  connect(address: string, port: number): ConnectResult {
    const canonical = formatAddress(requireAddress(address));
    const plain = unmapped(canonical);
    const destination = loopbackForAny(plain ?? canonical);
    const source = this.host.sourceFor(destination);
    if (source === undefined) return { kind: 'unreachable', what: 'network' };
    const remote = { address: destination, port };
    const localPort = this.pickPort(
      (candidate) =>
        !this.listeners.has(candidate) &&
        !this.connections.has(tupleKey('tcp', { address: source.address, port: candidate }, remote)),
    );
    if (localPort === undefined) throw new AddressNotAvailable();
    const ends = { local: { address: source.address, port: localPort }, remote };
    return this.host.network.operate(() => {
      const options = { state: 'syn-sent' as const, mss: source.mss, isMapped: plain !== undefined };
      const connection = this.add(ends, options);
      connection.open();
      if (connection.state === 'established') return { kind: 'connected', connection };
      this.forget(connection);
      const { failure } = connection;
      if (failure === undefined) return { kind: 'dropped' };
      return failure === 'refused' ? { kind: 'refused' } : { kind: 'unreachable', what: failure };
    });
  }

  /** A packet for one of the namespace's own addresses. */
  deliver(packet: TcpPacket): void {
    const { source, destination, segment } = packet;
    const connection = this.connections.get(tupleKey('tcp', destination, source));
    if (connection !== undefined) return connection.arrived(segment);
    if (segment.rst === true) return;
    if (segment.syn === true && segment.ack !== true) {
      const listener = this.listenerFor(destination);
      if (listener !== undefined) return this.open(listener, packet);
    }
    this.refuse(packet);
  }

  /** An ICMP error about a packet from here. */
  complained(about: TcpPacket, type: IcmpError['type']): void {
    this.connections.get(tupleKey('tcp', about.source, about.destination))?.complained(type);
  }

  views(): SocketView[] {
    const listening = [...this.listeners.values()].flat().map(({ local }): SocketView => {
      const any = familyOf(local.address) === 6 ? '::' : '0.0.0.0';
      return { state: 'LISTEN', local: { ...local }, remote: { address: any, port: 0 } };
    });
    const connected = [...this.connections.values()].flatMap((each): SocketView[] => {
      if (each.state !== 'established') return [];
      return [{ state: viewState(each), local: { ...each.local }, remote: { ...each.remote } }];
    });
    return [...listening, ...connected];
  }

  /** As when all processes end at once: peers are reset. */
  closeAll(): void {
    for (const listener of [...this.listeners.values()].flat()) listener.close();
    for (const connection of this.connections.values()) connection.close();
    // What was closed already and waited for its last acknowledgement.
    for (const connection of this.connections.values()) connection.abort();
  }

  private open(listener: TcpListener, { source, destination, segment }: TcpPacket): void {
    // A full queue is silence, on Linux too: the client tries again.
    if (listener.isFull) return;
    const way = this.host.sourceFor(source.address);
    if (way === undefined) return;
    const ends = { local: destination, remote: source };
    const isMapped = familyOf(listener.local.address) === 6 && familyOf(destination.address) === 4;
    const connection = this.add(ends, { state: 'syn-received', mss: way.mss, isMapped }, listener);
    listener.opened(connection);
    connection.accept(segment);
  }

  private add(
    ends: Ends,
    options: ConstructorParameters<typeof TcpConnection>[2],
    listener?: TcpListener,
  ): TcpConnection {
    const host: TcpHost = {
      network: this.host.network,
      send: (packet) => this.host.send(packet),
      established: (connection) => listener?.established(connection),
      forget: (connection) => {
        listener?.gone(connection);
        this.forget(connection);
      },
    };
    const connection = new TcpConnection(host, ends, options);
    this.connections.set(tupleKey('tcp', ends.local, ends.remote), connection);
    return connection;
  }

  private forget({ ends }: TcpConnection): void {
    this.connections.delete(tupleKey('tcp', ends.local, ends.remote));
  }

  private refuse({ source, destination, segment }: TcpPacket): void {
    const length = segment.payload.length + (segment.syn === true ? 1 : 0) + (segment.fin === true ? 1 : 0);
    this.host.send({
      protocol: 'tcp',
      source: destination,
      destination: source,
      ttl: FIRST_TTL,
      segment: {
        rst: true,
        ack: true,
        sequence: segment.ack === true ? segment.acknowledgement : 0,
        acknowledgement: segment.sequence + length,
        window: 0,
        payload: NOTHING,
      },
    });
  }

  private listenerFor({ address, port }: SocketAddress): TcpListener | undefined {
    const listeners = this.listeners.get(port) ?? [];
    const exact = listeners.find(({ scope }) => scope.address === address);
    if (exact !== undefined) return exact;
    const family = familyOf(address);
    return listeners.find(({ scope }) => scope.isWildcard && scope.families.includes(family));
  }

  /** As Linux has it with SO_REUSEADDR, which servers set: no packet may be for two. */
  private conflicts(wanted: Scope, port: number): boolean {
    return (this.listeners.get(port) ?? []).some(
      ({ scope }) =>
        scope.families.some((family) => wanted.families.includes(family)) &&
        (scope.isWildcard || wanted.isWildcard || scope.address === wanted.address),
    );
  }

  private pickPort(isFree: (port: number) => boolean): number | undefined {
    for (let tries = FIRST_PORT; tries <= LAST_PORT; tries++) {
      const port = this.nextPort;
      this.nextPort = port === LAST_PORT ? FIRST_PORT : port + 1;
      if (isFree(port)) return port;
    }
    return undefined;
  }
}

function viewState(connection: TcpConnection): SocketView['state'] {
  if (connection.hasEnded) return connection.peerHasEnded ? 'LAST-ACK' : 'FIN-WAIT';
  return connection.peerHasEnded ? 'CLOSE-WAIT' : 'ESTAB';
}

/** Linux takes "any address" as a destination for this machine. */
function loopbackForAny(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  return address === '::' ? '::1' : address;
}
