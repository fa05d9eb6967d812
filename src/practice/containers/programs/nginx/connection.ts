import { ConnectionReset } from '../../../network/connection.ts';
import type { Process } from '../../process.ts';
import type { Socket } from '../../socket.ts';
import { BrokenPipe } from '../../stream.ts';
import { LATE, within } from '../within.ts';
import { answer, findServer, refusal } from './content.ts';
import type { ConnectionFacts, Exchange } from './exchange.ts';
import type { Logs } from './log.ts';
import type { Flag } from './flag.ts';
import { parseHead, type Head, type Request } from './request.ts';
import { head, type Response } from './response.ts';
import type { Server } from './settings.ts';

/** client_header_timeout and client_body_timeout. */
const PATIENCE_MS = 60_000;

export interface Serving {
  process: Process;
  logs: Logs;
  version: string;
  serial: number;
  /** The servers that listen here; the default one first. */
  servers: Server[];
  /** Raised when the worker shall end after what it is doing. */
  quitting: Flag;
}

/** Serves one connection to its end. */
export async function serveConnection(socket: Socket, serving: Serving): Promise<void> {
  try {
    await new HttpConnection(socket, serving).run();
  } catch (error) {
    if (!(error instanceof ConnectionReset || error instanceof BrokenPipe)) throw error;
  } finally {
    socket.close();
  }
}

class HttpConnection {
  private readonly socket: Socket;
  private readonly serving: Serving;
  private readonly facts: ConnectionFacts;
  /** What has arrived and was not used yet, a character per byte. */
  private received = '';
  private reading: Promise<Uint8Array | null> | undefined;
  private isAtEnd = false;

  constructor(socket: Socket, serving: Serving) {
    this.socket = socket;
    this.serving = serving;
    const { machine, pid } = serving.process;
    this.facts = {
      serial: serving.serial,
      requests: 0,
      local: socket.local,
      remote: socket.remote,
      pid,
      hostname: machine.hostname,
      version: serving.version,
      now: () => machine.clock.now(),
    };
  }

  async run(): Promise<void> {
    let idle = PATIENCE_MS;
    while (await this.hasMore(idle)) {
      const begun = this.facts.now();
      const found = await this.readHead(begun);
      if (found === undefined) return;
      this.facts.requests++;
      const next =
        found.kind === 'request' ? await this.serve(found.request, begun) : await this.refuse(found, begun);
      if (next === undefined) return;
      idle = next;
    }
  }

  /** Whether a request begins before the connection has been idle for too long. */
  private async hasMore(patience: number): Promise<boolean> {
    while (this.received === '') {
      const { process, quitting } = this.serving;
      const stopped = quitting.raised.then(() => false as const);
      const arrived = await within(process, patience, Promise.race([this.fill(), stopped]));
      if (arrived !== true) return false;
    }
    return true;
  }

  /** Reads on; false at the end. */
  private async fill(): Promise<boolean> {
    if (this.isAtEnd) return false;
    this.reading ??= this.socket.read();
    const bytes = await this.reading;
    this.reading = undefined;
    if (bytes === null) this.isAtEnd = true;
    else this.received += Buffer.from(bytes).toString('latin1');
    return bytes !== null;
  }

  private async readHead(begun: number): Promise<Exclude<Head, { kind: 'more' }> | undefined> {
    for (;;) {
      const found = parseHead(this.received);
      if (found.kind !== 'more') return found;
      const left = begun + PATIENCE_MS - this.facts.now();
      const arrived = await within(this.serving.process, left, this.fill());
      const line = this.received.split('\n')[0]!.replace(/\r$/, '');
      if (arrived === LATE) return { kind: 'bad', status: 408, line, headers: new Map() };
      // It went away in the middle of a request: 400 in the log, nobody there to be told.
      if (!arrived && this.received.trim() === '') return undefined;
      if (!arrived) return { kind: 'bad', status: 400, line, headers: new Map() };
    }
  }

  private exchange(request: Request, begun: number): Exchange {
    const named = request.host ?? request.headers.get('host') ?? '';
    const host = named.replace(/:\d*$/, '').replace(/\.$/, '').toLowerCase();
    const server = findServer(this.serving.servers, host);
    const { path: uri } = request;
    const { facts: connection } = this;
    return {
      connection,
      request,
      host,
      server,
      scope: server.scope,
      uri,
      begun,
      status: 0,
      bodySent: 0,
      sent: 0,
    };
  }

  private async refuse(found: Extract<Head, { kind: 'bad' }>, begun: number): Promise<undefined> {
    const { line, headers, status } = found;
    const [method = '', target = ''] = line.split(' ');
    const request = {
      line,
      method,
      target,
      host: undefined,
      path: target,
      query: undefined,
      headers,
      length: this.received.length,
    };
    const exchange = this.exchange({ ...request, protocol: 'HTTP/1.1' }, begun);
    exchange.host = '';
    const isGone = status === 408 || this.isAtEnd;
    const response = refusal(this.worker(), exchange, status);
    await this.send(exchange, response, { keepsAlive: false, hasBody: !isGone, isSilent: isGone });
  }

  private async serve(request: Request, begun: number): Promise<number | undefined> {
    const exchange = this.exchange(request, begun);
    this.received = this.received.slice(request.length);
    const response = this.tooLarge(exchange) ?? answer(this.worker(), exchange);
    const { scope } = exchange;
    const wanted = (request.headers.get('connection') ?? '').toLowerCase();
    const isPersistent =
      request.protocol === 'HTTP/1.1' ? !/\bclose\b/.test(wanted) : /\bkeep-alive\b/.test(wanted);
    const keepsAlive =
      isPersistent &&
      scope.keepaliveSeconds > 0 &&
      this.facts.requests < scope.keepaliveRequests &&
      !this.serving.quitting.isRaised &&
      !CLOSING.has(response.status);
    await this.send(exchange, response, {
      keepsAlive,
      hasBody: request.method !== 'HEAD',
      isSilent: response.status === 444,
    });
    if (!keepsAlive || !(await this.discardBody(request))) return undefined;
    return scope.keepaliveSeconds * 1000;
  }

  private tooLarge(exchange: Exchange): Response | undefined {
    const length = Number(exchange.request.headers.get('content-length') ?? 0);
    const { mostBody } = exchange.server.scope;
    return mostBody > 0 && length > mostBody ? refusal(this.worker(), exchange, 413) : undefined;
  }

  /** Nobody here wants a body, but the next request comes after it. */
  private async discardBody(request: Request): Promise<boolean> {
    if (request.headers.has('transfer-encoding')) return this.discardChunks();
    return this.discard(Number(request.headers.get('content-length') ?? 0));
  }

  private async discard(bytes: number): Promise<boolean> {
    let left = bytes;
    for (;;) {
      const taken = Math.min(left, this.received.length);
      this.received = this.received.slice(taken);
      left -= taken;
      if (left === 0) return true;
      if ((await within(this.serving.process, PATIENCE_MS, this.fill())) !== true) return false;
    }
  }

  private async discardChunks(): Promise<boolean> {
    for (;;) {
      const match = /^([0-9a-f]{1,8})[^\n]*\n/i.exec(this.received);
      if (match === null) {
        if (this.received.length > 1024 || (this.received.includes('\n') && match === null)) return false;
        if ((await within(this.serving.process, PATIENCE_MS, this.fill())) !== true) return false;
        continue;
      }
      this.received = this.received.slice(match[0].length);
      const size = Number.parseInt(match[1]!, 16);
      if (!(await this.discard(size + 2))) return false;
      if (size === 0) return true;
    }
  }

  private worker(): Parameters<typeof answer>[0] {
    const { process, logs } = this.serving;
    return {
      process,
      log: (level, message, { connection, request, host, server, scope }) => {
        const named = request.headers.get('host') ?? host;
        const client = `client: ${connection.remote.address}, server: ${server.names[0]}, request: "${request.line}"`;
        const where = named === '' ? client : `${client}, host: "${named}"`;
        logs.error(scope.errorLog, process, level, `*${connection.serial} ${message}, ${where}`);
      },
    };
  }

  private async send(
    exchange: Exchange,
    response: Response,
    how: { keepsAlive: boolean; hasBody: boolean; isSilent: boolean },
  ): Promise<void> {
    exchange.status = response.status === 494 ? 400 : response.status;
    const isBare = exchange.request.protocol === 'HTTP/0.9';
    const top = isBare ? '' : head(exchange, response, how.keepsAlive);
    const hasBody = how.hasBody && response.status !== 304 && response.status !== 204;
    const body = hasBody ? response.body : new Uint8Array();
    try {
      if (!how.isSilent) {
        await this.socket.write(Buffer.concat([Buffer.from(top, 'latin1'), body]));
        exchange.sent = top.length + body.length;
        exchange.bodySent = body.length;
      }
    } finally {
      for (const { path, format } of exchange.scope.accessLogs)
        this.serving.logs.access(path, format, exchange);
    }
  }
}

/** After these nginx closes. */
const CLOSING = new Set([400, 408, 413, 414, 416, 444, 494, 500, 501, 505]);
