import { expect } from 'vitest';
import { WebSocket } from 'ws';
import type { Protocol } from '../../../../src/practice/server/exec-frame.ts';
import { credentials, type TestServer } from './practice-server.ts';
import { SpdyPeer, upgradeToSpdy } from './spdy-client.ts';

export const HEADERS = { authorization: `Bearer ${credentials['practice-admin']}` };
const PATH = '/api/v1/namespaces/default/pods/p/exec?command=x';

/** A client of exec, whatever it speaks. */
export interface ExecClient {
  readonly stdout: string;
  readonly stderr: string;
  opened(): Promise<ExecClient>;
  send(to: 'stdin' | 'resize', content: string | Uint8Array): void;
  /** No more stdin. */
  end(): void;
  /** The last message, once the server has closed. */
  status(): Promise<unknown>;
  /** Goes without a word. */
  vanish(): void;
  /** Says goodbye. */
  leave(): void;
}

export class WebSocketClient implements ExecClient {
  readonly frames: { channel: number; text: string }[] = [];
  readonly socket: WebSocket;
  readonly closed: Promise<number>;

  constructor(server: TestServer, protocol: Protocol = 'v5.channel.k8s.io') {
    const url = `wss://127.0.0.1:${server.port}${PATH}`;
    this.socket = new WebSocket(url, [protocol], { ca: server.authority, headers: HEADERS });
    this.socket.on('message', (data: Buffer) => {
      this.frames.push({ channel: data[0] ?? -1, text: data.subarray(1).toString() });
    });
    this.closed = new Promise((resolve) => this.socket.on('close', resolve).on('error', () => undefined));
  }

  get stdout(): string {
    return this.channel(1);
  }

  get stderr(): string {
    return this.channel(2);
  }

  async opened(): Promise<this> {
    await new Promise((resolve, reject) => this.socket.on('open', resolve).on('error', reject));
    return this;
  }

  send(to: 'stdin' | 'resize', content: string | Uint8Array): void {
    const channel = Buffer.from([to === 'stdin' ? 0 : 4]);
    this.socket.send(Buffer.concat([channel, Buffer.from(content)]));
  }

  end(): void {
    this.socket.send(Buffer.from([255, 0]));
  }

  async status(): Promise<unknown> {
    expect(await this.closed).toBe(1000);
    const last = this.frames.at(-1);
    expect(last?.channel).toBe(3);
    return JSON.parse(last?.text ?? '');
  }

  vanish(): void {
    this.socket.terminate();
  }

  leave(): void {
    this.socket.close(1000);
  }

  private channel(number: number): string {
    return this.frames.flatMap((each) => (each.channel === number ? [each.text] : [])).join('');
  }
}

/** As kubectl 1.20: it opens all streams that it may need. */
export class SpdyClient implements ExecClient {
  readonly ready: Promise<SpdyPeer>;
  private readonly ids = new Map<string, number>();
  private peer: SpdyPeer | undefined;

  constructor(server: TestServer, types = ['error', 'stdin', 'stdout', 'stderr', 'resize']) {
    this.ready = upgradeToSpdy(server, PATH, 'v4.channel.k8s.io').then((transport) => {
      if (!('write' in transport)) throw new Error(transport.text);
      const peer = new SpdyPeer(transport);
      for (const type of types) this.ids.set(type, peer.open({ streamtype: type }, type === 'error'));
      return (this.peer = peer);
    });
    this.ready.catch(() => undefined);
  }

  get stdout(): string {
    return this.text('stdout');
  }

  get stderr(): string {
    return this.text('stderr');
  }

  async opened(): Promise<this> {
    await (await this.ready).settled();
    return this;
  }

  send(to: 'stdin' | 'resize', content: string | Uint8Array): void {
    this.peer?.send(this.id(to), content);
  }

  end(): void {
    this.peer?.send(this.id('stdin'), '', true);
  }

  async status(): Promise<unknown> {
    const peer = await this.ready;
    await peer.closed;
    expect(peer.frames.at(-1)).toEqual({ kind: 'go-away' });
    for (const type of ['error', 'stdout']) expect(peer.hasEnded(this.id(type))).toBe(true);
    return JSON.parse(this.text('error'));
  }

  vanish(): void {
    this.peer?.transport.destroy();
  }

  leave(): void {
    this.peer?.transport.end(this.peer.writer.goAway(0, 0));
  }

  private id(type: string): number {
    return this.ids.get(type) ?? 0;
  }

  private text(type: string): string {
    return this.peer?.text(this.id(type)) ?? '';
  }
}
