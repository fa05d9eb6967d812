import { FileError } from '../../file-error.ts';
import { open } from '../../open.ts';
import type { Sink } from '../../stream.ts';
import { connect, SocketError } from '../../socket.ts';
import { type Applet, type Call, fail, type Suite } from '../applet.ts';
import { Edition } from '../curl/edition.ts';
import { CurlFailure } from '../curl/failure.ts';
import { framing, header, ResponseReader, type ResponseHead } from '../curl/response.ts';
import { follow, parseUrl, type Url } from '../curl/url.ts';
import { writer } from '../input.ts';
import { addressOf } from './address-of.ts';

/** busybox waits as long as this unless told otherwise. */
const PATIENCE_MS = 900_000;
const MOST_REDIRECTS = 5;

export const wget: Applet = {
  name: 'wget',
  usage: `wget [-cqS] [--spider] [-O FILE] [-o LOGFILE] [--header STR]
	[--post-data STR | --post-file FILE] [-Y on/off]
	[--no-check-certificate] [-P DIR] [-U AGENT] [-T SEC] URL...

Retrieve files via HTTP or FTP

	--spider	Only check URL existence: $? is 0 if exists
	--header STR	Add STR (of form 'header: value') to headers
	--post-data STR	Send STR using POST method
	--post-file FILE	Send FILE using POST method
	--no-check-certificate	Don't validate the server's certificate
	-c		Continue retrieval of aborted transfer
	-q		Quiet
	-P DIR		Save to DIR (default .)
	-S    		Show server response
	-T SEC		Network read timeout is SEC seconds
	-O FILE		Save to FILE ('-' for stdout)
	-o LOGFILE	Log messages to FILE
	-U STR		Use STR for User-Agent header
	-Y on/off	Use proxy`,
  options: {
    short: 'qSO:T:P:U:Y:t:\x01\x02:\x03:\x04',
    long: {
      spider: '\x01',
      header: '\x02',
      'post-data': '\x03',
      'no-check-certificate': '\x04',
      quiet: 'q',
      timeout: 'T',
      'output-document': 'O',
      'server-response': 'S',
      'user-agent': 'U',
      tries: 't',
      proxy: 'Y',
    },
  },
  operands: { least: 1 },
  async run(call) {
    const seconds = call.options.get('T');
    if (seconds !== undefined && !/^\d+$/.test(seconds)) await fail(call, `invalid number '${seconds}'`);
    for (const text of call.operands) await new Download(call).run(text);
    return 0;
  },
};

class Download {
  private readonly call: Call;
  private readonly patience: number;

  constructor(call: Call) {
    this.call = call;
    const seconds = Number(call.options.get('T') ?? 0);
    this.patience = seconds > 0 ? seconds * 1000 : PATIENCE_MS;
  }

  async run(text: string): Promise<void> {
    let url = await this.parse(text);
    for (let redirects = 0; ; redirects++) {
      const next = await this.once(url);
      if (next === undefined) return;
      if (redirects >= MOST_REDIRECTS) await this.fail('too many redirections');
      url = next;
    }
  }

  private fail(message: string): Promise<never> {
    return fail(this.call, message);
  }

  private async say(line: string): Promise<void> {
    if (!this.call.options.has('q')) await this.call.process.complain(`${line}\n`);
  }

  private async parse(text: string): Promise<Url> {
    const url = parseUrl(text);
    if (typeof url === 'string')
      return this.fail(`bad address '${text.replace(/^\w+:\/\//, '').replace(/\/.*/s, '')}'`);
    if (url.scheme !== 'http' && url.scheme !== 'https') return this.fail(`not an http or ftp url: ${text}`);
    return url;
  }

  private async once(url: Url): Promise<Url | undefined> {
    const { call } = this;
    const { process } = call;
    const host = url.host.replace(/^\[(.*)\]$/, '$1');
    const address = await addressOf(call, url.host, {
      shown: `${host}${url.hasPort ? `:${url.port}` : ''}`,
    });
    const shown = address.includes(':') ? `[${address}]:${url.port}` : `${address}:${url.port}`;
    await this.say(`Connecting to ${url.host}${url.hasPort ? `:${url.port}` : ''} (${shown})`);
    try {
      const socket = await connect(process, address, url.port, this.patience);
      if (url.scheme === 'https') {
        socket.close();
        return await this.fail('TLS is not modelled by the practice cluster');
      }
      await socket.write(Buffer.from(this.request(url)));
      const { clock } = process.machine;
      const deadline = clock.now() + this.patience;
      const edition = new Edition({ version: '8.0.0', libc: libcOf(call.suite) });
      const reader = new ResponseReader(process, socket, edition, {
        begun: clock.now(),
        ended: deadline,
        onSecond: () => Promise.resolve(),
      });
      const head = (await reader.head(false))!;
      if (call.options.has('S')) await this.showHead(head);
      const location = header(head, 'location');
      if (head.status >= 300 && head.status < 400 && location !== undefined) {
        socket.close();
        const next = follow(url, location);
        return typeof next === 'string' ? await this.fail(`bad redirection: ${location}`) : next;
      }
      if (head.status < 200 || head.status >= 300)
        await this.fail(`server returned error: ${head.text.split(/\r?\n/)[0]}`);
      if (call.options.has('\x01')) {
        await this.say('remote file exists');
        socket.close();
        return undefined;
      }
      await this.save(url, head, reader);
      socket.close();
      return undefined;
    } catch (error) {
      if (error instanceof CurlFailure) return this.fail(WORDS[error.status] ?? 'error getting response');
      if (!(error instanceof SocketError)) throw error;
      if (error.code === 'ETIMEDOUT' && this.patience !== PATIENCE_MS) return this.fail('download timed out');
      const to = address.includes(':') ? '' : ` (${address})`;
      return this.fail(`can't connect to remote host${to}: ${error.words(libcOf(call.suite))}`);
    }
  }

  private request(url: Url): string {
    const { options } = this.call;
    const data = options.get('\x03');
    const method = options.has('\x01') ? 'HEAD' : data === undefined ? 'GET' : 'POST';
    const extra = options.all('\x02').map((line) => `${line}\r\n`);
    const length =
      data === undefined
        ? ''
        : `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${Buffer.byteLength(data)}\r\n`;
    return (
      `${method} ${url.path} HTTP/1.1\r\nHost: ${url.host}${url.hasPort ? `:${url.port}` : ''}\r\n` +
      `User-Agent: ${options.get('U') ?? 'Wget'}\r\nConnection: close\r\n${extra.join('')}${length}\r\n${data ?? ''}`
    );
  }

  private async showHead(head: ResponseHead): Promise<void> {
    for (const line of head.text.split(/\r?\n/).slice(0, -1)) await this.call.process.complain(`  ${line}\n`);
  }

  private async save(url: Url, head: ResponseHead, reader: ResponseReader): Promise<void> {
    const { call } = this;
    const name = call.options.get('O') ?? this.fileName(url);
    const isStdout = name === '-';
    const sink = isStdout ? call.process.stdout : await this.create(name);
    await this.say(isStdout ? 'writing to stdout' : `saving to '${name}'`);
    for await (const piece of reader.body(framing(head, false))) await sink.write(piece);
    if (!isStdout) sink.close();
    if (!call.options.has('q')) await call.process.complain(bar(name, reader.received));
    await this.say(isStdout ? 'written to stdout' : `'${name}' saved`);
  }

  private fileName(url: Url): string {
    const name = url.path.replace(/\?.*$/s, '').replace(/^.*\//s, '') || 'index.html';
    const folder = this.call.options.get('P');
    return folder === undefined ? name : `${folder.replace(/\/$/, '')}/${name}`;
  }

  private async create(name: string): Promise<Sink> {
    const { process, options } = this.call;
    try {
      // Only what -O names is written over.
      if (!options.has('O') && process.machine.fileSystem.lookup(name, process.directory) !== undefined)
        throw new FileError('EEXIST');
      return writer(process, open(process, name, 'write'));
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      return this.fail(`can't open '${name}': ${error.message}`);
    }
  }
}

const WORDS: Record<number, string> = { 28: 'download timed out', 18: 'connection closed prematurely' };

function libcOf(suite: Suite): 'glibc' | 'musl' {
  return suite.kind === 'busybox' ? suite.libc : 'glibc';
}

const BAR = '*'.repeat(32);

function bar(name: string, size: number): string {
  const short = name.replace(/^.*\//s, '').slice(0, 20).padEnd(20);
  return `\r${short} 100% |${BAR}| ${String(size).padStart(5)}  0:00:00 ETA\n`;
}
