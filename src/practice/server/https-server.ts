import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { StatusError } from '../api/status-error.ts';
import { admit } from './admission.ts';
import type { Certificate } from './certificate.ts';
import type { User } from './credentials.ts';
import { type ExecSockets, openExecSockets } from './exec-socket.ts';
import type { Answer, ApiRequest, ExecTarget } from './http.ts';
import { ClientGone, hasBody, readBody } from './request-body.ts';
import { refusal, respond } from './response.ts';
import { asStatusError, badRequest } from './status.ts';

export interface ServerOptions {
  certificate: Certificate;
  /** Taken when it is free, otherwise another; 0 is any. */
  port?: number | undefined;
  authenticate: (authorization: string | undefined) => User | undefined;
  handle: (request: ApiRequest) => Promise<Answer> | Answer;
  /** What an upgrade request to pods/exec and pods/attach means. @throws {StatusError} */
  resolveExec: (request: ApiRequest) => ExecTarget;
  /** Told when something begins; calls the answer when it ends. */
  activity?: { begin(): () => void } | undefined;
  /** Gets errors that are our bugs. */
  report: (error: unknown) => void;
  /** A line for each request answered. */
  log?: ((line: string) => void) | undefined;
  limits?: Partial<Limits> | undefined;
}

/** All times in milliseconds. */
export interface Limits {
  /** Until a request's headers are there. */
  headers: number;
  /** Until the whole request is there. */
  request: number;
  /** How long a connection is kept without a request. Go's client gives up after 90 s; we must not be first. */
  keepAlive: number;
  /** Until the TLS handshake is done. */
  handshake: number;
  /** Until a client that doesn't read its answer is cut off. */
  answer: number;
  connections: number;
  /** Bytes of request line and headers: `kubectl exec` puts whole scripts into the URL. */
  headerBytes: number;
  bodyBytes: number;
}

export const LIMITS: Limits = {
  headers: 10_000,
  request: 60_000,
  keepAlive: 120_000,
  handshake: 10_000,
  answer: 60_000,
  connections: 1000,
  headerBytes: 128 * 1024,
  // The API server's own.
  bodyBytes: 3 * 1024 * 1024,
};

export interface PracticeServer {
  port: number;
  /** Ends what is under way, watches and execs too. */
  close(): Promise<void>;
}

/** Serves HTTPS on this machine's loopback. */
export async function listen(options: ServerOptions): Promise<PracticeServer> {
  const limits = { ...LIMITS, ...options.limits };
  const closing = new AbortController();
  const sockets = openExecSockets({ report: options.report });
  const server = createServer({
    key: options.certificate.key,
    cert: options.certificate.certificate,
    minVersion: 'TLSv1.2',
    handshakeTimeout: limits.handshake,
    headersTimeout: limits.headers,
    requestTimeout: limits.request,
    keepAliveTimeout: limits.keepAlive,
    connectionsCheckingInterval: Math.min(1000, limits.headers),
    maxHeaderSize: limits.headerBytes,
    // Its absence is refused in our own words.
    requireHostHeader: false,
  });
  server.maxConnections = limits.connections;

  const answering = new WeakMap<Duplex, Set<ServerResponse>>();
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const responses = answering.get(request.socket) ?? new Set();
    answering.set(request.socket, responses.add(response));
    response.on('close', () => responses.delete(response));
    void answerRequest(options, limits, closing.signal, request, response);
  });
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    const error = new StatusError(417, 'ExpectationFailed', 'only Expect: 100-continue is understood');
    response.writeHead(417, { 'Content-Type': 'application/json', Connection: 'close' });
    response.end(refusal(error).body);
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, first: Buffer) => {
    upgrade(options, sockets, closing.signal, request, socket, first);
  });
  server.on('clientError', (error: Error & { code?: string }, socket: Duplex) => {
    // Ours in the middle of an answer under way would be taken for a part of it.
    const begun = [...(answering.get(socket) ?? [])].some((response) => response.headersSent);
    refuseMalformed(error, socket, begun);
  });

  await bind(server, options.port ?? 0);
  return {
    port: (server.address() as AddressInfo).port,
    close: () => close(server, sockets, closing),
  };
}

async function answerRequest(
  options: ServerOptions,
  limits: Limits,
  closing: AbortSignal,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const ended = options.activity?.begin();
  const gone = new AbortController();
  const stop = (): void => gone.abort();
  closing.addEventListener('abort', stop);
  response.on('close', () => {
    closing.removeEventListener('abort', stop);
    stop();
    ended?.();
    options.log?.(`${request.method} ${request.url} ${response.statusCode}`);
  });
  try {
    const answer = await handle(options, limits, gone.signal, request, response);
    if (typeof answer.body !== 'function') response.setTimeout(limits.answer, () => response.destroy());
    await respond(request, response, answer, gone.signal);
  } catch (error) {
    // A stream that failed half-way; there is no other way to say so.
    response.destroy();
    if (!(error instanceof ClientGone) && !gone.signal.aborted) options.report(error);
  }
}

/** Every error becomes an answer here. @throws {ClientGone} */
async function handle(
  options: ServerOptions,
  limits: Limits,
  signal: AbortSignal,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Answer> {
  try {
    const user = admit(request, options.authenticate);
    const body = hasBody(request) ? await readBody(request, limits.bodyBytes) : new Uint8Array();
    return await options.handle({ ...head(request), body, user, signal });
  } catch (error) {
    if (error instanceof ClientGone) throw error;
    if (hasBody(request) && !request.complete) {
      // What else it sends is not read; the connection is of no more use.
      response.setHeader('Connection', 'close');
      response.on('finish', () => lingeringClose(request));
    }
    return refusal(asStatusError(error, options.report));
  }
}

/** Reads on for a moment: a socket closed over unread bytes is reset, and the client may never see the answer. */
function lingeringClose(request: IncomingMessage): void {
  request.removeAllListeners('data').resume();
  const timer = setTimeout(() => request.destroy(), 500);
  timer.unref();
  request.on('close', () => clearTimeout(timer));
}

function upgrade(
  options: ServerOptions,
  sockets: ExecSockets,
  signal: AbortSignal,
  request: IncomingMessage,
  socket: Duplex,
  first: Buffer,
): void {
  const ended = options.activity?.begin();
  socket.on('close', () => ended?.());
  socket.on('error', () => socket.destroy());
  try {
    const user = admit(request, options.authenticate);
    sockets.open(request, socket, first, () =>
      options.resolveExec({ ...head(request), body: new Uint8Array(), user, signal }),
    );
    options.log?.(`${request.method} ${request.url} 101`);
  } catch (error) {
    const status = asStatusError(error, options.report);
    options.log?.(`${request.method} ${request.url} ${status.code}`);
    writeRaw(socket, refusal(status));
  }
}

/** An answer to what Node's parser didn't take for a request. */
function refuseMalformed(error: Error & { code?: string }, socket: Duplex, begun: boolean): void {
  if (error.code === 'ECONNRESET' || !socket.writable || begun) socket.destroy();
  else writeRaw(socket, refusal(malformed(error.code)));
}

function malformed(code: string | undefined): StatusError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new StatusError(
        431,
        'RequestHeaderFieldsTooLarge',
        'the request line and headers are too large',
      );
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new StatusError(408, 'Timeout', 'the request took too long to arrive');
    default:
      return badRequest('this is not HTTP/1.1');
  }
}

function writeRaw(socket: Duplex, answer: Answer): void {
  const body = String(answer.body);
  const lines = [
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}`,
    ...Object.entries(answer.headers ?? {}).map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

function head(request: IncomingMessage): Pick<ApiRequest, 'method' | 'path' | 'query' | 'headers'> {
  const { method = 'GET', url = '/' } = request;
  const [, path = '', query = ''] = /^([^?]*)\??(.*)$/s.exec(url) ?? [];
  const headers = request.headers as Record<string, string | undefined>;
  return { method, path, query: new URLSearchParams(query), headers };
}

async function bind(server: Server, port: number): Promise<void> {
  const attempt = (number: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(number, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  try {
    await attempt(port);
  } catch (error) {
    if (port === 0) throw error;
    // Somebody else has it now.
    await attempt(0);
  }
}

function close(server: Server, sockets: ExecSockets, closing: AbortController): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  closing.abort();
  sockets.close();
  server.closeIdleConnections();
  // Answers under way have a moment to end by themselves.
  const timer = setTimeout(() => server.closeAllConnections(), 300);
  return closed.finally(() => clearTimeout(timer));
}
