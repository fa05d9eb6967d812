import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { delimiter, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Timing } from '../cluster/api.ts';
import type { Terminal } from '../cluster/connection.ts';
import type { KubeconfigSources } from '../cluster/kubeconfig.ts';
import { isAlive, type Locksmith, startOf } from '../tutor/lock.ts';
import { StateFolder, stateFolderPath } from '../tutor/state-folder.ts';
import { linePrompter } from '../ui/line-prompter.ts';
import { enquirerPrompter, type Prompter } from '../ui/prompter.ts';
import { processTerminal } from './terminal.ts';

/** The world outside: everything a command may touch of the process it runs in. */
export interface Runtime {
  env: Record<string, string | undefined>;
  home: string;
  /** Somebody sits at a terminal: both ways, and no CI. */
  interactive: boolean;
  /** Colours are welcome on stdout. */
  colour: boolean;
  /** Screen readers and dumb terminals: words for signs, nothing redrawn. */
  plain: boolean;
  width(): number;
  out(text: string): void;
  err(text: string): void;
  prompter: Prompter;
  /** For those who want nothing drawn: --plain. */
  plainPrompter: Prompter;
  /** For a command in a container: raw keys in, bytes out. */
  terminal: Terminal & { isTTY: boolean };
  state: StateFolder;
  /** Whether a terminal finds this program by its name. */
  isInPath(program: string): boolean;
  /** The folder with lessons/ and manifests/. */
  packFolder: string;
  /** The program that is the practice cluster, for a process or a thread of its own. */
  practiceProgram: string;
  kubeconfigSources(explicit: string | undefined): KubeconfigSources;
  timing: Timing;
  /** 32 letters and digits. */
  nonce(): string;
  timestamp(): string;
  isAlive(pid: number): boolean;
  locksmith: Locksmith;
  /** Aborts with the first Ctrl-C or SIGTERM. */
  interrupt: AbortSignal;
}

export function processRuntime(interrupt: AbortSignal): Runtime {
  const { env, stdin, stdout, stderr } = process;
  const home = env['HOME'] || homedir();
  const dumb = env['TERM'] === 'dumb';
  const state = new StateFolder(resolve(stateFolderPath(env, home, process.platform)));
  // Files that `env` made point kubectl at a lesson; to the tutor they would say that the lesson's is the learner's cluster.
  const ignore = (path: string): boolean => path.startsWith(state.path + sep);
  const colour = wantsColour(env, stdout.isTTY);
  const plain = dumb || Boolean(env['ACCESSIBLE']);
  const plainPrompter = linePrompter(stdin, stdout);
  return {
    env,
    home,
    interactive: stdin.isTTY && stdout.isTTY && !env['CI'],
    colour,
    plain,
    width: () => Math.max(40, Math.min(stdout.columns || 80, 120)),
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    prompter: plain ? plainPrompter : enquirerPrompter(stdin, stdout, colour),
    plainPrompter,
    terminal: processTerminal(stdin, stdout, stderr),
    state,
    isInPath: (program) => isInPath(env['PATH'] ?? '', program),
    packFolder: fileURLToPath(new URL('..', import.meta.url)),
    practiceProgram: fileURLToPath(new URL('./practice.js', import.meta.url)),
    kubeconfigSources: (explicit) => ({
      explicit,
      env,
      home,
      cwd: process.cwd(),
      pathDelimiter: delimiter,
      ignore,
    }),
    timing: { now: Date.now, sleep, random: Math.random },
    nonce: () => randomBytes(16).toString('hex'),
    timestamp: () => new Date().toISOString(),
    isAlive,
    locksmith: { pid: process.pid, host: hostname(), startOf, now: Date.now, every },
    interrupt,
  };
}

/** no-color.org; FORCE_COLOR as the ecosystem has it. */
function wantsColour(env: Record<string, string | undefined>, terminal: boolean): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] !== '0';
  return terminal && env['TERM'] !== 'dumb';
}

/** npm and npx put node_modules/.bin into the PATH of what they run, and of nothing else. */
function isInPath(path: string, program: string): boolean {
  return path
    .split(delimiter)
    .filter((folder) => folder !== '' && !folder.endsWith(join('node_modules', '.bin')))
    .some((folder) => ['', '.cmd'].some((ending) => existsSync(join(folder, program + ending))));
}

/** Ends early, without an error, when the signal aborts: the next request will say so. */
export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted || milliseconds <= 0) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done, { once: true });
  });
}

/** Keeps nobody from ending. */
function every(milliseconds: number, action: () => void): () => void {
  const timer = setInterval(action, milliseconds).unref();
  return () => clearInterval(timer);
}
