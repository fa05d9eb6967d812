import { afterEach, describe, expect, test } from 'vitest';
import { createWebSocketStream, WebSocket } from 'ws';
import type { ForwardTarget } from '../../../src/practice/api/port-forward.ts';
import { KubeletRefusal } from '../../../src/practice/api/kubelet-refusal.ts';
import { Pipe } from '../../../src/practice/containers/stream.ts';
import type { ServerOptions } from '../../../src/practice/server/https-server.ts';
import { HEADERS } from './support/exec-client.ts';
import { serveTest, type TestServer } from './support/practice-server.ts';
import { SpdyPeer, upgradeToSpdy } from './support/spdy-client.ts';

const PATH = '/api/v1/namespaces/default/pods/p/portforward';

/** Port 7 gives back what it gets, 9 only takes, 1 speaks first and hangs up; nobody listens elsewhere. */
class Ports implements ForwardTarget {
  readonly ports: readonly number[];
  readonly open = new Set<number>();

  constructor(...ports: number[]) {
    this.ports = ports;
  }

  check(): void {
    // All is well.
  }

  connect(port: number): ReturnType<ForwardTarget['connect']> {
    const there = new Pipe();
    const back = new Pipe();
    if (port === 7) void relay(there, back);
    else if (port === 1) void back.write(Buffer.from('hello')).then(() => back.closeWrite());
    else if (port !== 9) return Promise.resolve({ error: `nobody at ${port}` });
    this.open.add(port);
    const close = (): void => {
      this.open.delete(port);
      there.close();
      back.close();
    };
    return Promise.resolve({ source: { read: () => back.read(), close }, sink: there.sink });
  }
}

async function relay(from: Pipe, to: Pipe): Promise<void> {
  for (let bytes = await from.read(); bytes !== null; bytes = await from.read())
    await to.write(bytes).catch(() => undefined);
  to.closeWrite();
}

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function serve(target: ForwardTarget, options: Partial<ServerOptions> = {}): Promise<TestServer> {
  const server = await serveTest({ resolvePortForward: () => target, ...options });
  servers.push(server);
  return server;
}

async function spdy(server: TestServer): Promise<SpdyPeer> {
  const transport = await upgradeToSpdy(server, PATH, 'portforward.k8s.io');
  if (!('write' in transport)) throw new Error(transport.text);
  return new SpdyPeer(transport);
}

async function tunnel(server: TestServer): Promise<SpdyPeer> {
  // ws takes no subprotocol with a slash in its name: it gets it by a header.
  const protocol = 'SPDY/3.1+portforward.k8s.io';
  const socket = new WebSocket(`wss://127.0.0.1:${server.port}${PATH}`, {
    ca: server.authority,
    headers: { ...HEADERS, 'sec-websocket-protocol': protocol },
  });
  let agreed: unknown;
  socket.on('upgrade', ({ headers }) => {
    agreed = headers['sec-websocket-protocol'];
    delete headers['sec-websocket-protocol'];
  });
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
  expect(agreed).toBe(protocol);
  return new SpdyPeer(createWebSocketStream(socket));
}

function ask(peer: SpdyPeer, port: number, requestid = String(port)): { data: number; error: number } {
  const headers = { port: String(port), requestid };
  const error = peer.open({ ...headers, streamtype: 'error' }, true);
  return { error, data: peer.open({ ...headers, streamtype: 'data' }) };
}

describe.each([
  ['SPDY', spdy],
  ['SPDY in a WebSocket', tunnel],
])('port-forward over %s', (_name, connect) => {
  test('carries connections side by side, each to its end', async () => {
    const ports = new Ports();
    const peer = await connect(await serve(ports));
    const [echo, hello] = [ask(peer, 7), ask(peer, 1)];
    await expect.poll(() => peer.text(hello.data)).toBe('hello');
    await expect.poll(() => peer.hasEnded(hello.data) && peer.hasEnded(hello.error)).toBe(true);
    peer.send(echo.data, 'one ');
    peer.send(echo.data, 'two', true);
    await expect.poll(() => peer.hasEnded(echo.data)).toBe(true);
    expect(peer.text(echo.data)).toBe('one two');
    expect([peer.text(echo.error), peer.text(hello.error)]).toEqual(['', '']);
    await expect.poll(() => [...ports.open]).toEqual([]);
    peer.transport.destroy();
  });

  test('says why a port can not be reached, and goes on', async () => {
    const peer = await connect(await serve(new Ports()));
    const refused = ask(peer, 81);
    await expect.poll(() => peer.hasEnded(refused.error) && peer.hasEnded(refused.data)).toBe(true);
    expect([peer.text(refused.error), peer.text(refused.data)]).toEqual(['nobody at 81', '']);
    const hello = ask(peer, 1);
    await expect.poll(() => peer.text(hello.data)).toBe('hello');
    peer.transport.destroy();
  });

  test.each<[string, (peer: SpdyPeer, data: number) => void]>([
    ['gives a connection up', (peer, data) => peer.reset(data)],
    ['goes without a word', (peer) => peer.transport.destroy()],
    ['says goodbye', (peer) => peer.transport.write(peer.writer.goAway(0, 0))],
  ])('when the client %s, so does the connection', async (_what, leave) => {
    const ports = new Ports();
    const peer = await connect(await serve(ports));
    const { data } = ask(peer, 9);
    await expect.poll(() => [...ports.open]).toEqual([9]);
    leave(peer, data);
    await expect.poll(() => [...ports.open]).toEqual([]);
    peer.transport.destroy();
  });

  test('carries much, at the pace of whoever is slower', async () => {
    const peer = await connect(await serve(new Ports()));
    const { data } = ask(peer, 7);
    const chunk = Buffer.alloc(32 * 1024, 'x');
    for (let count = 0; count < 256; count++) peer.send(data, chunk);
    peer.send(data, '', true);
    await expect.poll(() => peer.hasEnded(data), { timeout: 10_000 }).toBe(true);
    expect(peer.text(data).length).toBe(256 * chunk.length);
    peer.transport.destroy();
  });
});

test.each<[string, Record<string, string>]>([
  ['no port', { streamtype: 'data', requestid: '0' }],
  ['port 0', { streamtype: 'data', requestid: '0', port: '0' }],
  ['port 65536', { streamtype: 'data', requestid: '0', port: '65536' }],
  ['no type', { requestid: '0', port: '80' }],
  ['another type', { streamtype: 'stdin', requestid: '0', port: '80' }],
])('a stream with %s is refused', async (_what, headers) => {
  const peer = await spdy(await serve(new Ports()));
  const id = peer.open(headers);
  await expect.poll(() => peer.wasReset(id)).toBe(true);
  const hello = ask(peer, 1);
  await expect.poll(() => peer.text(hello.data)).toBe('hello');
  peer.transport.destroy();
});

test('what the kubelet refuses is said as plain text, before there are streams', async () => {
  const ports = new Ports();
  ports.check = () => {
    throw new KubeletRefusal('pod not found ("p_default")');
  };
  expect(await upgradeToSpdy(await serve(ports), PATH, 'portforward.k8s.io')).toEqual({
    status: 500,
    text: 'pod not found ("p_default")',
  });
});

/** What a client of the older way hears on each channel, without the port that comes first. */
class ChannelClient {
  readonly socket: WebSocket;
  readonly heard = new Map<number, Buffer>();
  readonly closed: Promise<number>;

  constructor(server: TestServer) {
    this.socket = new WebSocket(`wss://127.0.0.1:${server.port}${PATH}`, ['v5.channel.k8s.io', PROTOCOL], {
      ca: server.authority,
      headers: HEADERS,
    });
    this.socket.on('message', (data: Buffer) => {
      const before = this.heard.get(data[0]!) ?? Buffer.alloc(0);
      this.heard.set(data[0]!, Buffer.concat([before, data.subarray(1)]));
    });
    this.closed = new Promise((resolve) => this.socket.on('close', resolve));
  }

  async opened(): Promise<this> {
    await new Promise((resolve, reject) => this.socket.on('open', resolve).on('error', reject));
    expect(this.socket.protocol).toBe(PROTOCOL);
    return this;
  }

  port(channel: number): number | undefined {
    return this.heard.get(channel)?.readUInt16LE(0);
  }

  text(channel: number): string {
    return this.heard.get(channel)?.subarray(2).toString() ?? '';
  }

  send(channel: number, text: string): void {
    this.socket.send(Buffer.concat([Buffer.from([channel]), Buffer.from(text)]));
  }
}
const PROTOCOL = 'v4.channel.k8s.io';

describe('port-forward over channels of a WebSocket', () => {
  test('carries a connection to each port, and ends when all have', async () => {
    const ports = new Ports(7, 1);
    const client = await new ChannelClient(await serve(ports)).opened();
    await expect.poll(() => [0, 1, 2, 3].map((each) => client.port(each))).toEqual([7, 7, 1, 1]);
    client.send(1, 'to nobody');
    client.send(9, 'to nobody');
    client.send(0, 'one ');
    client.send(0, 'two');
    await expect.poll(() => [client.text(0), client.text(2)]).toEqual(['one two', 'hello']);
    expect([client.text(1), client.text(3)]).toEqual(['', '']);
    expect([...ports.open]).toEqual([7]);
    client.socket.close();
    await expect.poll(() => [...ports.open]).toEqual([]);
  });

  test('says why a port can not be reached, and closes', async () => {
    const client = await new ChannelClient(await serve(new Ports(81))).opened();
    expect(await client.closed).toBe(1000);
    expect([client.text(0), client.text(1)]).toEqual(['', 'nobody at 81']);
  });

  test('when the client goes without a word, so does the connection', async () => {
    const ports = new Ports(9);
    const client = await new ChannelClient(await serve(ports)).opened();
    await expect.poll(() => [...ports.open]).toEqual([9]);
    client.socket.terminate();
    await expect.poll(() => [...ports.open]).toEqual([]);
  });

  test('carries much, at the pace of whoever is slower', async () => {
    const client = await new ChannelClient(await serve(new Ports(7))).opened();
    const chunk = 'x'.repeat(32 * 1024);
    for (let count = 0; count < 256; count++) client.send(0, chunk);
    await expect.poll(() => client.text(0).length, { timeout: 10_000 }).toBe(256 * chunk.length);
    client.socket.terminate();
  });

  test.each<[string, number[], RegExp]>([
    ['no port', [], /400/],
    ['more than there are channels for', Array.from({ length: 128 }, () => 7), /400/],
  ])('%s is refused', async (_what, ports, why) => {
    await expect(new ChannelClient(await serve(new Ports(...ports))).opened()).rejects.toThrow(why);
  });
});

test('closing the server ends it', async () => {
  const server = await serve(new Ports());
  const peer = await spdy(server);
  ask(peer, 9);
  await peer.settled();
  await server.close();
  await peer.closed;
  expect(peer.frames.at(-1)).toEqual({ kind: 'go-away' });
});
