/** One end of a TCP connection, as its own socket sees it. Pure: it never waits, it tells when something changed. */
export interface Connection {
  readonly local: SocketAddress;
  /** Whom this end talks to; on the accepting side the source address *that arrived*, after any NAT. */
  readonly remote: SocketAddress;
  /** Queues bytes for the other end; how many were taken. 0 while the window is full: wait for a change. @throws {ConnectionReset} */
  send(bytes: Uint8Array): number;
  /** Bytes that arrived, `undefined` when there are none yet, `null` after the other end's FIN. @throws {ConnectionReset} */
  receive(): Uint8Array | null | undefined;
  /** No more bytes from this end (FIN). Reading goes on. */
  end(): void;
  /** Gives the connection up (RST) unless both ends ended it. */
  close(): void;
  /** Called after anything that may let `send` or `receive` go on. The answer stops it. */
  onChange(listener: () => void): () => void;
}

export interface SocketAddress {
  address: string;
  port: number;
}

/** The other end answered with RST, or is gone. */
export class ConnectionReset extends Error {
  constructor() {
    super('Connection reset by peer');
    this.name = 'ConnectionReset';
  }
}

/** What became of the first packet of a TCP connection. `dropped` is silence: whoever waits must time it. */
export type ConnectResult =
  | { kind: 'connected'; connection: Connection }
  /** RST: the address is there and nobody listens on the port. */
  | { kind: 'refused' }
  /**
   * Nobody knows a way. `network`: there is no route, here or at a router. `host`: nobody has the address, which takes
   * Linux 3 s to find out (whoever connects waits that long), or the packet went round in circles.
   */
  | { kind: 'unreachable'; what: 'network' | 'host' }
  | { kind: 'dropped' };

export interface Listener {
  readonly local: SocketAddress;
  /** The next connection that waits to be accepted, undefined when there is none. */
  accept(): Connection | undefined;
  onChange(listener: () => void): () => void;
  close(): void;
}

/** Somebody listens on this address and port already. */
export class AddressInUse extends Error {
  constructor() {
    super('Address already in use');
    this.name = 'AddressInUse';
  }
}

/** The address is none of this namespace's. */
export class AddressNotAvailable extends Error {
  constructor() {
    super('Cannot assign requested address');
    this.name = 'AddressNotAvailable';
  }
}
