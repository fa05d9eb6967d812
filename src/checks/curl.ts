import type { ExecOutcome } from '../cluster/exec.ts';

/** What curl, run inside a container, came to know. */
export type CurlResult =
  | {
      kind: 'answered';
      status: number;
      body: string;
      /** `server: nginx`, as they came. */
      headers: string[];
      /** The address curl connected to, and the address it connected from. */
      remote: string;
      local: string;
    }
  | { kind: CurlFailure; connected: boolean; message: string }
  | { kind: 'no-curl'; message: string }
  /** curl ended for a reason that says nothing about the network. */
  | { kind: 'broken'; message: string };

export type CurlFailure = 'refused' | 'unreachable' | 'timeout' | 'no-name' | 'no-answer';

/** Seconds for the TCP handshake and for everything. Within a cluster a second is long; a lost SYN is resent after one. */
export const CONNECT_SECONDS = 4;
const TOTAL_SECONDS = 8;

export interface CurlOptions {
  /** A text without HTTP around it is an answer, too: its status is 0. */
  bare?: boolean;
  /** Goes to the proxy that the container's environment names, as curl does by itself. */
  heedsProxy?: boolean;
}

/**
 * The command line for one request. Verbose, because current versions of curl say only there why a connection failed.
 * No ~/.curlrc, and no proxy unless asked for: they would answer for the network. The URL has been
 * parsed before, single quotes cannot occur in it.
 */
export function curlScript(
  url: string,
  mark: string,
  { bare = false, heedsProxy = false }: CurlOptions = {},
): string {
  // curl refuses HTTP/0.9 since 7.66, unless asked; before 7.64 it does not know the question.
  const setting = bare
    ? `z=; case "$(curl --help all 2>&1; curl --help 2>&1)" in *--http0.9*) z=--http0.9;; esac\n`
    : '';
  return (
    setting +
    `curl -q${bare ? ' $z' : ''}${url.startsWith('https:') ? ' -k' : ''} -sSv -g${heedsProxy ? '' : " --noproxy '*'"} -A k8snet-tutor --connect-timeout ${CONNECT_SECONDS} -m ${TOTAL_SECONDS} ` +
    `-w '\\n${mark} %{http_code} %{time_connect} [%{remote_ip}] [%{local_ip}]\\n' '${url}'`
  );
}

export function readCurl(
  outcome: Extract<ExecOutcome, { kind: 'exit' }>,
  mark: string,
  { bare = false }: CurlOptions = {},
): CurlResult {
  const message = lastWords(outcome.stderr);
  if (outcome.code === 127 || outcome.code === 126) return { kind: 'no-curl', message };
  const facts = new RegExp(`\\n${mark} (\\d{3}) ([\\d.,]+) \\[([^\\]]*)\\] \\[([^\\]]*)\\]\\n?$`).exec(
    outcome.stdout,
  );
  const status = Number(facts?.[1] ?? 0);
  const body = outcome.stdout.slice(0, facts?.index);
  // Some kinds of nc keep the connection open when all has been said: then it is the time limit that ends it.
  const complete = bare
    ? outcome.code === 0 || (outcome.code === OPERATION_TIMEDOUT && body !== '')
    : outcome.code === 0 && status > 0;
  if (complete && facts !== null)
    return {
      kind: 'answered',
      status,
      body,
      headers: [...outcome.stderr.matchAll(/^< ([\w-]+: *.*?)\r?$/gm)].map((each) => each[1]!),
      remote: facts[3] ?? '',
      local: facts[4] ?? '',
    };
  // Some locales write a decimal comma.
  const connected = Number((facts?.[2] ?? '0').replace(',', '.')) > 0 || CONNECTED.test(outcome.stderr);
  const kind = failureKind(outcome.code, connected, outcome.stderr);
  const unsaid =
    outcome.code === 0 && connected
      ? 'what came back is not HTTP'
      : `curl ended with exit code ${outcome.code}`;
  if (kind === undefined) return { kind: 'broken', message: message || unsaid };
  return { kind, connected, message: message || unsaid };
}

const OPERATION_TIMEDOUT = 28;
const OUT_OF_MEMORY = 27;
/** A shell's exit code for a program that a signal has ended. */
const isKilled = (code: number): boolean => code > 128;

/** What -v says after a handshake; the time of a fast one is written as 0.000 by old versions. */
const CONNECTED = /^\* +(?:Connected to|Established connection to) /m;

/** What -v adds: remarks, headers both ways, and how much data went by. */
const VERBOSE = /^[*<>{}]/;

/** curl's own last line, and why the last connection failed where only the verbose lines say it. */
function lastWords(stderr: string): string {
  const words = /^(?:curl|sh): .*$/gm;
  const told = stderr.split('\n').filter((line) => line.trim() !== '' && !VERBOSE.test(line));
  const last = stderr.match(words)?.at(-1) ?? told.at(-1) ?? '';
  const why = failedAttempts(stderr).at(-1);
  return why === undefined || last.includes(why) ? last : `${last} (${why})`;
}

/** `connect to 127.0.0.1 port 80 failed: Connection refused`, with `from …` in between since curl 8. */
function failedAttempts(stderr: string): string[] {
  return [...stderr.matchAll(/^\* +connect to \S+ port \d+ (?:from \S+ port \d+ )?failed: (.*)$/gm)].map(
    (each) => each[1]!.trim(),
  );
}

/**
 * curl's exit codes: 6 no such name, 7 could not connect, 28 too late; after a handshake it is the answer's trouble. Undefined
 * when curl itself came to grief (killed, out of memory) before it had anything to say of the network.
 */
function failureKind(code: number, connected: boolean, stderr: string): CurlFailure | undefined {
  if (code === 6) return 'no-name';
  if (isKilled(code) || code === OUT_OF_MEMORY) return undefined;
  if (connected) return 'no-answer';
  if (code !== 7 && code !== 28) return undefined;
  if (code === 28) return 'timeout';
  if (/Connection refused/i.test(stderr)) return 'refused';
  return /timed out/i.test(stderr) ? 'timeout' : 'unreachable';
}
