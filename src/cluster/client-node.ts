import { type IncomingMessage, request as httpRequest } from 'node:http';
import { type Agent, type RequestOptions, request as httpsRequest } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { HttpMethod, KubeConfig, RequestContext, Watch } from '@kubernetes/client-node';
import { WebSocket } from 'ws';
import {
  type ApiRequest,
  type ApiResponse,
  type Connection,
  type ConnectionTarget,
  type ExecRequest,
  TransportError,
  type WatchEvent,
} from './connection.ts';
import { collect, EXEC_PROTOCOLS, interact } from './exec-socket.ts';

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
  const login = new Login(JSON.stringify(config));
  const server = target.server.replace(/\/$/, '');

  return {
    target,

    send: (request, signal) =>
      login.use(
        async (kubeConfig) => {
          const context = contextOf(server, request);
          await authenticate(kubeConfig, context);
          const deadline = AbortSignal.timeout(request.timeout ?? DEFAULT_TIMEOUT);
          try {
            return await exchange(context, AbortSignal.any([signal, deadline]));
          } catch (error) {
            throw transportError(error, signal, deadline);
          }
        },
        ({ status }) => status === 401,
      ),

    watch: (path, query, onEvent, signal) =>
      login.use(
        (kubeConfig) => watch(kubeConfig, path, query, onEvent, signal),
        (status) => status === 401,
      ),
    exec: (request, signal) =>
      login.use(
        (kubeConfig) => {
          const dial = () => dialExec(kubeConfig, server, request, { stdin: false, tty: false });
          return collect(dial, request.timeout, signal);
        },
        ({ end }) => end.kind === 'refused' && end.status === 401,
      ),
    interact: (request, terminal, signal) =>
      login.use(
        (kubeConfig) => {
          const dial = () => dialExec(kubeConfig, server, request, { stdin: true, tty: request.tty });
          return interact(dial, terminal, signal);
        },
        (end) => end.kind === 'refused' && end.status === 401,
      ),
    close: () => login.close(),
  };
}

/**
 * The credentials, as a kubeconfig's user has them. A token may be taken back before its time is over; then a plugin is
 * run anew and a token's file read anew, as kubectl does, and what was refused is tried once more.
 */
class Login {
  readonly #config: string;
  readonly #used: KeepAliveKubeConfig[] = [];

  constructor(config: string) {
    this.#config = config;
    this.#renew();
  }

  async use<T>(
    attempt: (kubeConfig: KeepAliveKubeConfig) => Promise<T>,
    isUnauthorized: (answer: T) => boolean,
  ): Promise<T> {
    const kubeConfig = this.#used.at(-1)!;
    const answer = await attempt(kubeConfig);
    const user = kubeConfig.getCurrentUser();
    const renewable = user?.exec !== undefined || user?.authProvider !== undefined;
    if (!renewable || !isUnauthorized(answer)) return answer;
    // Several requests may be refused at the same time; one of them renews for all.
    return attempt(this.#used.at(-1) === kubeConfig ? this.#renew() : this.#used.at(-1)!);
  }

  /** The one before stays open: other requests may be on their way. */
  #renew(): KeepAliveKubeConfig {
    const kubeConfig = new KeepAliveKubeConfig();
    kubeConfig.loadFromString(this.#config);
    this.#used.push(kubeConfig);
    return kubeConfig;
  }

  close(): void {
    for (const kubeConfig of this.#used) kubeConfig.close();
  }
}

function contextOf(server: string, request: ApiRequest): RequestContext {
  const url = new URL(server + request.path);
  for (const [name, value] of Object.entries(request.query ?? {}))
    if (value !== undefined) url.searchParams.set(name, String(value));
  const context = new RequestContext(url.href, HttpMethod[request.method]);
  if (request.body !== undefined) {
    context.setBody(request.body);
    context.setHeaderParam('Content-Type', request.contentType ?? 'application/json');
  }
  context.setHeaderParam('Accept', request.accept ?? 'application/json');
  return context;
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

/** The socket of an exec, not open yet. */
async function dialExec(
  kubeConfig: KubeConfig,
  server: string,
  request: Omit<ExecRequest, 'timeout'>,
  streams: { stdin: boolean; tty: boolean },
): Promise<WebSocket> {
  const options: WebSocket.ClientOptions = {};
  await kubeConfig.applyToHTTPSOptions(options);
  return new WebSocket(execUrl(server, request, streams), EXEC_PROTOCOLS, options);
}

function execUrl(
  server: string,
  { namespace, pod, container, command }: Omit<ExecRequest, 'timeout'>,
  { stdin, tty }: { stdin: boolean; tty: boolean },
): string {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/exec`;
  const url = new URL(server.replace(/^http/, 'ws') + path);
  // With a terminal stdout and stderr are one.
  const wanted = {
    stdout: 'true',
    stderr: tty ? '' : 'true',
    stdin: stdin ? 'true' : '',
    tty: tty ? 'true' : '',
  };
  for (const [name, value] of Object.entries({ ...wanted, container }))
    if (value !== '') url.searchParams.set(name, value);
  for (const word of command) url.searchParams.append('command', word);
  return url.href;
}
