import { connect, type TLSSocket } from 'node:tls';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { StatusError } from '../../../src/practice/api/status-error.ts';
import { type ExecOptions, StartFailure } from '../../../src/practice/containers/container.ts';
import { PROTOCOLS } from '../../../src/practice/server/exec-frame.ts';
import type { ExecTarget } from '../../../src/practice/api/exec.ts';
import type { ServerOptions } from '../../../src/practice/server/https-server.ts';
import { factor } from '../../support/prove.ts';
import { type ExecClient, HEADERS, SpdyClient, WebSocketClient } from './support/exec-client.ts';
import { ask, serveTest, type TestServer } from './support/practice-server.ts';

type Streams = Omit<ExecOptions, 'command'>;

/** A process of a test's own: what it does with its streams gives its exit code. */
class TestProcess {
  readonly events: string[] = [];
  killed = false;
  streams: Streams = {};
  private readonly run: (streams: Streams, process: TestProcess) => Promise<number>;

  constructor(run: (streams: Streams, process: TestProcess) => Promise<number>) {
    this.run = run;
  }

  target(streams: Partial<ExecTarget> = {}): ExecTarget {
    return {
      stdin: true,
      stdout: true,
      stderr: true,
      tty: false,
      ...streams,
      check: () => undefined,
      start: (given) => {
        this.streams = given;
        return {
          exited: this.run(given, this),
          resize: (columns, rows) => this.events.push(`resize ${columns}x${rows}`),
          kill: () => (this.killed = true),
        };
      },
    };
  }
}

const cat = async ({ stdin, stdout }: Streams): Promise<number> => {
  for (let bytes = await stdin?.read(); bytes != null; bytes = await stdin?.read())
    await stdout?.write(bytes);
  return 0;
};
const forever = (): Promise<number> => new Promise(() => undefined);
const text = (value: string): Uint8Array => Buffer.from(value);

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function serve(
  process: TestProcess | ExecTarget,
  streams: Partial<ExecTarget> = {},
  options: Partial<ServerOptions> = {},
): Promise<TestServer> {
  const target = process instanceof TestProcess ? process.target(streams) : process;
  const server = await serveTest({ resolveExec: () => target, ...options });
  servers.push(server);
  return server;
}

const clients: Record<string, (server: TestServer) => ExecClient> = {
  ...Object.fromEntries(
    PROTOCOLS.map((protocol) => [protocol, (server: TestServer) => new WebSocketClient(server, protocol)]),
  ),
  'SPDY/3.1': (server) => new SpdyClient(server),
};

describe.each(Object.entries(clients))('%s', (protocol, connect) => {
  test('carries stdout, stderr and the exit code', async () => {
    const process = new TestProcess(async ({ stdout, stderr }) => {
      await stdout?.write(text('out'));
      await stderr?.write(text('err'));
      return 7;
    });
    const client = connect(await serve(process));
    expect(await client.status()).toEqual({
      metadata: {},
      status: 'Failure',
      message: 'command terminated with non-zero exit code: command terminated with exit code 7',
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: '7' }] },
    });
    expect([client.stdout, client.stderr]).toEqual(['out', 'err']);
  });

  test('success', async () => {
    const process = new TestProcess(() => Promise.resolve(0));
    const client = connect(await serve(process));
    expect(await client.status()).toEqual({ metadata: {}, status: 'Success' });
    expect(process.killed).toBe(false);
  });

  test('carries stdin', async () => {
    const process = new TestProcess(async ({ stdin, stdout }) => {
      const line = await stdin?.read();
      await stdout?.write(line ?? text('nothing'));
      return 0;
    });
    const client = await connect(await serve(process)).opened();
    client.send('stdin', 'hello');
    await client.status();
    expect(client.stdout).toBe('hello');
  });

  test('tells of the terminal’s size', async () => {
    const process = new TestProcess(forever);
    const client = await connect(await serve(process, { tty: true })).opened();
    client.send('resize', '{"Width":120,"Height":40}');
    for (const nonsense of [
      '',
      '{',
      'null',
      '[]',
      '{"Width":0,"Height":40}',
      '{"Width":1e9,"Height":1}',
      '7',
    ])
      client.send('resize', nonsense);
    client.send('resize', '{"Width":80,"Height":24}');
    await expect.poll(() => process.events).toEqual(['resize 120x40', 'resize 80x24']);
    expect(process.streams.terminal).toBeDefined();
    // A terminal has one stream.
    expect(process.streams.stderr).toBeUndefined();
  });

  test('kills the process when the client goes away', async () => {
    const process = new TestProcess(forever);
    const client = await connect(await serve(process)).opened();
    client.vanish();
    await expect.poll(() => process.killed).toBe(true);
  });

  test('kills the process when the client says goodbye, and its stdin ends', async () => {
    let ended = false;
    const process = new TestProcess(async ({ stdin }) => {
      ended = (await stdin?.read()) === null;
      return forever();
    });
    const client = await connect(await serve(process)).opened();
    client.leave();
    await expect.poll(() => process.killed && ended).toBe(true);
  });

  test('a program that can not be started is an internal error, in the runtime’s words', async () => {
    const target = new TestProcess(forever).target();
    target.start = () => {
      throw new StartFailure('exec: "nope": executable file not found in $PATH', 127);
    };
    const client = connect(await serve(target));
    const said = 'error executing command in container: exec: "nope": executable file not found in $PATH';
    const cause = protocol === 'v5.channel.k8s.io' ? `Internal error occurred: ${said}` : said;
    expect(await client.status()).toEqual({
      metadata: {},
      status: 'Failure',
      message: `Internal error occurred: ${cause}`,
      reason: 'InternalError',
      details: { causes: [{ message: cause }] },
      code: 500,
    });
  });

  test('what the kubelet refuses is said in its words', async () => {
    const target = new TestProcess(forever).target();
    target.start = () => {
      throw new StatusError(500, 'InternalError', 'unable to upgrade connection: container not found ("c")');
    };
    const client = connect(await serve(target));
    expect(await client.status()).toMatchObject({
      message: 'unable to upgrade connection: container not found ("c")',
      code: 500,
    });
  });
});

describe.each(PROTOCOLS)('%s', (protocol) => {
  test('whatever comes, stdin arrives in order and the session ends as it should', async () => {
    const message = fc.oneof(
      { weight: 3, arbitrary: fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from([0, ...bytes])) },
      fc.uint8Array({ maxLength: 32 }).map((bytes) => Buffer.from(bytes)),
      fc.uint8Array({ maxLength: 32 }).map((bytes) => Buffer.from([4, ...bytes])),
      fc.string().map((value) => value),
      // Not the end of stdin yet.
      fc.integer({ min: 1, max: 255 }).map((channel) => Buffer.from([255, channel])),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(message, { maxLength: 20 }), async (messages) => {
        const read: Buffer[] = [];
        const process = new TestProcess(async ({ stdin }) => {
          for (let end = false; !end;) {
            const bytes = await stdin?.read();
            if (bytes != null) read.push(Buffer.from(bytes));
            end = bytes == null || Buffer.concat(read).includes('THE END');
          }
          return 3;
        });
        const server = await serve(process);
        const client = await new WebSocketClient(server, protocol).opened();
        const sent: Buffer[] = [];
        for (const each of [...messages, Buffer.from('\0THE END')]) {
          client.socket.send(each);
          const bytes = Buffer.from(each);
          if (bytes[0] === 0) sent.push(bytes.subarray(1));
          if (protocol === 'v5.channel.k8s.io' && bytes[0] === 255 && bytes[1] === 0) return;
        }
        expect(await client.status()).toMatchObject({ reason: 'NonZeroExitCode' });
        expect(Buffer.concat(read).equals(Buffer.concat(sent))).toBe(true);
        expect(server.reported).toEqual([]);
        await servers.splice(servers.indexOf(server), 1)[0]?.close();
      }),
      { numRuns: 20 * factor },
    );
  });
});

test('v5 says that stdin has ended; v4 has no word for it', async () => {
  const five = await new WebSocketClient(await serve(new TestProcess(cat)), 'v5.channel.k8s.io').opened();
  five.send('stdin', 'a\n');
  five.send('stdin', 'b\n');
  five.end();
  expect(await five.status()).toMatchObject({ status: 'Success' });
  expect(five.stdout).toBe('a\nb\n');

  const process = new TestProcess(cat);
  const four = await new WebSocketClient(await serve(process), 'v4.channel.k8s.io').opened();
  four.end();
  four.send('stdin', 'still open');
  await expect.poll(() => four.stdout).toBe('still open');
  four.socket.terminate();
});

test('streams that were not asked for are not there', async () => {
  const process = new TestProcess(async (streams) => {
    expect(Object.keys(streams)).toEqual(['stderr']);
    await streams.stderr?.write(text('e'));
    return 0;
  });
  const client = new WebSocketClient(await serve(process, { stdin: false, stdout: false }));
  await client.opened();
  client.send('stdin', 'unheard');
  await client.status();
  expect(client.frames[0]).toEqual({ channel: 2, text: '' });
});

test('of two protocols the client’s first is taken', async () => {
  const server = await serve(new TestProcess(() => Promise.resolve(0)));
  const url = `wss://127.0.0.1:${server.port}/exec`;
  const socket = new WebSocket(url, ['v9.channel.k8s.io', 'v4.channel.k8s.io', 'v5.channel.k8s.io'], {
    ca: server.authority,
    headers: HEADERS,
  });
  await new Promise((resolve) => socket.on('close', resolve));
  expect(socket.protocol).toBe('v4.channel.k8s.io');
});

const UPGRADE = {
  ...HEADERS,
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-protocol': 'v5.channel.k8s.io',
};

test.each([
  ['SPDY of no version', 'POST', { upgrade: 'SPDY/3.1' }, 400, /X-Stream-Protocol-Version is required/],
  [
    'SPDY of an old version',
    'POST',
    { upgrade: 'SPDY/3.1', 'x-stream-protocol-version': 'channel.k8s.io, v3.channel.k8s.io' },
    403,
    /client supports \[channel.k8s.io v3.channel.k8s.io\], server accepts \[v4.channel.k8s.io\]/,
  ],
  ['SPDY/3', 'POST', { upgrade: 'SPDY/3' }, 400, /unsupported protocol SPDY\/3/],
  ['another protocol', 'GET', { upgrade: 'h2c' }, 400, /unsupported protocol h2c/],
  [
    'an unknown subprotocol',
    'GET',
    { 'sec-websocket-protocol': 'v1.channel.k8s.io' },
    403,
    /v5.channel.k8s.io, v4/,
  ],
  ['no subprotocol', 'GET', { 'sec-websocket-protocol': '' }, 403, /subprotocol/],
  [
    'a subprotocol twice',
    'GET',
    { 'sec-websocket-protocol': 'v4.channel.k8s.io, v4.channel.k8s.io' },
    400,
    /Protocol/,
  ],
  ['a broken subprotocol', 'GET', { 'sec-websocket-protocol': 'v4.channel.k8s.io,' }, 400, /Protocol/],
  ['POST', 'POST', {}, 400, /begins with GET/],
  ['an old version', 'GET', { 'sec-websocket-version': '8' }, 400, /version 13/],
  ['a short key', 'GET', { 'sec-websocket-key': 'x' }, 400, /Key/],
  ['a web page', 'GET', { origin: 'https://evil.example' }, 403, /web pages/],
  ['nobody', 'GET', { authorization: '' }, 401, /Unauthorized/],
])('%s is refused with a Status', async (_name, method, headers, code, message) => {
  const process = new TestProcess(forever);
  const server = await serve(process);
  const reply = await ask(server, '/exec', { method, headers: { ...UPGRADE, ...headers }, agent: false });
  expect(reply.status).toBe(code);
  const status = JSON.parse(reply.text) as { message: string };
  expect(status).toMatchObject({ kind: 'Status', status: 'Failure', code });
  expect(status.message).toMatch(message);
  expect(process.streams).toEqual({});
  expect(server.reported).toEqual([]);
});

test.each([['/api/v1/pods?watch=true', /only exec, attach and portforward/]])(
  '%s can not be upgraded',
  async (path, message) => {
    const process = new TestProcess(forever);
    const reply = await ask(await serve(process), path, { headers: UPGRADE, agent: false });
    const status = JSON.parse(reply.text) as { message: string };
    expect(status).toMatchObject({ kind: 'Status', code: 400 });
    expect(status.message).toMatch(message);
    expect(process.streams).toEqual({});
  },
);

test('what the API refuses is refused before the upgrade, whichever protocol was asked for', async () => {
  const server = await serveTest();
  servers.push(server);
  for (const upgrade of ['websocket', 'SPDY/3.1']) {
    const reply = await ask(server, '/exec', { headers: { ...UPGRADE, upgrade }, agent: false });
    expect(JSON.parse(reply.text)).toMatchObject({ code: 404, message: 'pods "nosuch" not found' });
  }
});

test('a bug of ours does not show', async () => {
  const failure = new Error('secret');
  const target = new TestProcess(() => Promise.reject(failure)).target();
  const server = await serve(target);
  const client = new WebSocketClient(server);
  expect(JSON.stringify(await client.status())).not.toMatch(/secret/);
  expect(server.reported).toEqual([failure]);
});

test('a process waits for a client that does not read', async () => {
  let written = 0;
  const process = new TestProcess(async ({ stdout }) => {
    for (; written < 256; written++) await stdout?.write(Buffer.alloc(1024 * 1024));
    return 0;
  });
  const client = await new WebSocketClient(await serve(process)).opened();
  client.socket.pause();
  await expect
    .poll(async () => {
      const before = written;
      await new Promise((resolve) => setTimeout(resolve, 100));
      return before > 0 && written === before;
    })
    .toBe(true);
  expect(written).toBeLessThan(64);
  client.socket.resume();
  await client.closed;
  expect(written).toBe(256);
});

test('a client waits for a process that does not read', async () => {
  let go = (): void => undefined;
  const started = new Promise<void>((resolve) => (go = resolve));
  let read = 0;
  const process = new TestProcess(async ({ stdin }) => {
    await started;
    for (let bytes = await stdin?.read(); bytes != null; bytes = await stdin?.read()) read += bytes.length;
    return 0;
  });
  const client = await new WebSocketClient(await serve(process)).opened();
  const chunk = Buffer.alloc(64 * 1024, 'x');
  for (let i = 0; i < 512; i++) client.send('stdin', chunk);
  client.end();
  await new Promise((resolve) => setTimeout(resolve, 200));
  // It stays with the client: neither we nor the machine's buffers hold so much.
  expect(client.socket.bufferedAmount).toBeGreaterThan(8 * 1024 * 1024);
  go();
  expect(await client.status()).toMatchObject({ status: 'Success' });
  expect(read).toBe(512 * chunk.length);
});

test('stdin that the process has closed is dropped', async () => {
  const process = new TestProcess(async ({ stdin, stdout }) => {
    stdin?.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await stdout?.write(text('done'));
    return 0;
  });
  const client = await new WebSocketClient(await serve(process)).opened();
  for (let i = 0; i < 16; i++) client.send('stdin', Buffer.alloc(64 * 1024));
  await client.status();
  expect(client.stdout).toBe('done');
});

test('a message that is too long ends the session', async () => {
  const process = new TestProcess(forever);
  const client = await new WebSocketClient(await serve(process)).opened();
  client.send('stdin', Buffer.alloc(2 * 1024 * 1024));
  expect(await client.closed).toBe(1009);
  await expect.poll(() => process.killed).toBe(true);
});

test('a client that vanished without a word is noticed', async () => {
  const process = new TestProcess(forever);
  const server = await serve(process, {}, { limits: { ping: 50 } });
  const lively = await new WebSocketClient(server).opened();
  const silent = await new Promise<TLSSocket>((resolve) => {
    const socket = connect({ port: server.port, host: '127.0.0.1', ca: server.authority }, () =>
      resolve(socket),
    );
  });
  const lines = Object.entries({ host: 'localhost', ...UPGRADE }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  silent.write(`GET /exec HTTP/1.1\r\n${lines.join('')}\r\n`);
  // It reads, so the connection is well, but answers no ping.
  silent.resume();
  await new Promise((resolve) => silent.on('close', resolve).on('error', () => undefined));
  expect(lively.socket.readyState).toBe(WebSocket.OPEN);
  lively.socket.terminate();
});

test('closing the server ends sessions', async () => {
  const process = new TestProcess(forever);
  const server = await serve(process);
  const client = await new WebSocketClient(server).opened();
  const begun = performance.now();
  await server.close();
  expect(performance.now() - begun).toBeLessThan(1000);
  expect(await client.closed).toBe(1001);
  expect(process.killed).toBe(true);
});

test('a session counts as activity until it ends', async () => {
  const events: string[] = [];
  const begin = (): (() => void) => {
    events.push('begin');
    return () => events.push('end');
  };
  const server = await serve(new TestProcess(cat), {}, { activity: { begin } });
  const client = await new WebSocketClient(server).opened();
  expect(events).toEqual(['begin']);
  client.end();
  await client.closed;
  await expect.poll(() => events).toEqual(['begin', 'end']);
});
