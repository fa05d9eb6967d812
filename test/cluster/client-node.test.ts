import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Api } from '../../src/cluster/api.ts';
import { connect } from '../../src/cluster/client-node.ts';
import type { Connection, ExecAnswer, TransportError, WatchEvent } from '../../src/cluster/connection.ts';
import { waitFor } from '../../src/cluster/watch.ts';
import { LOOPBACK_CERTIFICATE, OTHER_AUTHORITY } from '../support/loopback-certificate.ts';
import { channel, LoopbackServer } from '../support/loopback-server.ts';

let server: LoopbackServer;
const opened: Connection[] = [];
const never = new AbortController().signal;

beforeEach(async () => {
  server = new LoopbackServer();
  await server.listen();
});

afterEach(async () => {
  for (const connection of opened.splice(0)) connection.close();
  await server.close();
});

function open(options: { authority?: string; user?: object; url?: string } = {}): Connection {
  const url = options.url ?? server.url;
  const authority = Buffer.from(options.authority ?? LOOPBACK_CERTIFICATE).toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'tester', namespace: 'default' } }],
    clusters: [{ name: 'test', cluster: { server: url, 'certificate-authority-data': authority } }],
    users: [{ name: 'tester', user: options.user ?? { token: 'secret-token' } }],
  };
  const target = { context: 'test', cluster: 'test', server: url, user: 'tester', namespace: 'default' };
  const connection = connect(config, target);
  opened.push(connection);
  return connection;
}

async function failure(work: Promise<unknown>): Promise<TransportError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ name: 'TransportError' });
  return error as TransportError;
}

const get = (path = '/api/v1/pods') => ({ method: 'GET', path }) as const;

describe('send', () => {
  it('reuses one connection', async () => {
    const connection = open();
    for (let count = 0; count < 5; count++) await connection.send(get(), never);
    expect(server.received).toHaveLength(5);
    expect(server.connections).toBe(1);
  });

  it('reuses it for watch and exec, too', async () => {
    const connection = open();
    server.exec = (socket) => socket.send(channel(3, '{"status":"Success"}'));
    await connection.send(get(), never);
    await connection.watch('/api/v1/pods', {}, () => undefined, never);
    await connection.send(get(), never);
    await connection.exec(
      { namespace: 'n', pod: 'p', container: 'c', command: ['x'], timeout: 5_000 },
      never,
    );
    expect(server.received).toHaveLength(4);
    expect(server.connections).toBe(1);
  });

  it('tells the status, the headers and the body, whatever they are', async () => {
    server.respond = (_request, response) =>
      response.writeHead(429, { 'Retry-After': '3', 'Content-Type': 'text/plain' }).end('slower\n');
    const answer = await open().send(get(), never);
    expect(answer).toMatchObject({ status: 429, body: 'slower\n', headers: { 'retry-after': '3' } });
  });

  it('reads a compressed answer', async () => {
    const text = '{"items":["grün"]}';
    server.respond = ({ headers }, response) => {
      expect(headers['accept-encoding']).toBe('gzip');
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(text));
    };
    expect((await open().send(get(), never)).body).toBe(text);
  });

  it('sends path and query as they are', async () => {
    await open().send(
      {
        ...get('/api/v1/namespaces/a%2Fb/pods'),
        query: { fieldSelector: 'metadata.name=x,a!=b', limit: 5, watch: false, continue: undefined },
      },
      never,
    );
    const url = new URL(server.received[0]?.url ?? '', server.url);
    expect(url.pathname).toBe('/api/v1/namespaces/a%2Fb/pods');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      fieldSelector: 'metadata.name=x,a!=b',
      limit: '5',
      watch: 'false',
    });
  });

  it('keeps the path of a server behind a proxy', async () => {
    await open({ url: `${server.url}/k8s/clusters/c-1/` }).send(get(), never);
    expect(server.received[0]?.url).toBe('/k8s/clusters/c-1/api/v1/pods');
  });

  it('sends the body of a DELETE with its length', async () => {
    const body = JSON.stringify({ preconditions: { uid: 'ü' } });
    await open().send({ method: 'DELETE', path: '/x', body }, never);
    const [received] = server.received;
    expect(received).toMatchObject({ method: 'DELETE', body });
    expect(received?.headers['content-length']).toBe(String(Buffer.byteLength(body)));
    expect(received?.headers['transfer-encoding']).toBeUndefined();
    expect(received?.headers['content-type']).toBe('application/json');
  });

  it('sends fields that client-node does not know', async () => {
    const pod = { apiVersion: 'v1', kind: 'Pod', spec: { notYetInvented: { a: [1] } }, zone: 'x' };
    await open().send({ method: 'POST', path: '/x', body: JSON.stringify(pod) }, never);
    expect(JSON.parse(server.received[0]?.body ?? '')).toEqual(pod);
  });

  it('sends the type and the wish that the request names', async () => {
    const contentType = 'application/apply-patch+yaml';
    await open().send({ method: 'PATCH', path: '/x', body: '{}', contentType, accept: 'text/plain' }, never);
    expect(server.received[0]?.headers).toMatchObject({ 'content-type': contentType, accept: 'text/plain' });
  });
});

describe('credentials', () => {
  const exec = { namespace: 'n', pod: 'p', container: 'c', command: ['x'], timeout: 5_000 };

  it('takes a token with a newline at its end', async () => {
    const connection = open({ user: { token: 'secret-token\n' } });
    server.exec = (socket) => socket.send(channel(3, '{"status":"Success"}'));
    await connection.send(get(), never);
    expect((await connection.exec(exec, never)).end.kind).toBe('status');
    for (const { headers } of server.received) expect(headers.authorization).toBe('Bearer secret-token');
  });

  it('never shows a token that can not be sent', async () => {
    const connection = open({ user: { token: 'secret\ntoken' } });
    const error = await failure(connection.send(get(), never));
    expect(error.reason).toBe('credentials');
    expect(`${error.message} ${String(error.stack)}`).not.toMatch(/secret|token/);
    expect(JSON.stringify(await connection.exec(exec, never))).not.toMatch(/secret/);
  });

  it('says so when a plugin can not be run', async () => {
    const plugin = {
      exec: {
        apiVersion: 'client.authentication.k8s.io/v1',
        command: '/nonexistent/plugin',
        interactiveMode: 'Never',
      },
    };
    const connection = open({ user: plugin });
    expect((await failure(connection.send(get(), never))).reason).toBe('credentials');
    const watched = connection.watch('/x', {}, () => undefined, never);
    expect((await failure(watched)).reason).toBe('credentials');
    expect((await connection.exec(exec, never)).end.kind).toBe('transport');
    expect(server.received).toEqual([]);
  });
});

describe('a token that is taken back before its time is over', () => {
  let folder: string;
  let good: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'k8snet-token-'));
    good = 'token-1';
    give('token-1');
    server.respond = (request, response) => {
      const welcome = request.headers.authorization === `Bearer ${good}`;
      response.writeHead(welcome ? 200 : 401).end('{}');
    };
    return () => rmSync(folder, { recursive: true });
  });

  /** What the plugin will say, and the file will hold. */
  function give(token: string): void {
    const expirationTimestamp = '2999-01-01T00:00:00Z';
    const credential = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential' };
    const text = JSON.stringify({ ...credential, status: { token, expirationTimestamp } });
    writeFileSync(join(folder, 'credential'), text);
  }

  const plugin = (): object => ({
    exec: {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: process.execPath,
      args: [
        '-e',
        'const fs = require("fs"); fs.appendFileSync(process.argv[1] + "/runs", "x"); console.log(fs.readFileSync(process.argv[1] + "/credential", "utf8"))',
        folder,
      ],
      interactiveMode: 'Never',
    },
  });
  const runs = (): number => readFileSync(join(folder, 'runs'), 'utf8').length;

  it('the plugin is asked once more, for all requests at once, and nobody notices', async () => {
    const connection = open({ user: plugin() });
    expect((await connection.send(get(), never)).status).toBe(200);
    good = 'token-2';
    give('token-2');
    const answers = await Promise.all([1, 2, 3].map(() => connection.send(get(), never)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await connection.watch('/x', {}, () => undefined, never)).toBeUndefined();
    // A plugin that is still running is not waited for by the requests that came with the first.
    expect(runs()).toBeLessThanOrEqual(1 + answers.length);
  });

  it('a plugin that has no better one is believed after one more try', async () => {
    const connection = open({ user: plugin() });
    good = 'another';
    expect((await connection.send(get(), never)).status).toBe(401);
    expect(server.received).toHaveLength(2);
  });

  it('a token that stands in the kubeconfig is not tried twice', async () => {
    const connection = open({ user: { token: 'stale' } });
    expect((await connection.send(get(), never)).status).toBe(401);
    expect(server.received).toHaveLength(1);
  });
});

describe('trouble on the way', () => {
  it('a server that the kubeconfig does not trust', async () => {
    const error = await failure(open({ authority: OTHER_AUTHORITY }).send(get(), never));
    expect(error.reason).toBe('certificate');
    expect(server.received).toEqual([]);
  });

  it('a server by a name that its certificate does not hold', async () => {
    const url = server.url.replace('127.0.0.1', '[::ffff:127.0.0.1]');
    expect((await failure(open({ url }).send(get(), never))).reason).toBe('certificate');
  });

  it('a port where nobody listens', async () => {
    const { url } = server;
    await server.close();
    const error = await failure(open({ url }).send(get(), never));
    expect(error).toMatchObject({ reason: 'connection', code: 'ECONNREFUSED' });
    await server.listen();
  });

  it('a connection that is cut', async () => {
    server.respond = (_request, response) => response.destroy();
    expect((await failure(open().send(get(), never))).reason).toBe('connection');
  });

  it.each([
    ['an answer that is cut', { 'Content-Length': '1000' }],
    ['an answer of unknown length that is cut', {}],
    ['a compressed answer that is cut', { 'Content-Encoding': 'gzip' }],
  ])('%s', async (_name, headers) => {
    server.respond = (_request, response) => {
      const begun = 'Content-Encoding' in headers ? gzipSync('{"items":').subarray(0, 12) : '{"items":';
      response.writeHead(200, headers).write(begun);
      setTimeout(() => response.destroy(), 20);
    };
    expect((await failure(open().send(get(), never))).reason).toBe('connection');
  });

  it('no answer in time', async () => {
    server.respond = () => undefined;
    expect((await failure(open().send({ ...get(), timeout: 50 }, never))).reason).toBe('timeout');
  });

  it('half an answer in time', async () => {
    server.respond = (_request, response) => void response.writeHead(200).write('{"items":');
    expect((await failure(open().send({ ...get(), timeout: 50 }, never))).reason).toBe('timeout');
  });

  it('an interruption, before and meanwhile', async () => {
    const controller = new AbortController();
    // It never answers, and the request is on its way.
    server.respond = () => controller.abort();
    expect((await failure(open().send(get(), controller.signal))).reason).toBe('aborted');
    expect((await failure(open().send(get(), controller.signal))).reason).toBe('aborted');
    expect(server.received).toHaveLength(1);
  });
});

describe('exec', () => {
  const request = {
    namespace: 'learn',
    pod: 'web',
    container: 'shell',
    command: ['sh', '-c', 'echo "a b" & c'],
    timeout: 5_000,
  };
  const run = (signal = never, timeout = 5_000): Promise<ExecAnswer> =>
    open().exec({ ...request, timeout }, signal);
  const status = (content: object): Buffer => channel(3, JSON.stringify(content));

  it('asks as kubectl does, without stdin', async () => {
    server.exec = (socket) => socket.send(status({ status: 'Success' }));
    await run();
    const [received] = server.received;
    const url = new URL(received?.url ?? '', server.url);
    expect(url.pathname).toBe('/api/v1/namespaces/learn/pods/web/exec');
    expect(url.searchParams.getAll('command')).toEqual(request.command);
    expect(url.searchParams.get('container')).toBe('shell');
    expect(url.searchParams.get('stdout')).toBe('true');
    expect(url.searchParams.get('stderr')).toBe('true');
    expect(url.searchParams.get('stdin') ?? 'false').toBe('false');
    expect(received?.headers['sec-websocket-protocol']).toMatch(
      /^v5\.channel\.k8s\.io, ?v4\.channel\.k8s\.io$/,
    );
    expect(received?.headers.authorization).toBe('Bearer secret-token');
  });

  it('ends with the status', async () => {
    server.exec = (socket) => {
      socket.send(channel(1, ''));
      socket.send(channel(1, 'one '));
      socket.send(channel(2, 'a warning'));
      socket.send(channel(1, 'two'));
      socket.send(status({ status: 'Success' }));
      socket.close();
    };
    expect(await run()).toEqual({
      end: { kind: 'status', status: { status: 'Success' } },
      stdout: 'one two',
      stderr: 'a warning',
    });
  });

  it('puts together what was cut within a character', async () => {
    const bytes = Buffer.from('grün');
    server.exec = (socket) => {
      socket.send(Buffer.concat([Buffer.from([1]), bytes.subarray(0, 3)]));
      socket.send(Buffer.concat([Buffer.from([1]), bytes.subarray(3)]));
      socket.send(status({ status: 'Success' }));
    };
    expect((await run()).stdout).toBe('grün');
  });

  it('tells the exit code', async () => {
    const failed = { status: 'Failure', details: { causes: [{ reason: 'ExitCode', message: '7' }] } };
    server.exec = (socket) => socket.send(status(failed));
    expect((await run()).end).toEqual({ kind: 'status', status: failed });
  });

  it.each([
    ['is closed', (): 'close' => 'close'],
    ['is dropped', (): 'terminate' => 'terminate'],
  ])('is lost when the socket %s', async (_name, how) => {
    server.exec = (socket) => {
      socket.send(channel(1, 'half'));
      setTimeout(() => socket[how()](), 20);
    };
    expect(await run()).toEqual({ end: { kind: 'lost' }, stdout: 'half', stderr: '' });
  });

  it.each([403, 400, 500])('is refused with %i and the words', async (code) => {
    const body = JSON.stringify({ kind: 'Status', message: 'pods "web" is forbidden' });
    server.refuseExec = { status: code, body };
    expect((await run()).end).toEqual({ kind: 'refused', status: code, body });
  });

  it('is given up when it hangs', async () => {
    server.exec = (socket) => socket.send(channel(1, 'half'));
    expect(await run(never, 100)).toEqual({ end: { kind: 'timeout' }, stdout: 'half', stderr: '' });
  });

  it('leaves no timer behind that would keep the process alive', async () => {
    server.exec = (socket) => socket.send(status({ status: 'Success' }));
    const set = vi.spyOn(globalThis, 'setTimeout');
    const clear = vi.spyOn(globalThis, 'clearTimeout');
    await run(never, 54_321);
    const at = set.mock.calls.findIndex(([, delay]) => delay === 54_321);
    expect(at).not.toBe(-1);
    expect(clear).toHaveBeenCalledWith(set.mock.results[at]?.value);
    vi.restoreAllMocks();
  });

  it('is interrupted, before and meanwhile', async () => {
    const controller = new AbortController();
    let closed = false;
    server.exec = (socket) => {
      socket.on('close', () => (closed = true));
      setTimeout(() => controller.abort(), 20);
    };
    expect((await run(controller.signal)).end).toEqual({ kind: 'transport', message: 'interrupted' });
    await expect.poll(() => closed).toBe(true);
    expect((await run(controller.signal)).end).toEqual({ kind: 'transport', message: 'interrupted' });
    expect(server.received).toHaveLength(1);
  });

  it.each(['{"status":', 'null', '"words"', ''])('survives a status that is none: %j', async (content) => {
    server.exec = (socket) => socket.send(channel(3, content));
    expect((await run()).end).toEqual({ kind: 'lost' });
  });

  it.each([Buffer.alloc(0), Buffer.from([9, 65]), Buffer.from([255, 1])])(
    'passes over a message %j',
    async (message) => {
      server.exec = (socket) => {
        socket.send(message);
        socket.send(status({ status: 'Success' }));
      };
      expect(await run()).toMatchObject({ end: { kind: 'status' }, stdout: '', stderr: '' });
    },
  );

  it('cuts a flood', async () => {
    server.exec = (socket) => {
      for (let count = 0; count < 5; count++) socket.send(channel(1, 'x'.repeat(400_000)));
      socket.send(status({ status: 'Success' }));
    };
    const answer = await run();
    expect(answer.stdout).toHaveLength(1024 * 1024);
    expect(answer.end.kind).toBe('status');
  });

  it('can not be had from a server that is gone or not trusted', async () => {
    expect((await open({ authority: OTHER_AUTHORITY }).exec(request, never)).end.kind).toBe('transport');
    const { url } = server;
    await server.close();
    expect((await open({ url }).exec(request, never)).end).toMatchObject({
      kind: 'transport',
      message: expect.stringContaining('ECONNREFUSED'),
    });
    await server.listen();
  });
});

describe('watch', () => {
  const line = (name: string): string =>
    `${JSON.stringify({ type: 'ADDED', object: { metadata: { name } } })}\n`;

  it('turns lines into events, however they are cut', async () => {
    server.respond = (_request, response) => {
      const text = line('a') + line('b') + line('c');
      response.writeHead(200).write(text.slice(0, 30));
      setTimeout(() => response.end(text.slice(30)), 20);
    };
    const events: WatchEvent[] = [];
    const query = { resourceVersion: '7', timeoutSeconds: 5, labelSelector: undefined };
    expect(await open().watch('/api/v1/pods', query, (event) => events.push(event), never)).toBeUndefined();
    expect(events).toEqual(
      ['a', 'b', 'c'].map((name) => ({ type: 'ADDED', object: { metadata: { name } } })),
    );
    const url = new URL(server.received[0]?.url ?? '', server.url);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      watch: 'true',
      resourceVersion: '7',
      timeoutSeconds: '5',
    });
  });

  it.each([403, 410, 500])('tells that it was refused: %i', async (code) => {
    server.respond = (_request, response) => response.writeHead(code).end('{}');
    expect(await open().watch('/x', {}, () => undefined, never)).toBe(code);
  });

  it('ends when it is interrupted, and so does the request', async () => {
    const controller = new AbortController();
    let closed = false;
    server.respond = (_request, response) => {
      response.on('close', () => (closed = true));
      response.writeHead(200).write(line('a'));
    };
    const events: WatchEvent[] = [];
    const watched = open().watch(
      '/x',
      {},
      (event) => {
        events.push(event);
        controller.abort();
      },
      controller.signal,
    );
    expect(await watched).toBeUndefined();
    expect(events).toHaveLength(1);
    await expect.poll(() => closed).toBe(true);
  });

  it('does not begin after an interruption', async () => {
    await open().watch('/x', {}, () => undefined, AbortSignal.abort());
    expect(server.received).toEqual([]);
  });

  it('ends when the connection is cut', async () => {
    server.respond = (_request, response) => {
      response.writeHead(200).write(line('a'));
      setTimeout(() => response.destroy(), 20);
    };
    expect(await open().watch('/x', {}, () => undefined, never)).toBeUndefined();
  });

  it('tells what a callback throws', async () => {
    server.respond = (_request, response) => void response.writeHead(200).write(line('a'));
    const watched = open().watch(
      '/x',
      {},
      () => {
        throw new RangeError('a bug');
      },
      never,
    );
    await expect(watched).rejects.toThrow(RangeError);
  });

  it('carries waitFor, list and watch over one connection', async () => {
    server.respond = ({ url }, response) => {
      if (!url.includes('watch=true'))
        return response.end(JSON.stringify({ metadata: { resourceVersion: '1' }, items: [] }));
      response.writeHead(200).write(line('other'));
      setTimeout(() => response.write(line('web')), 20);
      return response;
    };
    const timing = {
      now: Date.now,
      random: Math.random,
      sleep: (milliseconds: number, signal: AbortSignal): Promise<void> =>
        new Promise((resolve) => {
          const timer = setTimeout(resolve, milliseconds);
          signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
        }),
    };
    const api = new Api(open(), never, timing);
    const found = await waitFor(api, '/api/v1/pods', { timeout: 5_000 }, (pods) =>
      pods.find((pod) => pod.metadata.name === 'web'),
    );
    expect(found?.metadata.name).toBe('web');
    expect(server.connections).toBe(1);
  });
});
