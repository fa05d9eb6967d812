import { unmapped } from '../../../network/address.ts';
import { ConnectionReset } from '../../../network/connection.ts';
import type { Process } from '../../process.ts';
import { listenAnywhere, type ServerSocket, type Socket, SocketError } from '../../socket.ts';
import { BrokenPipe } from '../../stream.ts';
import { LATE, within } from '../within.ts';
import { BadRequest, type GoRequest, LONGEST_HEAD, readHead } from './http-request.ts';
import { type GoResponse, writeResponse } from './http-response.ts';

/** Undefined: the process ends, nobody is answered. */
export type Handler = (request: GoRequest) => Promise<GoResponse | undefined> | GoResponse;

/** What a form may be long; Go reads no more either. */
const LONGEST_BODY = 10 * 1024 * 1024;

/** An HTTP server as Go's net/http is one, on a port of all addresses. */
export class HttpServer {
  private readonly process: Process;
  private readonly handler: Handler;
  private readonly closesEach: boolean;
  private listener: ServerSocket | undefined;
  /** Connections, and whether they are between two requests. */
  private readonly connections = new Map<Socket, 'idle' | 'busy'>();
  private readonly waiting: (() => void)[] = [];
  private isStopping = false;

  /** @param options `closesEach`: every response ends its connection */
  constructor(process: Process, handler: Handler, options: { closesEach?: boolean } = {}) {
    this.process = process;
    this.handler = handler;
    this.closesEach = options.closesEach ?? false;
  }

  /** Serves from now on. @throws {SocketError} */
  listen(port: number): void {
    this.listener = listenAnywhere(this.process, port);
    void this.accept(this.listener).catch(() => undefined);
  }

  /** Takes no new connections, and waits for those in use. @returns whether all ended in time */
  async shutdown(milliseconds: number): Promise<boolean> {
    this.isStopping = true;
    this.listener?.close();
    for (const [socket, state] of this.connections) if (state === 'idle') socket.close();
    const ended = new Promise<void>((resolve) => {
      this.waiting.push(resolve);
      this.look();
    });
    return (await within(this.process, milliseconds, ended)) !== LATE;
  }

  private async accept(listener: ServerSocket): Promise<void> {
    while (!this.isStopping) {
      const socket = await listener.accept();
      void this.serve(socket)
        .catch((error: unknown) => {
          // Who went away is nobody's fault; a bug of ours ends the process, as a panic would.
          if (!(error instanceof ConnectionReset || error instanceof BrokenPipe))
            this.process.send('SIGKILL');
        })
        .finally(() => {
          socket.close();
          this.connections.delete(socket);
          this.look();
        });
    }
  }

  private look(): void {
    if ([...this.connections.values()].every((state) => state === 'idle'))
      for (const resolve of this.waiting.splice(0)) resolve();
  }

  private async serve(socket: Socket): Promise<void> {
    const reader = new RequestReader(socket);
    for (;;) {
      this.connections.set(socket, 'idle');
      this.look();
      if (!(await reader.hasMore())) return;
      this.connections.set(socket, 'busy');
      const request = await this.read(reader, socket);
      if (request === undefined) return;
      const response = await this.handler(request);
      if (response === undefined) return;
      const keepsAlive = !this.isStopping && !this.closesEach && wantsMore(request);
      const options = { keepsAlive, now: this.process.machine.clock.now() };
      await socket.write(writeResponse(request, response, options));
      if (!keepsAlive) return;
    }
  }

  private async read(reader: RequestReader, socket: Socket): Promise<GoRequest | undefined> {
    try {
      return await reader.request();
    } catch (error) {
      if (!(error instanceof BadRequest)) throw error;
      const head = `HTTP/1.1 ${error.status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n`;
      await socket.write(Buffer.from(head + error.message));
      return undefined;
    }
  }
}

function wantsMore({ protocol, headers }: GoRequest): boolean {
  const wanted = (headers.get('Connection') ?? []).join(',').toLowerCase();
  return protocol === 'HTTP/1.1' ? !/\bclose\b/.test(wanted) : /\bkeep-alive\b/.test(wanted);
}

/** Reads one request after the other off a connection. */
class RequestReader {
  private readonly socket: Socket;
  /** A character per byte. */
  private text = '';

  constructor(socket: Socket) {
    this.socket = socket;
  }

  /** Whether another request begins. */
  async hasMore(): Promise<boolean> {
    while (this.text === '') if (!(await this.fill())) return false;
    return true;
  }

  /** Undefined when the connection ends before the request does. @throws {BadRequest} */
  async request(): Promise<GoRequest | undefined> {
    for (;;) {
      const end = /\r?\n\r?\n/.exec(this.text);
      if (end === null) {
        if (this.text.length > LONGEST_HEAD) throw new BadRequest('431 Request Header Fields Too Large');
        if (!(await this.fill())) return undefined;
        continue;
      }
      const head = readHead(this.text.slice(0, end.index));
      this.text = this.text.slice(end.index + end[0].length);
      if (/100-continue/i.test(head.headers.get('Expect')?.[0] ?? ''))
        await this.socket.write(Buffer.from('HTTP/1.1 100 Continue\r\n\r\n'));
      const body = await this.body(head.headers);
      if (body === undefined) return undefined;
      return { ...head, body: Buffer.from(body, 'latin1').toString(), remote: shown(this.socket) };
    }
  }

  private async body(headers: GoRequest['headers']): Promise<string | undefined> {
    if (/chunked/i.test(headers.get('Transfer-Encoding')?.[0] ?? '')) return this.chunks();
    const length = headers.get('Content-Length')?.[0] ?? '0';
    if (!/^\d+$/.test(length)) throw new BadRequest('400 Bad Request');
    return this.take(Number(length));
  }

  private async chunks(): Promise<string | undefined> {
    let body = '';
    for (;;) {
      while (!this.text.includes('\n')) if (!(await this.fill())) return undefined;
      const end = this.text.indexOf('\n');
      const size = Number.parseInt(this.text.slice(0, end), 16);
      this.text = this.text.slice(end + 1);
      if (Number.isNaN(size) || body.length + size > LONGEST_BODY) throw new BadRequest('400 Bad Request');
      const chunk = await this.take(size + 2);
      if (chunk === undefined) return undefined;
      if (size === 0) return body;
      body += chunk.slice(0, -2);
    }
  }

  private async take(length: number): Promise<string | undefined> {
    if (length > LONGEST_BODY) throw new BadRequest('413 Request Entity Too Large');
    while (this.text.length < length) if (!(await this.fill())) return undefined;
    const taken = this.text.slice(0, length);
    this.text = this.text.slice(length);
    return taken;
  }

  private async fill(): Promise<boolean> {
    const bytes = await this.socket.read();
    if (bytes === null) return false;
    this.text += Buffer.from(bytes).toString('latin1');
    return true;
  }
}

/** 10.0.0.5:41234, [::1]:41234; IPv4 that came to a socket of both families is IPv4. */
function shown({ remote: { address, port } }: Socket): string {
  const plain = unmapped(address) ?? address;
  return plain.includes(':') ? `[${plain}]:${port}` : `${plain}:${port}`;
}

/** As Go words a port that can't be listened on. */
export function listenWords(port: number, error: unknown): string {
  if (!(error instanceof SocketError)) throw error;
  return `listen tcp :${port}: bind: ${error.message.toLowerCase()}`;
}
