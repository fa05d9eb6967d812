import { AddressInUse, AddressNotAvailable, ConnectionReset } from '../network/connection.ts';
import type { Connection, Listener, SocketAddress } from '../network/connection.ts';
import { strerror, type Libc, type SocketErrno } from './errno.ts';
import type { Process } from './process.ts';
import { BrokenPipe, type Sink, type Source } from './stream.ts';

/** What the kernel refuses about a socket; `message` is glibc's, `words` the image's own. */
export class SocketError extends Error {
  readonly code: SocketErrno;

  constructor(code: SocketErrno) {
    super(strerror(code, 'glibc'));
    this.name = 'SocketError';
    this.code = code;
  }

  words(libc: Libc): string {
    return strerror(this.code, libc);
  }
}

/** Linux sends the first packet again after these waits (tcp_syn_retries 6) and gives up 127 s after the first. */
const SYN_WAITS = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000];
/** As long as Linux looks for a neighbour that doesn't answer. */
const NEIGHBOUR_WAIT = 3_000;
/** tcp_fin_timeout: how long the kernel keeps a connection that no process has any more. */
const FIN_WAIT = 60_000;

/**
 * Opens a TCP connection as connect(2) does; time goes by on the machine's clock. It is closed with the process.
 *
 * @param timeout milliseconds; without it Linux' own 127 s
 * @throws {SocketError} ECONNREFUSED and ENETUNREACH at once, EHOSTUNREACH after 3 s, ETIMEDOUT
 * @throws {Killed}
 */
export async function connect(
  process: Process,
  address: string,
  port: number,
  timeout = Infinity,
): Promise<Socket> {
  const { clock, network } = process.machine;
  const deadline = clock.now() + timeout;
  const wait = async (milliseconds: number): Promise<void> => {
    const left = deadline - clock.now();
    await process.sleep(Math.min(milliseconds, left));
    if (left <= milliseconds) throw new SocketError('ETIMEDOUT');
  };
  for (const pause of SYN_WAITS) {
    const result = network.connect(address, port);
    switch (result.kind) {
      case 'connected':
        return new Socket(process, result.connection);
      case 'refused':
        throw new SocketError('ECONNREFUSED');
      case 'unreachable':
        if (result.what === 'network') throw new SocketError('ENETUNREACH');
        await wait(NEIGHBOUR_WAIT);
        throw new SocketError('EHOSTUNREACH');
      case 'dropped':
        await wait(pause);
    }
  }
  throw new SocketError('ETIMEDOUT');
}

/**
 * Listens as bind(2) and listen(2) do, until the process ends.
 *
 * @param options `v6only`: `::` leaves IPv4 to others
 * @throws {SocketError} EADDRINUSE, EADDRNOTAVAIL, EACCES
 */
export function listen(
  process: Process,
  address: string,
  port: number,
  options?: { v6only?: boolean },
): ServerSocket {
  try {
    return new ServerSocket(process, process.machine.network.listen(address, port, options));
  } catch (error) {
    if (error instanceof AddressInUse) throw new SocketError('EADDRINUSE');
    if (error instanceof AddressNotAvailable) throw new SocketError('EADDRNOTAVAIL');
    throw error;
  }
}

/** Listens on all addresses, of both families where there are both. @throws {SocketError} EADDRINUSE */
export function listenAnywhere(process: Process, port: number): ServerSocket {
  const hasIpv6 = process.machine.network
    .interfaces()
    .some((each) => each.addresses.some(({ address }) => address.includes(':')));
  return listen(process, hasIpv6 ? '::' : '0.0.0.0', port);
}

/** A listening socket of a process. */
export class ServerSocket {
  readonly local: SocketAddress;
  private readonly process: Process;
  private readonly listener: Listener;
  private readonly forget: () => void;

  constructor(process: Process, listener: Listener) {
    this.process = process;
    this.listener = listener;
    this.local = listener.local;
    process.sockets.add(listener);
    this.forget = process.onEnd(() => listener.close());
  }

  /** Waits for the next connection. @throws {Killed} */
  async accept(): Promise<Socket> {
    for (;;) {
      const connection = this.listener.accept();
      if (connection !== undefined) return new Socket(this.process, connection);
      await changed(this.process, this.listener);
    }
  }

  close(): void {
    this.forget();
    this.process.sockets.delete(this.listener);
    this.listener.close();
  }
}

/** One end of a TCP connection in the hands of a process; closed with it. */
export class Socket {
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  /** Reads throw ConnectionReset; closing it alone changes nothing on the wire. */
  readonly source: Source;
  /** Closing it is shutdown(SHUT_WR): the other end reads the end. A reset connection is a BrokenPipe. */
  readonly sink: Sink;
  private readonly process: Process;
  private readonly connection: Connection;
  private readonly forget: () => void;
  private closed = false;

  constructor(process: Process, connection: Connection) {
    this.process = process;
    this.connection = connection;
    this.local = connection.local;
    this.remote = connection.remote;
    this.source = { read: () => this.read(), close: () => undefined };
    this.sink = { write: (bytes) => this.write(bytes), close: () => this.end() };
    process.sockets.add(connection);
    this.forget = process.onEnd(() => this.close());
  }

  /** The next bytes; null after the other end's FIN. @throws {ConnectionReset | Killed} */
  async read(): Promise<Uint8Array | null> {
    for (;;) {
      if (this.closed) return null;
      const bytes = this.connection.receive();
      if (bytes !== undefined) return bytes;
      await changed(this.process, this.connection);
    }
  }

  /** Resolves when the kernel took all of it. @throws {BrokenPipe | ConnectionReset | Killed} */
  async write(bytes: Uint8Array): Promise<void> {
    let rest = bytes;
    while (rest.length > 0) {
      if (this.closed) throw new BrokenPipe();
      const taken = this.connection.send(rest);
      rest = rest.subarray(taken);
      if (taken === 0) await changed(this.process, this.connection);
    }
  }

  /** shutdown(SHUT_WR): no more bytes from this end. */
  end(): void {
    if (!this.closed) this.connection.end();
  }

  /**
   * close(2): what was sent still arrives, then FIN. Bytes that nobody read, or that come later, are answered with RST.
   */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.forget();
    const { connection } = this;
    this.process.sockets.delete(connection);
    connection.end();
    // The kernel keeps the connection until the other end has ended it as well.
    let forget = (): void => undefined;
    const look = (): void => {
      if (!ended(connection)) return;
      forget();
      connection.close();
    };
    const stop = connection.onChange(look);
    const cancel = this.process.machine.clock.after(FIN_WAIT, () => {
      forget();
      connection.close();
    });
    forget = () => {
      stop();
      cancel();
    };
    look();
  }
}

/** Whether there is nothing to wait for: the other end's FIN or RST, or bytes that nobody will read. */
function ended(connection: Connection): boolean {
  try {
    return connection.receive() !== undefined;
  } catch (error) {
    if (error instanceof ConnectionReset) return true;
    throw error;
  }
}

/** Waits for a change. Nothing can be missed: there is no await between looking and listening. */
async function changed(process: Process, on: { onChange(listener: () => void): () => void }): Promise<void> {
  let stop: (() => void) | undefined;
  try {
    await process.until(new Promise<void>((resolve) => (stop = on.onChange(resolve))));
  } finally {
    stop?.();
  }
}
