import { type Family, familyOf, unmapped } from './address.ts';
import type { Connection, Listener, SocketAddress } from './connection.ts';
import { type Network, Watchers } from './network.ts';
import type { TcpConnection } from './tcp-connection.ts';

/** net.core.somaxconn, and net.ipv4.tcp_max_syn_backlog of a big machine. */
const BACKLOG = 4096;

/** Which packets a listening address takes. */
export interface Scope {
  /** As packets carry it: an IPv4-mapped address is IPv4. */
  address: string;
  families: readonly Family[];
  isWildcard: boolean;
}

export function scopeOf(address: string, v6only: boolean): Scope {
  const plain = unmapped(address) ?? address;
  const isWildcard = plain === '0.0.0.0' || plain === '::';
  return {
    address: plain,
    families: plain === '::' && !v6only ? [4, 6] : [familyOf(plain)],
    isWildcard,
  };
}

/** A socket that takes connections: half-open until the client has answered, then in a queue until accepted. */
export class TcpListener implements Listener {
  readonly local: SocketAddress;
  readonly scope: Scope;
  private readonly network: Network;
  private readonly onClose: () => void;
  private readonly watchers = new Watchers();
  private readonly halfOpen = new Set<TcpConnection>();
  private readonly complete: TcpConnection[] = [];
  private closed = false;

  constructor(network: Network, local: SocketAddress, scope: Scope, onClose: () => void) {
    this.network = network;
    this.local = local;
    this.scope = scope;
    this.onClose = onClose;
  }

  get isFull(): boolean {
    return this.complete.length >= BACKLOG;
  }

  accept(): Connection | undefined {
    return this.complete.shift();
  }

  onChange(listener: () => void): () => void {
    return this.watchers.add(listener);
  }

  /** Whoever was not accepted yet is reset. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.network.operate(() => {
      this.onClose();
      for (const connection of this.halfOpen) connection.abort();
      for (const connection of this.complete.splice(0)) connection.close();
      this.network.notify(this.watchers);
    });
  }

  /** A SYN was answered. Clients that never answer make room for others. */
  opened(connection: TcpConnection): void {
    const [oldest] = this.halfOpen;
    if (this.halfOpen.size >= BACKLOG) oldest?.abort();
    this.halfOpen.add(connection);
  }

  established(connection: TcpConnection): void {
    this.halfOpen.delete(connection);
    this.complete.push(connection);
    this.network.notify(this.watchers);
  }

  gone(connection: TcpConnection): void {
    this.halfOpen.delete(connection);
  }
}
