import { FileError } from '../../file-error.ts';
import type { Process, Program } from '../../process.ts';
import { type CommandLine, readCommandLine, type Request } from './command-line.ts';
import { requestBody } from './data.ts';
import { type Build, Edition } from './edition.ts';
import { CurlFailure } from './failure.ts';
import { expandUrl, GlobError } from './glob.ts';
import { Meter } from './meter.ts';
import { BodyOutput } from './output.ts';
import { Trace } from './trace.ts';
import { type Session, Transfer } from './transfer.ts';
import { parseUrl } from './url.ts';
import { type Facts, writeOut } from './write-out.ts';

const TRY_HELP = "curl: try 'curl --help' or 'curl --manual' for more information\n";

const HELP = `Usage: curl [options...] <url>
 -d, --data <data>           HTTP POST data
 -f, --fail                  Fail fast with no output on HTTP errors
 -h, --help <subject>        Get help for commands
 -o, --output <file>         Write to file instead of stdout
 -O, --remote-name           Write output to file named as remote file
 -i, --show-headers          Show response headers in output
 -s, --silent                Silent mode
 -u, --user <user:password>  Server user and password
 -A, --user-agent <name>     Send User-Agent <name> to server
 -v, --verbose               Make the operation more talkative
 -V, --version               Show version number and quit

This is not the full help; this menu is split into categories.
Use "--help category" to get an overview of all categories, which are:
auth, connection, curl, deprecated, dns, file, ftp, global, http, imap, ldap,
output, pop3, post, proxy, scp, sftp, smtp, ssh, telnet, tftp, timeout, tls,
upload, verbose.
Use "--help all" to list all options
Use "--help [option]" to view documentation for a given option
`;

/** How many transfers `-Z` has at once. */
const MOST_PARALLEL = 50;

/** curl for HTTP; of which version decides what it says and does. */
export function curl(build: Build): Program {
  const edition = new Edition(build);
  return async (process) => {
    const line: CommandLine = readCommandLine(process.argv.slice(1));
    switch (line.kind) {
      case 'nothing':
        await process.complain(TRY_HELP);
        return 2;
      case 'error':
        await process.complain(`curl: ${line.message}\n${TRY_HELP}`);
        return 2;
      case 'version':
        await process.print(edition.versionText());
        return 0;
      case 'help':
        await process.print(HELP);
        return 0;
      case 'request':
        return run(process, edition, line.request);
    }
  };
}

async function run(process: Process, edition: Edition, request: Request): Promise<number> {
  if (request.urls.length === 0) {
    await process.complain(`${edition.noUrl}\n${TRY_HELP}`);
    return 2;
  }
  let data: Uint8Array | undefined;
  try {
    data = await requestBody(process, request.data);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const option =
      request.data.find(({ value }) => value.startsWith('@'))?.kind === 'binary' ? '--data-binary' : '-d';
    await process.complain(`curl: option ${option}: error encountered when reading a file\n${TRY_HELP}`);
    return 26;
  }
  const isQuery = request.sendsDataAsQuery && data !== undefined;
  const session: Session = {
    process,
    edition,
    request,
    body: isQuery ? undefined : data,
    query: isQuery ? Buffer.from(data!).toString('utf8') : undefined,
    idle: [],
    nextId: 0,
  };
  const jobs = await planned(process, edition, request);
  if (typeof jobs === 'number') return jobs;
  return request.isParallel ? inParallel(session, jobs) : inTurn(session, jobs);
}

interface Job {
  url: string;
  number: number;
  file: string | undefined;
}

/** Every URL with the file its answer goes to; an exit status when one can't be. */
async function planned(process: Process, edition: Edition, request: Request): Promise<Job[] | number> {
  const jobs: Job[] = [];
  for (const [index, pattern] of request.urls.entries()) {
    const output = request.outputs[index];
    const isNamedByUrl = index < request.outputs.length && output === undefined;
    let urls: string[];
    try {
      urls = request.globs ? expandUrl(pattern) : [pattern];
    } catch (error) {
      if (!(error instanceof GlobError)) throw error;
      const caret = `${' '.repeat(error.position - 1)}^`;
      await process.complain(
        `curl: (3) ${error.message} in URL position ${error.position}:\n${pattern}\n${caret}\n`,
      );
      return 3;
    }
    for (const url of urls) {
      const file = isNamedByUrl ? remoteName(url) : output;
      if (file === '') {
        const words = edition.isOfTheDecksDay
          ? 'Remote file name has no length!'
          : 'Failed to extract a filename to use for storage';
        await process.complain(`curl: ${edition.isOfTheDecksDay ? '' : '(23) '}${words}\n`);
        if (edition.isOfTheDecksDay) await process.complain(TRY_HELP);
        return 23;
      }
      jobs.push({ url, number: jobs.length, file: file === '-' ? undefined : file });
    }
  }
  return jobs;
}

function remoteName(url: string): string {
  const parsed = parseUrl(url);
  return typeof parsed === 'string' ? '' : parsed.path.replace(/\?.*$/s, '').replace(/^.*\//s, '');
}

async function inTurn(session: Session, jobs: Job[]): Promise<number> {
  let status = 0;
  for (const job of jobs) {
    const own = await withRetries(session, job);
    if (own !== 0) status = own;
    if (own !== 0 && session.request.failsEarly) break;
  }
  return status;
}

async function inParallel(session: Session, jobs: Job[]): Promise<number> {
  const waiting = [...jobs];
  let status = 0;
  const work = async (): Promise<void> => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      const own = await withRetries(session, job);
      if (own !== 0) status = own;
    }
  };
  await Promise.all(Array.from({ length: MOST_PARALLEL }, work));
  return status;
}

const TRANSIENT = new Set([408, 429, 500, 502, 503, 504]);

async function withRetries(session: Session, job: Job): Promise<number> {
  const { process, request, edition } = session;
  let pause = request.retryDelay || 1000;
  for (let tried = 0; ; tried++) {
    const left = request.retries - tried;
    const { status, code } = await one(session, job, tried, left > 0);
    const problem =
      status === 28 || status === 6
        ? 'timeout'
        : status === 7 && request.retriesRefused
          ? 'connection refused'
          : TRANSIENT.has(code)
            ? 'HTTP error'
            : status !== 0 && request.retriesAll
              ? '(retrying all errors)'
              : undefined;
    if (problem === undefined || left <= 0) return status;
    if (!request.isSilent || request.showsErrors)
      await process.complain(`Warning: Problem: ${problem}. ${edition.willRetry(pause / 1000, left)}\n`);
    await process.sleep(pause);
    if (request.retryDelay === 0) pause = Math.min(2 * pause, 600_000);
  }
}

/** One transfer, with all that is said about it. */
async function one(
  session: Session,
  job: Job,
  retries: number,
  isRetried: boolean,
): Promise<{ status: number; code: number }> {
  const { process, request, edition } = session;
  const showsBody = job.file === undefined && process.files.get(1)?.tty !== undefined;
  const facts = noFacts(job, retries);
  const trace = new Trace(process, request.isVerbose, showsBody);
  const meter = new Meter(
    process,
    !request.isSilent && request.hasProgress && !showsBody && !request.isParallel,
  );
  const output = new BodyOutput(process, job.file, edition.isOfTheDecksDay);
  try {
    await new Transfer(session, { trace, meter, output, facts }).run(job.url);
    await output.finish();
  } catch (error) {
    if (!(error instanceof CurlFailure)) throw error;
    facts.exitCode = error.status;
    facts.error = error.message;
  }
  const code = facts.head?.status ?? 0;
  const isTold = !request.isSilent || request.showsErrors;
  if (facts.exitCode !== 0 && isTold) await process.complain(`curl: (${facts.exitCode}) ${facts.error}\n`);
  if (!isRetried || !TRANSIENT.has(code))
    for (const { stream, text } of writeOut(request.writeOut, facts))
      await process[stream].write(Buffer.from(text));
  return { status: facts.exitCode, code };
}

function noFacts(job: Job, retries: number): Facts {
  return {
    url: job.url,
    number: job.number,
    effective: undefined,
    effectiveUrl: job.url,
    method: 'GET',
    head: undefined,
    headers: 0,
    remote: undefined,
    local: undefined,
    connects: 0,
    redirects: 0,
    redirectUrl: '',
    retries,
    size: { download: 0, upload: 0, header: 0, request: 0 },
    time: { namelookup: 0, connect: 0, pretransfer: 0, starttransfer: 0, redirect: 0, total: 0 },
    file: job.file ?? '',
    exitCode: 0,
    error: '',
  };
}
