import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Answer, ApiRequest, User } from '../api/http.ts';
import { StatusError } from '../api/status-error.ts';
import { admit } from './admission.ts';
import type { Certificate } from './certificate.ts';
import type { ExecTarget } from '../api/exec.ts';
import type { ForwardTarget } from '../api/port-forward.ts';
import { checkUpgradable } from './upgrade-handshake.ts';
import { openUpgrades, type UpgradeRequest, type Upgrades } from './upgrades.ts';
import { ClientGone, hasBody, readBody } from './request-body.ts';
import { type Limits, LIMITS } from './limits.ts';
import { malformed, refusal, refuseOn } from './refusal.ts';
import { respond } from './response.ts';
import { asStatusError } from './failure.ts';
import { Outage } from './outage.ts';

export interface ServerOptions {
  certificate: Certificate;
  /** Taken when it is free, otherwise another; 0 is any. */
  port?: number | undefined;
  authenticate: (authorization: string | undefined) => User | undefined;
  handle: (request: ApiRequest) => Promise<Answer> | Answer;
  /** What an upgrade request to pods/exec and pods/attach means. @throws {StatusError} */
  resolveExec: (request: ApiRequest) => ExecTarget;
  /** What one to pods/portforward means. @throws {StatusError} */
  resolvePortForward: (request: ApiRequest) => ForwardTarget;
  /** Told when something begins; calls the answer when it ends. */
  activity?: { begin(): () => void } | undefined;
  /** Gets errors that are our bugs. */
  report: (error: unknown) => void;
  /** A line for each request answered. */
  log?: ((line: string) => void) | undefined;
  limits?: Partial<Limits> | undefined;
}

export interface PracticeServer {
  port: number;
  /** Ends what is under way a moment later, and serves again at the same port after so many milliseconds. */
  interrupt(milliseconds: number): void;
  /** Ends what is under way, watches and execs too. */
  close(): Promise<void>;
}

interface Context extends ServerOptions {
  limits: Limits;
  /** One for each request under way; all are aborted when the server closes. */
  underWay: Set<AbortController>;
}

/** Serves HTTPS on this machine's loopback. */
export async function listen(options: ServerOptions): Promise<PracticeServer> {
  const limits = { ...LIMITS, ...options.limits };
  const context: Context = { ...options, limits, underWay: new Set() };
  const upgrades = openUpgrades({ report: options.report, ping: limits.ping });
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
    void answer(context, request, response);
  });
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    const why = 'only Expect: 100-continue is understood';
    const { status, headers, body } = refusal(new StatusError(417, 'ExpectationFailed', why));
    response.writeHead(status, { ...headers, 'Content-Length': body.length, Connection: 'close' });
    response.end(body);
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, first: Buffer) => {
    upgrade(context, upgrades, { request, socket, head: first });
  });
  const refused = new WeakSet<Duplex>();
  server.on('clientError', (error: Error & { code?: string }, socket: Duplex) => {
    // What it sent after that fails again.
    if (refused.has(socket)) return;
    refused.add(socket);
    // Ours in the middle of an answer under way would be taken for a part of it.
    const begun = [...(answering.get(socket) ?? [])].some((response) => response.headersSent);
    if (error.code === 'ECONNRESET' || !socket.writable || begun) socket.destroy();
    else refuseOn(socket, malformed(error.code));
  });

  await bind(server, options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  const outage = new Outage(server, port, () => {
    for (const request of context.underWay) request.abort();
    upgrades.close();
  });
  return {
    port,
    interrupt: (milliseconds) => outage.begin(milliseconds),
    close: () => {
      outage.cancel();
      for (const request of context.underWay) request.abort();
      upgrades.close();
      return close(server);
    },
  };
}

async function answer(context: Context, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const signal = begin(context, response);
  response.on('close', () => context.log?.(`${request.method} ${request.url} ${response.statusCode}`));
  try {
    await respond(
      request,
      response,
      await handle(context, request, response, signal),
      context.limits,
      signal,
    );
  } catch (error) {
    // A stream that failed half-way; there is no other way to say so.
    response.destroy();
    if (!(error instanceof ClientGone) && !signal.aborted) context.report(error);
  }
}

/** Something is under way until `stream` closes; the signal aborts then, and when the server closes. */
function begin(context: Context, stream: ServerResponse | Duplex): AbortSignal {
  const ended = context.activity?.begin();
  const controller = new AbortController();
  context.underWay.add(controller);
  stream.on('close', () => {
    context.underWay.delete(controller);
    controller.abort();
    ended?.();
  });
  return controller.signal;
}

/** Every error becomes an answer here. @throws when there is nobody left to answer */
async function handle(
  context: Context,
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<Answer> {
  try {
    const user = admit(request, context.authenticate);
    const body = hasBody(request) ? await readBody(request, context.limits.bodyBytes) : new Uint8Array();
    return await context.handle({ ...head(request), body, user });
  } catch (error) {
    if (error instanceof ClientGone || signal.aborted) throw error;
    if (hasBody(request)) response.on('finish', () => dropRest(request));
    return refusal(asStatusError(error, context.report));
  }
}

/**
 * What is left of a refused request is read for a moment: a connection closed over unread bytes is reset, and the
 * answer may be lost with it.
 */
function dropRest(request: IncomingMessage): void {
  if (request.complete) return;
  request.resume();
  const timer = setTimeout(() => request.socket.destroy(), 500);
  for (const event of ['end', 'close']) request.on(event, () => clearTimeout(timer));
}

function upgrade(context: Context, upgrades: Upgrades, wanted: UpgradeRequest): void {
  const { request, socket } = wanted;
  begin(context, socket);
  const log = (status: number): void => context.log?.(`${request.method} ${request.url} ${status}`);
  socket.on('error', () => socket.destroy());
  try {
    const user = admit(request, context.authenticate);
    const asked: ApiRequest = { ...head(request), body: new Uint8Array(), user };
    if (checkUpgradable(asked.path) === 'portforward')
      upgrades.portForward(wanted, () => context.resolvePortForward(asked));
    else upgrades.exec(wanted, () => context.resolveExec(asked));
    log(101);
  } catch (error) {
    const status = asStatusError(error, context.report);
    log(status.code);
    refuseOn(socket, status);
  }
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

function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  // Answers under way have a moment to end by themselves.
  const timer = setTimeout(() => server.closeAllConnections(), 300);
  return closed.finally(() => clearTimeout(timer));
}
