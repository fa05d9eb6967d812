import { Exit, type Process } from '../../process.ts';
import { startCommand } from '../run-command.ts';
import { command } from './command.ts';
import { dial } from './dial.ts';
import { exit, type Leaving } from './exit.ts';
import { goJson } from './go-json.ts';
import { canonical, formValue, type GoRequest } from './http-request.ts';
import { errorResponse, type GoResponse, redirectResponse } from './http-response.ts';
import { HttpServer, listenWords } from './http-server.ts';
import { fatal, log } from './log.ts';
import { readAll } from './read-all.ts';

/** A server that tells what it sees: who asks, what they send, its own name; and that asks others itself. */
export const netexec = command({
  name: 'netexec',
  summary: 'Creates HTTP(S), UDP, and (optionally) SCTP servers with various endpoints',
  flags: {
    'delay-shutdown': {
      kind: 'int',
      otherwise: 0,
      usage: 'Number of seconds to delay shutdown when receiving SIGTERM.',
    },
    'http-override': {
      kind: 'string',
      otherwise: '',
      usage: 'Override the HTTP handler to always respond as if it were a GET with this path & params',
    },
    'http-port': { kind: 'int', otherwise: 8080, usage: 'HTTP Listen Port' },
    'sctp-port': { kind: 'int', otherwise: -1, usage: 'SCTP Listen Port' },
    'tls-cert-file': {
      kind: 'string',
      otherwise: '',
      usage: 'File containing an x509 certificate for HTTPS.',
    },
    'tls-private-key-file': {
      kind: 'string',
      otherwise: '',
      usage: 'File containing an x509 private key matching --tls-cert-file',
    },
    'udp-listen-addresses': {
      kind: 'string',
      otherwise: '',
      usage: 'A comma separated list of ip addresses the udp servers listen from',
    },
    'udp-port': { kind: 'int', otherwise: 8081, usage: 'UDP Listen Port' },
  },
  async run(process, flags) {
    for (const [given, what] of [
      [flags['tls-cert-file'] !== '', 'TLS'],
      [flags['sctp-port'] !== -1, 'SCTP'],
    ] as const)
      if (given) return fatal(process, `${what} is not modelled by the practice cluster`);
    const server = new Netexec(process, {
      isReady: flags['udp-port'] !== -1,
      override: flags['http-override'],
    });
    process.handle('SIGTERM', () => void server.terminate(flags['delay-shutdown']).catch(() => undefined));
    if (flags['udp-port'] !== -1)
      await log(process, `UDP port ${flags['udp-port']} is not modelled by the practice cluster`);
    await log(process, `Started HTTP server on port ${flags['http-port']}`);
    try {
      return await server.run(flags['http-port']);
    } catch (error) {
      if (error instanceof Exit) throw error;
      return fatal(process, listenWords(flags['http-port'], error));
    }
  },
});

class Netexec {
  private readonly process: Process;
  /** The real one is ready with its UDP server. */
  private readonly isReady: boolean;
  private readonly override: string;
  private readonly begun: number;
  private isTerminating = false;
  private leave!: (leaving: Leaving) => void;
  private readonly left = new Promise<Leaving>((resolve) => (this.leave = resolve));

  constructor(process: Process, options: { isReady: boolean; override: string }) {
    this.process = process;
    this.isReady = options.isReady;
    this.override = options.override;
    this.begun = process.machine.clock.now();
  }

  /** Serves until it is told to exit. @throws {SocketError} */
  async run(port: number): Promise<number> {
    const server = new HttpServer(this.process, (request) => this.answer(this.asked(request)));
    server.listen(port);
    const { status, grace } = await this.process.until(this.left);
    if (grace > 0) {
      const isDone = await server.shutdown(grace);
      await log(
        this.process,
        `Graceful shutdown completed with: ${isDone ? '<nil>' : 'context deadline exceeded'}`,
      );
    }
    return status;
  }

  async terminate(seconds: number): Promise<void> {
    this.isTerminating = true;
    if (seconds > 0) {
      await log(this.process, `Sleeping ${seconds} seconds before terminating...`);
      await this.process.sleep(seconds * 1000);
    }
    this.leave({ status: 0, grace: 0 });
  }

  private asked(request: GoRequest): GoRequest {
    if (this.override === '') return request;
    const url = new URL(this.override, 'http://override');
    return { ...request, method: 'GET', path: url.pathname, query: url.searchParams, body: '' };
  }

  private async answer(request: GoRequest): Promise<GoResponse | undefined> {
    const { process } = this;
    const form = (name: string): string => formValue(request, name);
    const say = (line: string): Promise<void> => log(process, line);
    const cleaned = cleanPath(request.path);
    if (cleaned !== request.path) return redirectResponse(request, cleaned, 301);
    switch (request.path) {
      case '/clientip':
        await say('GET /clientip');
        return { body: request.remote };
      case '/dial':
        return dial(process, request.query);
      case '/echo':
        await say(`GET /echo?msg=${form('msg')}&code=${form('code')}`);
        return echo(form('msg'), form('code'));
      case '/exit':
        return exit(process, form, this.leave);
      case '/header':
        await say(`GET /header${form('key') === '' ? '' : `?key=${form('key')}`}`);
        return { body: headerText(request, form('key')) };
      case '/healthz':
        await say('GET /healthz');
        return { status: this.isReady ? 200 : 412 };
      case '/readyz':
        await say('GET /readyz');
        if (this.isTerminating) return { status: 503, body: 'shutting down' };
        return this.isReady ? { body: 'ok' } : { status: 412 };
      case '/hostname':
      case '/hostName':
        await say(`GET ${request.path}`);
        return { body: process.machine.hostname };
      case '/redirect':
        await say(`${request.method} /redirect?msg=${form('location')}&code=${form('code')}`);
        return redirect(request, form('location'), form('code'));
      case '/shell':
        return shell(process, form('shellCommand') || form('cmd'));
      case '/shutdown':
        await say('GET /shutdown');
        this.leave({ status: 0, grace: 0 });
        return undefined;
      case '/upload':
        await say('GET /upload');
        return errorResponse(501, 'uploads are not modelled by the practice cluster');
      default:
        await say('GET /');
        return { body: `NOW: ${this.now()}` };
    }
  }

  /** As Go prints the time: 2026-11-25 13:32:43.12 +0000 UTC m=+1.500000001 */
  private now(): string {
    const now = this.process.machine.clock.now();
    const [, date, time] = /^(.*)T(.*)Z$/.exec(new Date(now).toISOString())!;
    const elapsed = ((now - this.begun) / 1000).toFixed(9);
    return `${date} ${time!.replace(/\.?0+$/, '')} +0000 UTC m=+${elapsed}`;
  }
}

function echo(msg: string, code: string): GoResponse {
  if (code === '') return { body: msg };
  if (!/^[-+]?\d+$/.test(code))
    return { body: `argument 'code' must be an integer or empty, got ${JSON.stringify(code)}\n` };
  // net/http panics on others, and hangs up; what is below 200 would never be an answer.
  return { status: Math.min(Math.max(Number(code), 200), 999), body: msg };
}

function redirect(request: GoRequest, location: string, code: string): GoResponse {
  if (code !== '' && !/^[-+]?\d+$/.test(code))
    return { body: `argument 'code' must be an integer or empty, got ${JSON.stringify(code)}\n` };
  return redirectResponse(request, location, code === '' ? 302 : Math.min(Math.max(Number(code), 200), 999));
}

function headerText({ headers }: GoRequest, key: string): string {
  return key === '' ? goJson(Object.fromEntries(headers)) : (headers.get(canonical(key))?.[0] ?? '');
}

/** `sh -c`, and what it wrote, as JSON. */
async function shell(process: Process, text: string): Promise<GoResponse> {
  await log(process, `GET /shell?cmd=${text}`);
  const { written, child } = readAll(process, (files) =>
    startCommand(process, ['/bin/sh', '-c', text], { files }),
  );
  const status = await process.until(child.exited);
  const output = await written();
  const result: Record<string, string> = {};
  if (output !== '') result['output'] = output;
  if (child.killedBy !== undefined)
    result['error'] = `signal: ${SIGNAL_WORDS[child.killedBy] ?? child.killedBy}`;
  else if (status !== 0) result['error'] = `exit status ${status}`;
  const shown = Object.entries(result).sort(([a], [b]) => (a < b ? -1 : 1));
  await log(process, `Output: map[${shown.map(([name, value]) => `${name}:${value}`).join(' ')}]`);
  return { body: goJson(result) };
}

/** As Go's syscall names them. */
const SIGNAL_WORDS: Partial<Record<string, string>> = {
  SIGHUP: 'hangup',
  SIGINT: 'interrupt',
  SIGQUIT: 'quit',
  SIGKILL: 'killed',
  SIGPIPE: 'broken pipe',
  SIGALRM: 'alarm clock',
  SIGTERM: 'terminated',
};

/** What http.ServeMux makes of a path before it looks who serves it. */
function cleanPath(path: string): string {
  const names: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') names.pop();
    else if (part !== '' && part !== '.') names.push(part);
  }
  return `/${names.join('/')}${names.length > 0 && path.endsWith('/') ? '/' : ''}`;
}
