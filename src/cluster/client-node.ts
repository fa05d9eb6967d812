import { type IncomingMessage, request as httpRequest } from 'node:http';
import { type Agent, type RequestOptions, request as httpsRequest } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { HttpMethod, KubeConfig, RequestContext, Watch } from '@kubernetes/client-node';
import { WebSocket } from 'ws';
import {
  type ApiResponse,
  type Connection,
  type ConnectionTarget,
  type ExecAnswer,
  type ExecRequest,
  TransportError,
  type WatchEvent,
} from './connection.ts';

/** An exec answer larger than this is cut: a pod may print without end. */
const MOST_EXEC_OUTPUT = 1024 * 1024;
const DEFAULT_TIMEOUT = 15_000;

/**
 * client-node's KubeConfig makes a new agent, hence a new TLS connection, for every request. This one keeps the first
 * and goes on with it as long as the credentials in it stay the same (an exec plugin may renew a client certificate).
 */
class KeepAliveKubeConfig extends KubeConfig {
  private agent: { key: string; agent: Agent } | undefined;

  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    await super.applySecurityAuthentication(context);
    trimToken(context.getHeaders());
    context.setAgent(this.shared(context.getAgent() as Agent));
  }

  override async applyToHTTPSOptions(options: RequestOptions | WebSocket.ClientOptions): Promise<void> {
    await super.applyToHTTPSOptions(options);
    trimToken(options.headers as Record<string, unknown> | undefined);
    options.agent = this.shared(options.agent as Agent);
  }

  close(): void {
    this.agent?.agent.destroy();
  }

  private shared(fresh: Agent): Agent {
    const { ca, cert, key, servername, rejectUnauthorized } = fresh.options as Record<string, unknown>;
    const identity = [ca, cert, key, servername, rejectUnauthorized].map(String).join('\0');
    if (this.agent?.key !== identity) {
      Object.assign(fresh, { keepAlive: true });
      Object.assign(fresh.options, { keepAlive: true });
      this.agent = { key: identity, agent: fresh };
    }
    return this.agent.agent;
  }
}

/** Token files end in a newline, which no header may hold; client-node sends it, and Node's error would show the token. */
function trimToken(headers: Record<string, unknown> | undefined): void {
  const token = headers?.['Authorization'];
  if (headers !== undefined && typeof token === 'string') headers['Authorization'] = token.trim();
}

/**
 * Opens a line to the API server that `config` (a kubectl-style Config with one context) names. This is the only file
 * that imports client-node at run time; it is loaded when the first cluster is needed.
 */
export function connect(config: object, target: ConnectionTarget): Connection {
  const kubeConfig = new KeepAliveKubeConfig();
  kubeConfig.loadFromString(JSON.stringify(config));
  const server = target.server.replace(/\/$/, '');

  return {
    target,

    async send(request, signal) {
      const url = new URL(server + request.path);
      for (const [name, value] of Object.entries(request.query ?? {}))
        if (value !== undefined) url.searchParams.set(name, String(value));
      const context = new RequestContext(url.href, HttpMethod[request.method]);
      if (request.body !== undefined) {
        context.setBody(request.body);
        context.setHeaderParam('Content-Type', request.contentType ?? 'application/json');
      }
      context.setHeaderParam('Accept', request.accept ?? 'application/json');
      await authenticate(kubeConfig, context);
      const deadline = AbortSignal.timeout(request.timeout ?? DEFAULT_TIMEOUT);
      try {
        return await exchange(context, AbortSignal.any([signal, deadline]));
      } catch (error) {
        throw transportError(error, signal, deadline);
      }
    },

    watch: (path, query, onEvent, signal) => watch(kubeConfig, path, query, onEvent, signal),
    exec: (request, signal) => exec(kubeConfig, server, request, signal),
    close: () => kubeConfig.close(),
  };
}

/**
 * One request and its answer. client-node's own way waits for ever for the rest of an answer that was cut off; and
 * Node gives the body of a DELETE no length unless told.
 */
async function exchange(context: RequestContext, signal: AbortSignal): Promise<ApiResponse> {
  const body = context.getBody() as string | undefined;
  const headers: Record<string, string> = {
    'User-Agent': 'k8snet-tutor',
    'Accept-Encoding': 'gzip',
    ...context.getHeaders(),
    ...(body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }),
  };
  const url = context.getUrl();
  const send = url.startsWith('http:') ? httpRequest : httpsRequest;
  const options = { method: context.getHttpMethod(), headers, signal, agent: context.getAgent() as Agent };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    send(url, options).on('response', resolve).on('error', reject).end(body);
  });
  const output: Buffer[] = [];
  const collect = async (source: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of source) output.push(chunk);
  };
  if (response.headers['content-encoding'] === 'gzip') await pipeline(response, createGunzip(), collect);
  else await pipeline(response, collect);
  const words = Object.entries(response.headers).map(([name, value]) => [name, String(value)] as const);
  const status = response.statusCode ?? 0;
  return { status, headers: Object.fromEntries(words), body: Buffer.concat(output).toString('utf8') };
}

async function authenticate(kubeConfig: KubeConfig, context: RequestContext): Promise<void> {
  try {
    await kubeConfig.applySecurityAuthentication(context);
  } catch (error) {
    throw new TransportError('credentials', errorMessage(error));
  }
}

/** Node's TLS error codes that mean "this server is not who the kubeconfig says". */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME|ERR_SSL|ERR_TLS|UNABLE_TO_GET_ISSUER/;

function transportError(error: unknown, signal: AbortSignal, deadline: AbortSignal): TransportError {
  if (signal.aborted) return new TransportError('aborted', 'interrupted');
  if (deadline.aborted) return new TransportError('timeout', 'the API server did not answer in time');
  const code = (error as { code?: string }).code;
  // Node quotes the header that it refuses: that may be a token.
  if (error instanceof TypeError && /header/i.test(error.message))
    return new TransportError('credentials', 'they hold characters that can not be sent');
  const reason = code !== undefined && CERTIFICATE.test(code) ? 'certificate' : 'connection';
  return new TransportError(reason, errorMessage(error), code);
}

function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function watch(
  kubeConfig: KubeConfig,
  path: string,
  query: Record<string, string | number | undefined>,
  onEvent: (event: WatchEvent) => void,
  signal: AbortSignal,
): Promise<number | undefined> {
  if (signal.aborted) return undefined;
  return new Promise((resolve, reject) => {
    let controller: AbortController | undefined;
    const stop = (): void => {
      controller?.abort();
      resolve(undefined);
    };
    signal.addEventListener('abort', stop, { once: true });
    new Watch(kubeConfig)
      .watch(
        path,
        query,
        (type: string, object: unknown) => {
          // client-node swallows what a callback throws.
          try {
            onEvent({ type, object });
          } catch (error) {
            reject(error);
            controller?.abort();
          }
        },
        (error: { statusCode?: number } | null | undefined) => {
          signal.removeEventListener('abort', stop);
          resolve(error?.statusCode);
        },
      )
      .then(
        (started) => {
          controller = started;
          if (signal.aborted) started.abort();
        },
        // What can fail before the request is sent are the credentials.
        (error: unknown) => reject(new TransportError('credentials', errorMessage(error))),
      );
  });
}

/** What a process wrote, cut at MOST_EXEC_OUTPUT. */
class Output {
  private readonly chunks: Buffer[] = [];
  private size = 0;

  add(chunk: Buffer): void {
    const kept = chunk.subarray(0, MOST_EXEC_OUTPUT - this.size);
    this.chunks.push(kept);
    this.size += kept.length;
  }

  text(): string {
    return Buffer.concat(this.chunks).toString('utf8');
  }
}

/** Newest first; in the versions before v4 the last message was no Status object. */
const EXEC_PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

/**
 * Runs a command in a container without stdin. client-node's Exec never reports a dropped socket, loses the reason of
 * a refusal, and throws past every handler at a message it can't read; so the socket is ours: every way it can end is
 * seen, and the first one counts.
 */
function exec(
  kubeConfig: KubeConfig,
  server: string,
  request: ExecRequest,
  signal: AbortSignal,
): Promise<ExecAnswer> {
  const stdout = new Output();
  const stderr = new Output();
  return new Promise((resolve) => {
    let socket: WebSocket | undefined;
    let settled = false;
    const settle = (end: ExecAnswer['end']): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
      resolve({ end, stdout: stdout.text(), stderr: stderr.text() });
      socket?.terminate();
    };
    const aborted = (): void => settle({ kind: 'transport', message: 'interrupted' });
    const timer = setTimeout(() => settle({ kind: 'timeout' }), request.timeout);
    if (signal.aborted) return aborted();
    signal.addEventListener('abort', aborted, { once: true });

    const open = async (): Promise<void> => {
      const options: WebSocket.ClientOptions = {};
      await kubeConfig.applyToHTTPSOptions(options);
      if (settled) return;
      socket = new WebSocket(execUrl(server, request), EXEC_PROTOCOLS, options);
      socket.on('message', (message: Buffer) => {
        const content = message.subarray(1);
        if (message[0] === 1) stdout.add(content);
        else if (message[0] === 2) stderr.add(content);
        else if (message[0] === 3) settle(statusEnd(content));
      });
      socket.on('unexpected-response', (_request, response) => {
        const body = new Output();
        const refused = (): void =>
          settle({ kind: 'refused', status: response.statusCode ?? 0, body: body.text() });
        response.on('data', (chunk: Buffer) => body.add(chunk));
        response.on('end', refused);
        response.on('error', refused);
      });
      socket.on('error', (error) => settle({ kind: 'transport', message: error.message }));
      socket.on('close', () => settle({ kind: 'lost' }));
    };
    open().catch((error: unknown) => settle({ kind: 'transport', message: errorMessage(error) }));
  });
}

function execUrl(server: string, { namespace, pod, container, command }: ExecRequest): string {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/exec`;
  const url = new URL(server.replace(/^http/, 'ws') + path);
  for (const [name, value] of Object.entries({ stdout: 'true', stderr: 'true', container }))
    url.searchParams.set(name, value);
  for (const word of command) url.searchParams.append('command', word);
  return url.href;
}

/** The stream's last message; one that is no Status object says nothing of the command. */
function statusEnd(content: Buffer): ExecAnswer['end'] {
  try {
    const status: unknown = JSON.parse(content.toString('utf8'));
    if (typeof status === 'object' && status !== null) return { kind: 'status', status };
  } catch {
    // Cut off, or not JSON.
  }
  return { kind: 'lost' };
}
