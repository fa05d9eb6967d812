import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { LOOPBACK_CERTIFICATE, LOOPBACK_KEY } from './loopback-certificate.ts';

export interface Received {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

/** An HTTPS server on a loopback port that a test tells what to answer, and that counts its connections. */
export class LoopbackServer {
  readonly received: Received[] = [];
  /** TCP connections made so far. */
  connections = 0;
  respond: (request: Received, response: ServerResponse) => void = (_request, response) => response.end('{}');
  /** What an exec does once its stream is open. */
  exec: (socket: WebSocket, request: Received) => void = (socket) => socket.close();
  /** Refuses an exec before its stream is open. */
  refuseExec: { status: number; body: string } | undefined;
  private readonly server: Server;
  private readonly sockets = new Set<Duplex>();
  private readonly streams = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => (offered.has('v5.channel.k8s.io') ? 'v5.channel.k8s.io' : false),
  });

  constructor() {
    this.server = createServer({ key: LOOPBACK_KEY, cert: LOOPBACK_CERTIFICATE }, (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const received = receivedFrom(request, Buffer.concat(chunks).toString('utf8'));
        this.received.push(received);
        this.respond(received, response);
      });
    });
    this.server.on('connection', (socket) => {
      this.connections++;
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
    // A client that does not trust us is no trouble of ours.
    this.server.on('tlsClientError', () => undefined);
    this.server.on('upgrade', (request, socket, head) => {
      const received = receivedFrom(request, '');
      this.received.push(received);
      const refusal = this.refuseExec;
      if (refusal !== undefined)
        return void socket.end(
          `HTTP/1.1 ${refusal.status} No\r\nContent-Length: ${refusal.body.length}\r\n\r\n${refusal.body}`,
        );
      this.streams.handleUpgrade(request, socket, head, (stream) => this.exec(stream, received));
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => void this.server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `https://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => void this.server.close(resolve));
  }
}

function receivedFrom(request: IncomingMessage, body: string): Received {
  return { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body };
}

/** A message of an exec stream: the channel's number, then what is written to it. */
export function channel(number: number, text: string): Buffer {
  return Buffer.concat([Buffer.from([number]), Buffer.from(text)]);
}
