import type { Clock } from '../clock.ts';
import { type Connection, ConnectionReset } from '../network/connection.ts';
import type { NetworkStack } from '../network/stack.ts';

export interface HttpRequest {
  address: string;
  port: number;
  path: string;
  headers: { name: string; value: string }[];
}

/** What came of a request; `error` is worded as Go's net package words it. */
export type HttpAnswer = { status: number; location: string | undefined } | { error: string };

/** Opens a connection, as Go's net.Dial; the error is Go's. `signal` aborts when time is up. */
export function dial(
  stack: NetworkStack,
  address: string,
  port: number,
  signal: AbortSignal,
): Promise<Connection | { error: string }> {
  const place = `dial tcp ${address.includes(':') ? `[${address}]` : address}:${port}`;
  const result = stack.connect(address, port);
  switch (result.kind) {
    case 'connected':
      return Promise.resolve(result.connection);
    case 'refused':
      return Promise.resolve({ error: `${place}: connect: connection refused` });
    case 'unreachable': {
      const what = result.what === 'network' ? 'network is unreachable' : 'no route to host';
      return Promise.resolve({ error: `${place}: connect: ${what}` });
    }
    case 'dropped':
      return new Promise((resolve) => {
        const late = (): void => resolve({ error: `${place}: i/o timeout` });
        if (signal.aborted) late();
        else signal.addEventListener('abort', late, { once: true });
      });
  }
}

/** One GET as a kubelet's probe sends it. The body is not read. */
export async function httpGet(
  stack: NetworkStack,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const connection = await dial(stack, request.address, request.port, signal);
  if ('error' in connection) return connection;
  try {
    await send(connection, Buffer.from(requestText(request), 'latin1'), signal);
    return parseHead(await readHead(connection, signal));
  } catch (error) {
    if (!(error instanceof ConnectionReset)) throw error;
    const { local, remote } = connection;
    const ends = `${local.address}:${local.port}->${remote.address}:${remote.port}`;
    return { error: `read tcp ${ends}: read: connection reset by peer` };
  } finally {
    connection.close();
  }
}

function requestText({ address, port, path, headers }: HttpRequest): string {
  const own = headers.map(({ name, value }) => [name, value] as const);
  const given = new Map(own.map(([name, value]) => [name.toLowerCase(), value]));
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: ${given.get('host') ?? `${address}:${port}`}`,
    `User-Agent: ${given.get('user-agent') ?? 'kube-probe/1.34'}`,
    `Accept: ${given.get('accept') ?? '*/*'}`,
    ...own
      .filter(([name]) => !['host', 'user-agent', 'accept', 'connection'].includes(name.toLowerCase()))
      .map(([name, value]) => `${name}: ${value}`),
    'Connection: close',
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

async function send(connection: Connection, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
  for (let sent = 0; sent < bytes.length && !signal.aborted;) {
    const taken = connection.send(bytes.subarray(sent));
    sent += taken;
    if (taken === 0) await change(connection, signal);
  }
}

/** A server may send so much before the empty line; more is none of HTTP's. */
const LONGEST_HEAD = 64 * 1024;

async function readHead(connection: Connection, signal: AbortSignal): Promise<string> {
  let head = '';
  while (!signal.aborted && head.length < LONGEST_HEAD) {
    const bytes = connection.receive();
    if (bytes === null) break;
    if (bytes === undefined) await change(connection, signal);
    else head += Buffer.from(bytes).toString('latin1');
    if (head.includes('\r\n\r\n')) break;
  }
  return signal.aborted ? TIMED_OUT : head;
}

const TIMED_OUT = '\0';

/** Also Go's words for a connection that was opened in time and stayed silent. */
export const AWAITING_HEADERS = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';

function parseHead(head: string): HttpAnswer {
  if (head === TIMED_OUT) return { error: AWAITING_HEADERS };
  if (head === '') return { error: 'EOF' };
  const [first = '', ...fields] = head.split('\r\n');
  const status = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(first)?.[1];
  if (status === undefined)
    return {
      error: `net/http: HTTP/1.x transport connection broken: malformed HTTP response ${JSON.stringify(first)}`,
    };
  const location = fields
    .find((field) => /^location:/i.test(field))
    ?.slice('location:'.length)
    .trim();
  return { status: Number(status), location };
}

function change(connection: Connection, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      stop();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const stop = connection.onChange(done);
    signal.addEventListener('abort', done, { once: true });
  });
}

/** A signal that aborts after `milliseconds` or with `outer`; `done` gives the timer back. */
export function deadline(
  clock: Clock,
  milliseconds: number,
  outer: AbortSignal,
): { signal: AbortSignal; done(): void } {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const cancel = clock.after(milliseconds, abort);
  outer.addEventListener('abort', abort, { once: true });
  if (outer.aborted) abort();
  const done = (): void => {
    cancel();
    outer.removeEventListener('abort', abort);
  };
  return { signal: controller.signal, done };
}
