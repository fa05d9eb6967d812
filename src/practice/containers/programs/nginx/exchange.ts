import type { SocketAddress } from '../../../network/connection.ts';
import type { Request } from './request.ts';
import type { Scope } from './scope.ts';
import type { Server } from './settings.ts';

/** What is known of a connection while it is served. */
export interface ConnectionFacts {
  /** nginx counts connections from 1. */
  serial: number;
  requests: number;
  local: SocketAddress;
  remote: SocketAddress;
  pid: number;
  hostname: string;
  version: string;
  now(): number;
}

/** One request and what becomes of it. */
export interface Exchange {
  connection: ConnectionFacts;
  request: Request;
  /** From the target or the Host header, in lower case and without a port. */
  host: string;
  server: Server;
  scope: Scope;
  /** The path as it is now; internal redirects change it. */
  uri: string;
  begun: number;
  status: number;
  /** Bytes of the body that were sent. */
  bodySent: number;
  /** All bytes that were sent. */
  sent: number;
}
