import { AddressInUse, ConnectionReset } from '../../../../src/practice/network/connection.ts';
import type { Connection, Listener, SocketAddress } from '../../../../src/practice/network/connection.ts';
import type { ConnectResult } from '../../../../src/practice/network/connection.ts';
import type { NetworkStack } from '../../../../src/practice/network/stack.ts';
import { quietNetwork } from './quiet.ts';

const WINDOW = 64 * 1024;

/** A network namespace with one address, 10.0.0.1, that talks to itself; other addresses answer as they are told to. */
export class LoopNetwork implements NetworkStack {
  readonly name = 'loop';
  readonly interfaces = quietNetwork.interfaces;
  readonly routes = quietNetwork.routes;
  readonly sockets = quietNetwork.sockets;
  readonly neighbours = quietNetwork.neighbours;
  readonly probe = quietNetwork.probe;
  /** What becomes of connections to other addresses. */
  readonly others = new Map<string, ConnectResult>();
  /** How many first packets went out. */
  sent = 0;
  private readonly listeners = new Map<number, LoopListener>();
  private next = 40_000;

  listen(address: string, port: number): Listener {
    if (this.listeners.has(port)) throw new AddressInUse();
    const listener = new LoopListener({ address, port }, () => this.listeners.delete(port));
    this.listeners.set(port, listener);
    return listener;
  }

  connect(address: string, port: number): ConnectResult {
    this.sent++;
    const other = this.others.get(address);
    if (other !== undefined) return other;
    const listener = this.listeners.get(port);
    if (listener === undefined) return { kind: 'refused' };
    const near = new End({ address: '10.0.0.1', port: this.next++ }, { address, port });
    const far = new End(near.remote, near.local);
    near.peer = far;
    far.peer = near;
    listener.arrive(far);
    return { kind: 'connected', connection: near };
  }
}

class Changes {
  private readonly listeners = new Set<() => void>();

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  protected changed(): void {
    for (const listener of [...this.listeners]) listener();
  }
}

class LoopListener extends Changes implements Listener {
  readonly local: SocketAddress;
  private readonly waiting: Connection[] = [];
  private readonly closed: () => void;

  constructor(local: SocketAddress, closed: () => void) {
    super();
    this.local = local;
    this.closed = closed;
  }

  accept(): Connection | undefined {
    return this.waiting.shift();
  }

  arrive(connection: Connection): void {
    this.waiting.push(connection);
    this.changed();
  }

  close(): void {
    this.closed();
  }
}

class End extends Changes implements Connection {
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  peer!: End;
  private readonly arrived: Uint8Array[] = [];
  private ended = false;
  private reset = false;

  constructor(local: SocketAddress, remote: SocketAddress) {
    super();
    this.local = local;
    this.remote = remote;
  }

  send(bytes: Uint8Array): number {
    if (this.reset) throw new ConnectionReset();
    const room = WINDOW - this.peer.arrived.reduce((sum, chunk) => sum + chunk.length, 0);
    const taken = bytes.slice(0, Math.max(0, room));
    if (taken.length > 0) this.peer.arrived.push(taken);
    this.peer.changed();
    return taken.length;
  }

  receive(): Uint8Array | null | undefined {
    const chunk = this.arrived.shift();
    if (chunk !== undefined) {
      this.peer.changed();
      return chunk;
    }
    if (this.reset) throw new ConnectionReset();
    return this.peer.ended ? null : undefined;
  }

  end(): void {
    this.ended = true;
    this.peer.changed();
  }

  close(): void {
    if (this.ended && this.peer.ended) return;
    this.peer.reset = true;
    this.ended = true;
    this.peer.changed();
  }
}
