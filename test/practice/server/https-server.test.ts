import { connect as connectPlain } from 'node:net';
import { networkInterfaces } from 'node:os';
import { connect, type TLSSocket } from 'node:tls';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { StatusError } from '../../../src/practice/api/status-error.ts';
import type { Answer, ApiRequest } from '../../../src/practice/api/http.ts';
import type { ServerOptions } from '../../../src/practice/server/https-server.ts';
import { factor } from '../../support/prove.ts';
import { ask, credentials, serveTest, type TestServer } from './support/practice-server.ts';

const open: TestServer[] = [];

afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function serve(options: Partial<ServerOptions> = {}): Promise<TestServer> {
  const server = await serveTest(options);
  open.push(server);
  return server;
}

const TOKEN = `Authorization: Bearer ${credentials['practice-admin']}`;

/** Sends bytes as they are and gives everything that comes until the server closes. */
async function raw(server: TestServer, bytes: string | Uint8Array): Promise<string> {
  const socket = await dial(server);
  socket.write(bytes);
  return untilClosed(socket);
}

function dial(server: TestServer): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: server.port, host: '127.0.0.1', ca: server.authority }, () =>
      resolve(socket),
    );
    socket.on('error', reject);
  });
}

function untilClosed(socket: TLSSocket): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
    socket.on('error', () => undefined);
  });
}

function statusIn(text: string): { code: number; reason: string; message: string } {
  expect(text).toMatch(/^HTTP\/1\.1 \d{3} /);
  const status = JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4)) as ReturnType<typeof statusIn>;
  expect(status).toMatchObject({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure' });
  expect(text).toContain(` ${status.code} `);
  return status;
}

test('a request reaches the handler as it was sent, and the answer comes back', async () => {
  const seen: ApiRequest[] = [];
  const server = await serve({
    handle: (request) => {
      seen.push(request);
      return { status: 201, headers: { 'Content-Type': 'text/plain', 'X-Own': '1' }, body: 'done' };
    },
  });
  const reply = await ask(server, '/api/v1/a%2Fb?x=1&x=2&y=a+b%20c?d', {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json' },
    body: '{}',
  });
  expect(reply).toMatchObject({ status: 201, text: 'done' });
  expect(reply.headers).toMatchObject({ 'content-type': 'text/plain', 'x-own': '1', 'content-length': '4' });
  const [request] = seen;
  expect(request).toMatchObject({ method: 'PATCH', path: '/api/v1/a%2Fb', user: { name: 'practice-admin' } });
  expect([...(request?.query ?? [])]).toEqual([
    ['x', '1'],
    ['x', '2'],
    ['y', 'a b c?d'],
  ]);
  expect(Buffer.from(request?.body ?? []).toString()).toBe('{}');
  expect(request?.headers['content-type']).toBe('application/json');
  expect(server.reported).toEqual([]);
});

test('nobody reaches it from another machine', async () => {
  const server = await serve();
  const others = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => address);
  // All of 127.0.0.0/8 is this machine, on Linux without further ado.
  if (process.platform === 'linux') others.push('127.0.0.2');
  for (const host of others) {
    const reached = await new Promise<boolean>((resolve) => {
      const socket = connectPlain({ host, port: server.port }, () => resolve(true));
      socket.on('connect', () => socket.destroy());
      socket.on('error', () => resolve(false));
    });
    expect([host, reached]).toEqual([host, false]);
  }
});

test.each(['/api', '/healthz', '/version', '/', '/nosuch?x'])('%s needs a token', async (path) => {
  const server = await serve();
  for (const authorization of ['', 'Bearer wrong', 'Basic YTpi']) {
    const reply = await ask(server, path, { headers: { authorization } });
    expect(reply.headers['content-type']).toBe('application/json');
    expect(JSON.parse(reply.text)).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'Unauthorized',
      reason: 'Unauthorized',
      code: 401,
    });
  }
});

test.each([
  ['127.0.0.1:6443', 200],
  ['localhost', 200],
  ['LOCALHOST:1', 200],
  ['[::1]:6443', 200],
  ['kubernetes:443', 200],
  ['evil.example', 403],
  ['127.0.0.1.evil.example', 403],
  ['localhost:80@evil.example', 403],
  ['127.0.0.2', 403],
])('the Host header %s gives %i', async (host, status) => {
  expect((await ask(await serve(), '/api', { headers: { host }, servername: 'localhost' })).status).toBe(
    status,
  );
});

test('no web page gets an answer, not even with a token', async () => {
  const server = await serve();
  for (const origin of ['https://evil.example', 'null', 'https://localhost'])
    for (const method of ['GET', 'POST', 'OPTIONS'])
      expect((await ask(server, '/api', { method, headers: { origin } })).status).toBe(403);
});

test('a body may have 3 MiB', async () => {
  const server = await serve({
    handle: ({ body }) => ({ status: 200, headers: {}, body: String(body.length) }),
  });
  const most = 3 * 1024 * 1024;
  expect(await ask(server, '/', { method: 'POST', body: Buffer.alloc(most) })).toMatchObject({
    text: String(most),
  });
  const declared = await ask(server, '/', { method: 'POST', body: Buffer.alloc(most + 1) });
  const chunked = await ask(server, '/', {
    method: 'POST',
    headers: { 'transfer-encoding': 'chunked' },
    body: Buffer.alloc(most + 1),
  });
  for (const reply of [declared, chunked])
    expect(JSON.parse(reply.text)).toMatchObject({
      code: 413,
      reason: 'RequestEntityTooLarge',
      message: 'Request entity too large: limit is 3145728',
    });
  expect(server.reported).toEqual([]);
});

test('a refusal comes through while the client is still sending', async () => {
  const server = await serve();
  const text = await raw(
    server,
    Buffer.concat([
      Buffer.from(`POST / HTTP/1.1\r\nHost: localhost\r\n${TOKEN}\r\nContent-Length: 100000000\r\n\r\n`),
      Buffer.alloc(8 * 1024 * 1024),
    ]),
  );
  expect(statusIn(text).code).toBe(413);
});

test('a refusal does not spoil the connection for the next request', async () => {
  const server = await serve();
  const body = 'x'.repeat(1_000_000);
  const text = await raw(
    server,
    `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}` +
      `GET /next HTTP/1.1\r\nHost: localhost\r\n${TOKEN}\r\nConnection: close\r\n\r\n`,
  );
  expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 401', 'HTTP/1.1 200']);
  expect(text.endsWith('GET /next')).toBe(true);
});

test.each([
  ['not HTTP', 'hello\r\n\r\n', 400],
  ['no Host', `GET / HTTP/1.1\r\nConnection: close\r\n${TOKEN}\r\n\r\n`, 400],
  ['a space in a header name', `GET / HTTP/1.1\r\nHost : localhost\r\n\r\n`, 400],
  [
    'two lengths',
    `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n`,
    400,
  ],
  [
    'smuggling',
    `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`,
    400,
  ],
  [
    'a bad chunk',
    `POST / HTTP/1.1\r\nHost: localhost\r\n${TOKEN}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
    400,
  ],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['headers without end', `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(200_000)}\r\n\r\n`, 431],
  ['a URL without end', `GET /${'x'.repeat(200_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 431],
  ['an expectation', `GET / HTTP/1.1\r\nHost: localhost\r\n${TOKEN}\r\nExpect: more\r\n\r\n`, 417],
  [
    'an upgrade to HTTP/2',
    `GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n`,
    401,
  ],
])('%s is answered with a Status', async (_name, bytes, code) => {
  const server = await serve();
  expect(statusIn(await raw(server, bytes)).code).toBe(code);
  expect(server.reported).toEqual([]);
});

test('whatever is sent, the server answers in HTTP or not at all, and goes on', async () => {
  const server = await serve({ limits: { headers: 150, request: 200, keepAlive: 50 } });
  const pieces = fc.oneof(
    fc.constantFrom(
      'GET / HTTP/1.1\r\n',
      'POST /api HTTP/1.1\r\n',
      'Host: localhost\r\n',
      `${TOKEN}\r\n`,
      '\r\n',
    ),
    fc.constantFrom('Content-Length: 3\r\n', 'Transfer-Encoding: chunked\r\n', '3\r\nabc\r\n', '0\r\n\r\n'),
    fc.constantFrom(
      'Connection: upgrade\r\nUpgrade: websocket\r\n',
      'Origin: x\r\n',
      'Expect: 100-continue\r\n',
    ),
    fc.string(),
    fc.string({ unit: 'binary' }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(pieces, { maxLength: 8 }), async (parts) => {
      const socket = await dial(server);
      socket.end(parts.join(''), 'latin1');
      const text = await untilClosed(socket);
      expect(text).toMatch(/^$|^HTTP\/1\.1 \d{3} /);
    }),
    { numRuns: 40 * factor },
  );
  expect(await ask(server, '/')).toMatchObject({ status: 200 });
  expect(server.reported).toEqual([]);
});

test.each([
  ['in its headers', 'GET / HTTP/1.1\r\nHost: local', { headers: 100 }],
  [
    'in its body',
    `POST / HTTP/1.1\r\nHost: localhost\r\n${TOKEN}\r\nContent-Length: 10\r\n\r\nabc`,
    { headers: 100, request: 150 },
  ],
])('a client that is too slow %s is cut off', async (_name, bytes, limits) => {
  const server = await serve({ limits });
  expect(statusIn(await raw(server, bytes)).code).toBe(408);
  expect(server.reported).toEqual([]);
});

test('a client that says nothing is cut off', async () => {
  const server = await serve({ limits: { headers: 100 } });
  await raw(server, '');
});

test('so is one that does not even begin with TLS', async () => {
  const server = await serve({ limits: { handshake: 100 } });
  const socket = connectPlain(server.port, '127.0.0.1');
  await new Promise((resolve) => socket.on('close', resolve).on('error', () => undefined));
});

test('without TLS there is no answer', async () => {
  const server = await serve();
  const socket = connectPlain(server.port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  socket.write(`GET / HTTP/1.1\r\nHost: localhost\r\n${TOKEN}\r\n\r\n`);
  await new Promise((resolve) => socket.on('close', resolve).on('error', () => undefined));
  expect(text).not.toContain('HTTP/');
  expect(server.reported).toEqual([]);
});

test('a client that does not read its answer is cut off', async () => {
  const ends: number[] = [];
  const server = await serve({
    limits: { answer: 100 },
    handle: () => ({ status: 200, headers: {}, body: Buffer.alloc(64 * 1024 * 1024) }),
    activity: { begin: () => () => ends.push(1) },
  });
  const socket = await dial(server);
  socket.on('error', () => undefined);
  socket.pause();
  socket.write(`GET / HTTP/1.1\r\nHost: localhost\r\n${TOKEN}\r\n\r\n`);
  await expect.poll(() => ends.length, { timeout: 5000 }).toBe(1);
  socket.destroy();
});

test('there are not more connections than allowed', async () => {
  const server = await serve({ limits: { connections: 2 } });
  const first = await Promise.all([dial(server), dial(server)]);
  await expect(dial(server)).rejects.toThrow();
  for (const socket of first) socket.destroy();
});

test('the API’s own errors are told, with their details', async () => {
  const details = { name: 'x', kind: 'pods', retryAfterSeconds: 2 };
  const server = await serve({
    handle: () => {
      throw new StatusError(429, 'TooManyRequests', 'slowly', details);
    },
  });
  const reply = await ask(server, '/');
  expect(reply).toMatchObject({ status: 429, headers: { 'retry-after': '2' } });
  expect(JSON.parse(reply.text)).toMatchObject({ reason: 'TooManyRequests', message: 'slowly', details });
  expect(server.reported).toEqual([]);
});

test('our bugs are reported, and the client learns nothing of them', async () => {
  const server = await serve({ handle: () => Promise.reject(new Error('secret /home/x')) });
  const reply = await ask(server, '/');
  expect(JSON.parse(reply.text)).toMatchObject({ code: 500, reason: 'InternalError' });
  expect(reply.text).not.toMatch(/secret|home|at /);
  expect(server.reported).toEqual([new Error('secret /home/x')]);
});

test.each([
  ['gzip', 200_000, true],
  ['deflate, gzip;q=1.0, *;q=0.5', 200_000, true],
  ['gzip;q=0', 200_000, false],
  ['identity', 200_000, false],
  ['gzip', 100_000, false],
])('Accept-Encoding %s, %i bytes: compressed %s', async (accepted, size, compressed) => {
  const server = await serve({ handle: () => ({ status: 200, headers: {}, body: 'x'.repeat(size) }) });
  const reply = await ask(server, '/', { headers: { 'accept-encoding': accepted } });
  expect(reply.headers['content-encoding']).toBe(compressed ? 'gzip' : undefined);
  expect((compressed ? gunzipSync(reply.body) : reply.body).toString()).toBe('x'.repeat(size));
});

test('HEAD has the headers of GET and no body', async () => {
  const reply = await ask(await serve({ handle: () => ({ status: 200, headers: {}, body: 'abc' }) }), '/', {
    method: 'HEAD',
  });
  expect(reply).toMatchObject({ status: 200, text: '', headers: { 'content-length': '3' } });
});

test('a stream comes piece by piece and learns that its client has gone', async () => {
  let aborted = false;
  const server = await serve({
    handle: () => ({
      status: 200,
      headers: { 'Content-Type': 'application/json' },
      body: async (write, signal) => {
        await write('one\n');
        signal.addEventListener('abort', () => (aborted = true));
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      },
    }),
  });
  const socket = await dial(server);
  socket.write(`GET / HTTP/1.1\r\nHost: localhost\r\n${TOKEN}\r\n\r\n`);
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await expect.poll(() => text).toMatch(/Transfer-Encoding: chunked[^]*one\n/);
  expect(aborted).toBe(false);
  socket.destroy();
  await expect.poll(() => aborted).toBe(true);
  expect(server.reported).toEqual([]);
});

test('nonsense while an answer is under way is not answered in the middle of it', async () => {
  const server = await serve({
    handle: () => ({
      status: 200,
      headers: {},
      body: async (write, signal) => {
        await write('begun');
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      },
    }),
  });
  const socket = await dial(server);
  const all = untilClosed(socket);
  socket.write(`GET / HTTP/1.1\r\nHost: localhost\r\n${TOKEN}\r\n\r\n`);
  await new Promise((resolve) => socket.once('data', resolve));
  socket.write('nonsense\r\n\r\n');
  expect((await all).match(/HTTP\/1\.1/g)).toHaveLength(1);
});

test('a stream that ends leaves the connection usable', async () => {
  const handle = ({ path }: ApiRequest): Answer =>
    path === '/stream'
      ? { status: 200, headers: {}, body: async (write) => write('x') }
      : { status: 200, headers: {}, body: 'y' };
  const server = await serve({ handle });
  const text = await raw(
    server,
    `GET /stream HTTP/1.1\r\nHost: localhost\r\n${TOKEN}\r\n\r\n` +
      `GET / HTTP/1.1\r\nHost: localhost\r\n${TOKEN}\r\nConnection: close\r\n\r\n`,
  );
  expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
  expect(text.endsWith('y')).toBe(true);
});

test('a writer that waits goes at its reader’s pace', async () => {
  let written = 0;
  const server = await serve({
    handle: () => ({
      status: 200,
      headers: {},
      body: async (write, signal) => {
        while (!signal.aborted && written < 256 * 1024 * 1024) {
          await write(Buffer.alloc(256 * 1024));
          written += 256 * 1024;
        }
      },
    }),
  });
  const socket = await dial(server);
  socket.pause();
  socket.write(`GET / HTTP/1.1\r\nHost: localhost\r\n${TOKEN}\r\n\r\n`);
  // What the sockets' own buffers hold depends on the machine; it stops rising.
  await expect
    .poll(async () => {
      const before = written;
      await new Promise((resolve) => setTimeout(resolve, 100));
      return before > 0 && written === before;
    })
    .toBe(true);
  expect(written).toBeLessThan(64 * 1024 * 1024);
  socket.destroy();
});

test('a watcher that lets too much wait is cut off', async () => {
  let ended = false;
  const server = await serve({
    limits: { queuedBytes: 1024 * 1024 },
    handle: () => ({
      status: 200,
      headers: {},
      body: (write, signal) =>
        new Promise((resolve) => {
          // As a watch does: it can't make the world wait.
          const timer = setInterval(() => {
            for (let i = 0; i < 20; i++) void write(Buffer.alloc(64 * 1024));
          }, 1);
          signal.addEventListener('abort', () => {
            clearInterval(timer);
            ended = true;
            resolve();
          });
        }),
    }),
  });
  const socket = await dial(server);
  socket.on('error', () => undefined);
  socket.pause();
  socket.write(`GET / HTTP/1.1\r\nHost: localhost\r\n${TOKEN}\r\n\r\n`);
  await expect.poll(() => ended, { timeout: 5000 }).toBe(true);
  expect(server.reported).toEqual([]);
  socket.destroy();
});

test('a stream that fails half-way is broken off and reported', async () => {
  const failure = new Error('half-way');
  const server = await serve({
    handle: () => ({
      status: 200,
      headers: {},
      body: async (write) => {
        await write('x');
        throw failure;
      },
    }),
  });
  await expect(ask(server, '/')).rejects.toThrow(/aborted|hang up|ECONNRESET/);
  expect(server.reported).toEqual([failure]);
});

test('closing ends watches and connections at once', async () => {
  const server = await serveTest({
    handle: () => ({
      status: 200,
      headers: {},
      body: (write, signal) =>
        new Promise((resolve) => {
          void write('begun\n');
          signal.addEventListener('abort', () => resolve());
        }),
    }),
  });
  const watch = ask(server, '/');
  const idle = await dial(server);
  const idleClosed = untilClosed(idle);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const begun = performance.now();
  await server.close();
  expect(performance.now() - begun).toBeLessThan(1000);
  expect(await watch).toMatchObject({ status: 200, text: 'begun\n' });
  await idleClosed;
  await expect(ask(server, '/', { agent: false })).rejects.toThrow('ECONNREFUSED');
});

test('the port asked for is taken, or another when somebody has it', async () => {
  const first = await serve();
  const second = await serve({ port: first.port });
  expect(second.port).not.toBe(first.port);
  expect(await ask(second, '/')).toMatchObject({ status: 200 });
  await first.close();
  expect((await serve({ port: first.port })).port).toBe(first.port);
});

test('activity is told of each request, and the log has a line for it', async () => {
  const events: string[] = [];
  const server = await serve({
    activity: {
      begin: () => {
        events.push('begin');
        return () => events.push('end');
      },
    },
    log: (line) => events.push(line),
  });
  await ask(server, '/api');
  await ask(server, '/api', { headers: { authorization: '' } });
  await expect.poll(() => events).toEqual(['begin', 'end', 'GET /api 200', 'begin', 'end', 'GET /api 401']);
});
