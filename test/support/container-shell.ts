import { execFile } from 'node:child_process';

/** What curl was asked for, by its real command line. */
export interface CurlCall {
  /** With the nonce in it. */
  url: string;
  args: string[];
}

export type CurlAnswer =
  /** With the status 0 there is no HTTP around the body. */
  | { status: number; body: string; remote: string; local: string }
  /** `connect` is %{time_connect}. */
  | { exit: number; stderr: string; stdout?: string; connect?: string };

/** The programs of a container's image; without one of them the shell says "not found". */
export interface Programs {
  curl?: (call: CurlCall) => CurlAnswer;
  /** Files by their path. */
  cat?: Record<string, string>;
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
  const cat = programs.cat === undefined ? '' : catFunction(programs.cat);
  if (programs.curl === undefined || !script.includes('curl ')) return sh(`${cat}\n${script}`);
  // Once to learn what curl is asked for, once to give its answer.
  const help = `case "$1" in --help) echo '     --http0.9  Allow HTTP 0.9 responses'; return;; esac`;
  const seen = await sh(`curl() { ${help}; printf '%s\\n' "$@" >&2; }\n${cat}\n${script}`);
  const args = seen.stderr.split('\n').slice(0, -1);
  const answer = answered(args, programs.curl({ args, url: args.at(-1) ?? '' }));
  const { stdout, stderr, code } = answer;
  const curl = `curl() { ${help}; printf %s ${quoted(stdout)}; printf %s ${quoted(stderr)} >&2; return ${code}; }`;
  return sh(`${curl}\n${cat}\n${script}`);
}

function answered(args: string[], answer: CurlAnswer): ShellResult {
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
  const stderr = `* Connected to ${answer.remote} (${answer.remote}) port 80\n< HTTP/1.1 ${answer.status}\n`;
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

function sh(script: string): Promise<ShellResult> {
  return new Promise((resolve) => {
    const child = execFile(
      '/bin/sh',
      ['-c', script],
      { env: { PATH: '/nonexistent' } },
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? 255, stdout, stderr }),
    );
  });
}
