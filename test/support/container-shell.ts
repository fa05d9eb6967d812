import { execFile } from 'node:child_process';

/** What curl was asked for, by its real command line. */
export interface CurlCall {
  /** With the nonce in it. */
  url: string;
  args: string[];
}

export type CurlAnswer =
  /** With the status 0 there is no HTTP around the body. */
  | { status: number; body: string; remote: string; local: string; headers?: string[] }
  /** `connect` is %{time_connect}. */
  | { exit: number; stderr: string; stdout?: string; connect?: string };

/** The programs of a container's image; without one of them the shell says "not found". */
export interface Programs {
  curl?: (call: CurlCall) => CurlAnswer;
  /** Files by their path. */
  cat?: Record<string, string>;
  /** What `ps -e -o args` shows. */
  ps?: string[];
  /** The environment of the container. */
  env?: Record<string, string>;
  /** A proxy gets the requests that are not kept from it. */
  asksProxy?: boolean;
}

export interface ShellResult {
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs a script with the real /bin/sh of this machine, which finds no program but these. So the markers around the
 * answer and the quoting of the command line are tried as they are.
 */
export async function runInShell(script: string, programs: Programs): Promise<ShellResult> {
  const { curl, env = {}, asksProxy = false } = programs;
  const ps =
    programs.ps === undefined ? '' : `ps() { printf '%s\\n' COMMAND ${programs.ps.map(quoted).join(' ')}; }`;
  const cat = `${programs.cat === undefined ? '' : catFunction(programs.cat)}\n${ps}`;
  if (curl === undefined || !script.includes('curl ')) return sh(`${cat}\n${script}`, env);
  // Each time with one answer more, until curl is asked for nothing new: once in nearly all scripts.
  const answers: ShellResult[] = [];
  for (;;) {
    const ran = await sh(`${curlFunction(answers)}\n${cat}\n${script}`, env);
    const [, asked] = ran.stderr.split(UNANSWERED);
    if (asked === undefined) return ran;
    const args = asked.split('\n').slice(1, -1);
    const url = args.at(-1) ?? '';
    const requested = asksProxy && !args.includes('--noproxy') ? url : new URL(url).pathname;
    answers.push(answered(args, requested, curl({ args, url })));
  }
}

const UNANSWERED = 'no answer yet';

/** Gives these answers, one a call, and says what else it is asked for. */
function curlFunction(answers: ShellResult[]): string {
  const help = `case "$1" in --help) echo '     --http0.9  Allow HTTP 0.9 responses'; return;; esac`;
  const cases = answers.map(
    ({ stdout, stderr, code }, index) =>
      `${index + 1}) printf %s ${quoted(stdout)}; printf %s ${quoted(stderr)} >&2; return ${code};;`,
  );
  return `calls=0
curl() {
  ${help}
  calls=$((calls + 1))
  case $calls in
    ${cases.join('\n')}
    *) printf '%s\\n' '${UNANSWERED}' "$@" >&2; exit 99;;
  esac
}`;
}

function answered(args: string[], requested: string, answer: CurlAnswer): ShellResult {
  const format = args[args.indexOf('-w') + 1] ?? '';
  const fields: Record<string, string> =
    'exit' in answer
      ? { http_code: '000', time_connect: answer.connect ?? '0.000000', remote_ip: '', local_ip: '' }
      : {
          http_code: String(answer.status).padStart(3, '0'),
          time_connect: '0.000212',
          remote_ip: answer.remote,
          local_ip: answer.local,
        };
  const facts = format.replaceAll(String.raw`\n`, '\n').replaceAll(/%\{(\w+)\}/g, (_, name: string) => {
    const value = fields[name];
    if (value === undefined) throw new Error(`this curl does not know %{${name}}`);
    return value;
  });
  if ('exit' in answer)
    return { code: answer.exit, stdout: `${answer.stdout ?? ''}${facts}`, stderr: answer.stderr };
  const head = [`HTTP/1.1 ${answer.status}`, ...(answer.headers ?? [])]
    .map((line) => `< ${line}\r\n`)
    .join('');
  const stderr = `* Connected to ${answer.remote} (${answer.remote}) port 80\n> GET ${requested} HTTP/1.1\n${head}`;
  return { code: 0, stdout: `${answer.body}${facts}`, stderr };
}

function catFunction(files: Record<string, string>): string {
  const cases = Object.entries(files).map(([path, text]) => `${quoted(path)}) printf %s ${quoted(text)};;`);
  const missing = `*) echo "cat: can't open '$1': No such file or directory" >&2; return 1;;`;
  return `cat() { case "$1" in ${cases.join(' ')} ${missing} esac; }`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function sh(script: string, env: Record<string, string>): Promise<ShellResult> {
  return new Promise((resolve) => {
    const child = execFile(
      '/bin/sh',
      ['-c', script],
      { env: { PATH: '/nonexistent', ...env } },
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? 255, stdout, stderr }),
    );
  });
}
