import { isIPv6 } from 'node:net';
import { ConnectionReset } from '../../../network/connection.ts';
import { strerror } from '../../errno.ts';
import type { Process } from '../../process.ts';
import type { Socket } from '../../socket.ts';
import { BrokenPipe } from '../../stream.ts';
import { resolve } from '../resolve.ts';
import type { Request } from './command-line.ts';
import { dial, type Deadlines } from './connect.ts';
import type { Edition } from './edition.ts';
import { CurlFailure } from './failure.ts';
import type { Meter } from './meter.ts';
import { type Proxy, proxyFor } from './proxy.ts';
import { framing, header, ResponseReader, type Framing, type ResponseHead } from './response.ts';
import { requestHead } from './request-head.ts';
import { Stopwatch } from './stopwatch.ts';
import type { Trace } from './trace.ts';
import { follow, normalise, parseUrl, writeUrl, type Url } from './url.ts';
import type { Facts } from './write-out.ts';

/** Whom to connect to for a URL: its server, or a proxy. */
interface Peer {
  /** IPv6 without brackets. */
  host: string;
  port: number;
  proxy: Proxy | undefined;
}

/** A connection that may serve the next URL too. */
export interface Pooled extends Peer {
  id: number;
  socket: Socket;
  /** The next read, begun while nobody used it. */
  reading?: Promise<Uint8Array | null>;
  /** The server hung up meanwhile, or said something unasked. */
  isGone?: boolean;
}

/** What the transfers of one curl share. */
export interface Session {
  process: Process;
  edition: Edition;
  request: Request;
  /** The body of the requests. */
  body: Uint8Array | undefined;
  /** What `-G` makes of the data. */
  query: string | undefined;
  idle: Pooled[];
  nextId: number;
}

/** Where the answer goes. @throws {CurlFailure} when it can't be written */
export interface Output {
  write(bytes: Uint8Array): Promise<void>;
}

/** One URL, with the redirects that follow from it. Fills in `facts` as it goes. @throws {CurlFailure} */
export class Transfer {
  private readonly session: Session;
  private readonly trace: Trace;
  private readonly meter: Meter;
  private readonly output: Output;
  private readonly facts: Facts;
  private readonly watch: Stopwatch;
  private readonly deadlines: Deadlines;
  private method: string;
  private body: Uint8Array | undefined;
  private reader: ResponseReader | undefined;

  constructor(session: Session, parts: { trace: Trace; meter: Meter; output: Output; facts: Facts }) {
    this.session = session;
    this.trace = parts.trace;
    this.meter = parts.meter;
    this.output = parts.output;
    this.facts = parts.facts;
    const { request, process } = session;
    const { clock } = process.machine;
    this.watch = new Stopwatch(process.machine);
    const begun = clock.now();
    this.deadlines = {
      begun,
      connected: begun + (request.connectTimeout || 300_000),
      ended: request.mostTime > 0 ? begun + request.mostTime : Infinity,
    };
    this.body = session.body;
    this.method = request.method ?? (request.isHead ? 'HEAD' : this.body === undefined ? 'GET' : 'POST');
    this.facts.method = this.method;
  }

  async run(text: string): Promise<void> {
    const { request } = this.session;
    try {
      let url = this.read(text);
      for (let redirects = 0; ; redirects++) {
        const next = await this.once(url);
        if (next === undefined) return;
        if (redirects >= request.mostRedirects)
          throw new CurlFailure(47, `Maximum (${request.mostRedirects}) redirects followed`);
        this.facts.redirects++;
        this.facts.time.redirect = this.watch.now();
        await this.trace.remark(`Issue another request to this URL: '${writeUrl(next)}'`);
        url = next;
      }
    } finally {
      this.facts.time.total = this.watch.now();
      const { received = 0, expected } = this.reader ?? {};
      await this.meter.finish(this.watch.milliseconds(), {
        received,
        expected,
        sent: this.facts.size.upload,
      });
    }
  }

  private read(text: string): Url {
    const { edition, request } = this.session;
    const url = parseUrl(text);
    if (typeof url === 'string') throw new CurlFailure(3, edition.badUrl(url, text));
    if (url.scheme !== 'http' && url.scheme !== 'https')
      throw new CurlFailure(1, edition.unsupported(url.scheme));
    return request.keepsPath ? url : normalise(url);
  }

  /** One request and its answer; where it leads to when it is followed. */
  private async once(url: Url): Promise<Url | undefined> {
    const { facts, trace, session } = this;
    const { edition } = session;
    facts.effective = url;
    facts.effectiveUrl = writeUrl(url);
    if (edition.isOfTheDecksDay && facts.redirects === 0 && facts.url !== writeUrl(url))
      await trace.remark(`Rebuilt URL to: ${writeUrl(url)}`);
    await this.meter.start(this.watch.milliseconds());
    const pooled = await this.connection(url, await this.peer(url));
    facts.remote = pooled.socket.remote;
    facts.local = pooled.socket.local;
    facts.time.pretransfer = this.watch.tick(30);
    let isUsable = false;
    let isAborted = true;
    try {
      if (url.scheme === 'https') await this.tls(pooled.socket, url);
      if (edition.saysHttpVersion) await trace.remark('using HTTP/1.x');
      await this.send(pooled, url);
      const { head, body } = await this.receive(pooled);
      isAborted = false;
      isUsable = head !== undefined && keepsOpen(head, body);
      return head === undefined ? undefined : this.next(url, head);
    } catch (error) {
      if (error instanceof CurlFailure) await trace.remark(error.message);
      // The deck's curl kept a connection that brought nothing; it was closed anyway.
      isUsable = error instanceof CurlFailure && error.status === 52 && edition.isOfTheDecksDay;
      isAborted = !(error instanceof CurlFailure && error.status === 52);
      throw error;
    } finally {
      if (session.process.alive) await this.release(pooled, isUsable, isAborted);
    }
  }

  private async release(pooled: Pooled, isUsable: boolean, isAborted: boolean): Promise<void> {
    const { edition, idle } = this.session;
    await this.finishMeter();
    if (isUsable) {
      const reading = pooled.socket.read();
      const rested: Pooled = { ...pooled, reading };
      const gone = (): void => void (rested.isGone = true);
      reading.then(gone, gone);
      idle.push(rested);
      await this.trace.remark(edition.leftIntact(pooled.host, pooled.port, pooled.id));
      return;
    }
    pooled.socket.close();
    await this.trace.remark(edition.closing(pooled.id, isAborted));
  }

  private async finishMeter(): Promise<void> {
    const { received = 0, expected } = this.reader ?? {};
    await this.meter.finish(this.watch.milliseconds(), { received, expected, sent: this.facts.size.upload });
  }

  private async peer(url: Url): Promise<Peer> {
    const { process, edition, request } = this.session;
    try {
      const proxy = await proxyFor(url, { process, edition, request, trace: this.trace });
      const { host, port } = proxy ?? url;
      return { host: bare(host), port, proxy };
    } catch (error) {
      if (error instanceof CurlFailure) await this.trace.remark(error.message);
      throw error;
    }
  }

  private async connection(url: Url, peer: Peer): Promise<Pooled> {
    const { session, trace, facts } = this;
    const { process, edition } = session;
    const { host, port, proxy } = peer;
    const at = session.idle.findIndex(
      (each) => each.host === host && each.port === port && each.proxy?.user === proxy?.user,
    );
    const known = at < 0 ? undefined : session.idle.splice(at, 1)[0];
    if (known !== undefined && known.isGone !== true) {
      await trace.remark(edition.reusing(host, known.id));
      facts.time.namelookup = facts.time.connect = this.watch.tick(20);
      return known;
    }
    known?.socket.close();
    const id = session.nextId++;
    try {
      const addresses = await this.addresses(peer);
      facts.time.namelookup = this.watch.tick(40);
      const place = edition.placeOf({ host: bare(url.host), port: url.port }, proxy && peer);
      const destination = { port, place, addresses };
      const socket = await dial(process, edition, trace, destination, this.deadlines);
      facts.time.connect = this.watch.tick(150);
      facts.connects++;
      const { address } = socket.remote;
      await trace.remark(edition.connected(host, address, port, socket.local, id));
      return { ...peer, id, socket };
    } catch (error) {
      if (error instanceof CurlFailure) {
        await trace.remark(error.message);
        const isUnknown = error.status === 6 || error.status === 5;
        if (!isUnknown && !edition.isOfTheDecksDay) await this.finishMeter();
        await trace.remark(edition.closing(id, !isUnknown));
      }
      throw error;
    }
  }

  private async addresses({ host, port, proxy }: Peer): Promise<string[]> {
    const { process, edition, request } = this.session;
    const given = request.resolves.get(`${host.toLowerCase()}:${port}`);
    const isLocal = edition.knowsLocalhost && /^(.*\.)?localhost\.?$/i.test(host);
    const local = edition.triesIpv4LocalhostFirst ? ['127.0.0.1', '::1'] : ['::1', '127.0.0.1'];
    const all = given ?? (isLocal ? local : resolve(process, host));
    const wanted = all.filter(
      (each) => request.family === undefined || each.includes(':') === (request.family === 6),
    );
    if (wanted.length === 0)
      throw proxy === undefined
        ? new CurlFailure(6, edition.unresolved(host, 'host'))
        : new CurlFailure(5, edition.unresolved(host, 'proxy'));
    const isNumeric = all.length === 1 && (all[0] === host || isIPv6(host));
    if (edition.showsResolved && !isNumeric) {
      const list = (isSix: boolean): string =>
        wanted.filter((each) => each.includes(':') === isSix).join(', ') || '(none)';
      await this.trace.remark(`Host ${host}:${port} was resolved.`);
      await this.trace.remark(`IPv6: ${list(true)}`);
      await this.trace.remark(`IPv4: ${list(false)}`);
    }
    return wanted;
  }

  /** TLS is not modelled: whoever answers a greeting with anything, answers with no TLS. */
  private async tls(socket: Socket, url: Url): Promise<void> {
    const { process, edition } = this.session;
    const reader = new ResponseReader(process, socket, edition, this.reading());
    const greeting = new Uint8Array(517);
    greeting.set([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]);
    await this.write(socket, greeting);
    try {
      for await (const _ of reader.body({ kind: 'length', length: 1 }))
        throw new CurlFailure(35, edition.notTls());
    } catch (error) {
      if (!(error instanceof CurlFailure) || error.status === 35) throw error;
      if (error.status === 28)
        throw new CurlFailure(28, error.message.replace(/^Operation.*/, 'SSL connection timeout'));
    }
    throw new CurlFailure(
      35,
      `OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to ${bare(url.host)}:${url.port} `,
    );
  }

  private async send({ socket, proxy }: Pooled, url: Url): Promise<void> {
    const { request, edition, query } = this.session;
    const { method, body } = this;
    const block = requestHead(url, { request, edition, method, query, body, proxy });
    const top = Buffer.from(block, 'utf8');
    await this.write(socket, this.body === undefined ? top : Buffer.concat([top, this.body]));
    await this.trace.headers('>', block);
    if (this.body !== undefined && this.body.length > 0) await this.trace.data('}', this.body.length);
    this.facts.size.request += top.length;
    this.facts.size.upload = this.body?.length ?? 0;
    const off = this.session.edition.sentOff(this.body?.length ?? 0);
    if (off !== undefined) await this.trace.remark(off);
  }

  private async write(socket: Socket, bytes: Uint8Array): Promise<void> {
    try {
      await socket.write(bytes);
    } catch (error) {
      if (!(error instanceof BrokenPipe || error instanceof ConnectionReset)) throw error;
      // What the server said before it went is still to be read; then it is an empty reply or a reset.
      if (error instanceof BrokenPipe) return;
      throw new CurlFailure(56, `Recv failure: ${strerror('ECONNRESET', this.session.edition.build.libc)}`);
    }
  }

  private reading(): ConstructorParameters<typeof ResponseReader>[3] {
    const onSecond = async (): Promise<void> => {
      const { received = 0, expected } = this.reader ?? {};
      await this.meter.show(this.watch.milliseconds(), { received, expected, sent: this.facts.size.upload });
    };
    return { begun: this.deadlines.begun, ended: this.deadlines.ended, onSecond };
  }

  private async receive({
    socket,
    reading,
  }: Pooled): Promise<{ head: ResponseHead | undefined; body: Framing }> {
    const { session, facts, trace } = this;
    const { process, edition, request } = session;
    const reader = new ResponseReader(process, socket, edition, this.reading(), reading);
    this.reader = reader;
    const acceptsBare = edition.acceptsHttp09 || request.acceptsHttp09;
    let head = await reader.head(acceptsBare);
    while (head !== undefined && head.status >= 100 && head.status < 200 && head.status !== 101) {
      await trace.headers('<', head.text);
      head = await reader.head(false);
    }
    facts.time.starttransfer = this.watch.tick(120);
    facts.head = head;
    if (head !== undefined) {
      facts.size.header += head.text.length;
      facts.headers = head.headers.length;
      await this.showHead(head);
    }
    const body: Framing =
      head === undefined ? { kind: 'close' } : framing(head, this.method === 'HEAD' || request.isHead);
    const isHidden = head !== undefined && this.isFollowed(head);
    if (isHidden && header(head!, 'content-length') !== '0') await trace.remark('Ignoring the response-body');
    const fails = head !== undefined && head.status >= 400 && request.fails !== 'no';
    if (fails && request.fails === 'without-body')
      throw new CurlFailure(22, edition.httpError(head!.status, head!.reason));
    for await (const piece of reader.body(body)) {
      facts.size.download += piece.length;
      await trace.data('{', piece.length);
      if (!isHidden) await this.output.write(piece);
    }
    this.watch.tick(40);
    if (fails) throw new CurlFailure(22, edition.httpError(head!.status, head!.reason));
    return { head, body };
  }

  private async showHead(head: ResponseHead): Promise<void> {
    const { request } = this.session;
    if (request.includesHeaders || request.isHead) await this.output.write(Buffer.from(head.text, 'latin1'));
    await this.trace.headers('<', head.text);
  }

  private isFollowed(head: ResponseHead): boolean {
    return this.session.request.follows && isRedirect(head);
  }

  /** Where the answer sends us; undefined when it doesn't, or nobody asked to follow. */
  private next(from: Url, head: ResponseHead): Url | undefined {
    const { edition } = this.session;
    const location = header(head, 'location');
    if (location === undefined || !isRedirect(head)) return undefined;
    const url = follow(from, location);
    if (typeof url === 'string') {
      if (this.isFollowed(head)) throw new CurlFailure(3, edition.badUrl(url, location));
      return undefined;
    }
    if (!this.isFollowed(head)) {
      this.facts.redirectUrl = writeUrl(url);
      return undefined;
    }
    if (url.scheme !== 'http' && url.scheme !== 'https')
      throw new CurlFailure(1, edition.unsupported(url.scheme));
    const turnsToGet =
      head.status === 303 ? this.method !== 'HEAD' : head.status < 303 && this.method === 'POST';
    if (turnsToGet && this.session.request.method === undefined) {
      this.method = 'GET';
      this.body = undefined;
    }
    return url;
  }
}

function isRedirect(head: ResponseHead): boolean {
  return [301, 302, 303, 307, 308].includes(head.status) && header(head, 'location') !== undefined;
}

function keepsOpen(head: ResponseHead, body: Framing): boolean {
  if (body.kind === 'close') return false;
  const connection = (header(head, 'connection') ?? '').toLowerCase();
  return head.protocol === '1.0' ? connection === 'keep-alive' : connection !== 'close';
}

/** IPv6 without brackets. */
function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}
