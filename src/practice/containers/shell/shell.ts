import type { CompoundList, Function as FunctionNode, ParsedScript, Statement } from 'unbash';
import { decode, Exit, type Process, type SignalName } from '../process.ts';
import { Pipe, type Source } from '../stream.ts';
import { OpenFile } from '../open-file.ts';
import { Interrupted, ReadOnly, ShellError } from './errors.ts';
import { arithmetic, expandText } from './expand.ts';
import { Jobs, SIGNAL_WORDS, type Job } from './jobs.ts';
import { OPTION_LETTERS, type Option } from './options.ts';
import { runJob } from './fork.ts';
import { runList, runNode, runProgram, runSubstitution } from './run.ts';
import { callCommand } from './simple-command.ts';
import { parseProgram, type Program } from './syntax.ts';

export interface Variable {
  value: string | undefined;
  exported: boolean;
  readonly: boolean;
}

export type TrapName = SignalName | 'EXIT';

/** Whose words it speaks: busybox ash's, or bash's, which also tells of jobs that it starts. */
export type Dialect = 'ash' | 'bash';

/** `eval` that evaluates itself. */
const DEEPEST_TEXT = 500;
/** `$(yes)` would otherwise never end. */
const MOST_CAPTURED = 4 * 1024 * 1024;

/** All that a shell knows: its variables, functions, options and jobs. A subshell has a copy. */
export class Shell {
  readonly process: Process;
  /** `$0`, which stands before every message. */
  name: string;
  readonly dialect: Dialect;
  private readonly appletName: string;
  variables = new Map<string, Variable>();
  functions = new Map<string, FunctionNode>();
  options = new Set<Option>();
  positional: string[] = [];
  /** `$?` */
  status = 0;
  /** The last command substitution's; an assignment alone has it as its own. */
  substitutionStatus: number | undefined;
  /** `$!` */
  lastBackground: number | undefined;
  readonly jobs: Jobs;
  readonly traps = new Map<TrapName, string>();
  /** Shows prompts, outlives errors and Ctrl-C, and gives each job a process group of its own. */
  interactive = false;
  /** Where commands come from, as `$-` tells: `c` or `s`. */
  sourceFlag: 'c' | 's' | '' = '';
  /** `$$`: a subshell keeps the main shell's. */
  pid: number;
  /** What is running is the condition of something: `set -e` looks away. */
  conditions = 0;
  /** What failed last was looked at already, as the left side of `&&`: `set -e` looks away. */
  tested = false;
  loops = 0;
  functionDepth = 0;
  sourceDepth = 0;
  /** What `local` hides, one map per running function. */
  readonly locals: Map<string, Variable | undefined>[] = [];
  /** Where `cd` went, links not followed. */
  directory: string;
  mask = 0o022;
  /** Lines that were typed. */
  history: readonly string[] = [];
  getoptsPlace = 0;
  private readonly arrived: SignalName[] = [];
  private readonly signalListeners = new Set<() => void>();
  private interrupted = false;
  private depth = 0;

  constructor(process: Process, name: string, dialect: Dialect = 'ash') {
    this.process = process;
    this.dialect = dialect;
    this.name = name;
    this.jobs = new Jobs(dialect);
    this.directory = process.directory;
    this.appletName = (process.argv[0] ?? 'sh').replace(/^.*\//, '').replace(/^-/, '');
    this.pid = process.pid;
    for (const [key, value] of process.environment)
      if (/^[A-Za-z_]\w*$/.test(key)) this.variables.set(key, { value, exported: true, readonly: false });
    this.variables.set('IFS', { value: ' \t\n', exported: false, readonly: false });
    this.variables.set('OPTIND', { value: '1', exported: false, readonly: false });
    this.variables.set('PPID', { value: String(process.parentPid), exported: false, readonly: false });
    this.variables.set('PWD', { value: process.directory, exported: true, readonly: false });
  }

  /** The shell of a forked process. Traps are the main shell's alone. */
  fork(process: Process): Shell {
    const copy = new Shell(process, this.name, this.dialect);
    copy.variables = new Map([...this.variables].map(([name, variable]) => [name, { ...variable }]));
    copy.functions = new Map(this.functions);
    copy.options = new Set(this.options);
    copy.positional = [...this.positional];
    copy.status = this.status;
    copy.lastBackground = this.lastBackground;
    copy.pid = this.pid;
    copy.depth = this.depth;
    copy.sourceFlag = this.sourceFlag;
    copy.conditions = this.conditions;
    copy.functionDepth = this.functionDepth;
    copy.sourceDepth = this.sourceDepth;
    copy.loops = this.loops;
    copy.directory = this.directory;
    copy.mask = this.mask;
    for (const [name, action] of this.traps) if (action === '') copy.trap(name, '');
    return copy;
  }

  get(name: string): string | undefined {
    if (name === 'RANDOM') return String(Math.floor(this.process.machine.random() * 32768));
    if (name === 'LINENO') return '0';
    return this.variables.get(name)?.value;
  }

  /** @throws {ShellError} */
  set(name: string, value: string): void {
    const before = this.variables.get(name);
    if (before?.readonly === true) throw new ReadOnly(name);
    const exported = before?.exported === true || this.options.has('allexport');
    this.variables.set(name, { value, exported, readonly: false });
    if (name === 'OPTIND') this.getoptsPlace = 0;
  }

  /** @throws {ShellError} */
  unset(name: string): void {
    if (this.variables.get(name)?.readonly === true) throw new ReadOnly(name);
    this.variables.delete(name);
  }

  /** A variable or one of `$1`, `$?`, `$*` … */
  parameter(name: string): string | undefined {
    switch (name) {
      case '?':
        return String(this.status);
      case '$':
        return String(this.pid);
      case '!':
        return this.lastBackground === undefined ? undefined : String(this.lastBackground);
      case '#':
        return String(this.positional.length);
      case '-':
        return this.flags();
      case '0':
        return this.name;
      case '@':
      case '*':
        return this.positional.join((this.get('IFS') ?? ' ').charAt(0));
      default:
        return /^\d+$/.test(name) ? this.positional[Number(name) - 1] : this.get(name);
    }
  }

  /** What programs get: the exported variables, with those set in front of the command. */
  environment(assigned: ReadonlyMap<string, string>): Map<string, string> {
    const environment = new Map<string, string>();
    for (const [name, { value, exported }] of this.variables)
      if (exported && value !== undefined) environment.set(name, value);
    for (const [name, value] of assigned) environment.set(name, value);
    return environment;
  }

  /** Runs a program given as text: `sh -c`, `eval`, a script. @throws {ShellError} for a syntax error */
  async runText(text: string): Promise<number> {
    return this.runParsed(parseProgram(text));
  }

  async runParsed(program: Program): Promise<number> {
    if (this.depth >= DEEPEST_TEXT) throw new ShellError('maximum recursion depth reached');
    this.depth++;
    try {
      return await runProgram(this, program);
    } finally {
      this.depth--;
    }
  }

  /** The value of an arithmetic expression. @throws {ShellError} */
  calculate(expression: string): Promise<bigint> {
    return arithmetic(this, expression);
  }

  /** Variables and commands in PS1; a prompt that can't be expanded is shown as it is. */
  async expandPrompt(prompt: string): Promise<string> {
    const { script, problem } = parseProgram(`"${prompt.replaceAll('"', '\\"')}"`);
    const command = script.commands[0]?.command;
    if (problem !== undefined || command?.type !== 'Command' || command.name === undefined) return prompt;
    return expandText(this, command.name);
  }

  /** Runs a part of a program, which sets `$?`. */
  async run(node: Statement['command'] | CompoundList): Promise<void> {
    if (node.type === 'CompoundList') await runList(this, node);
    else await runNode(this, node);
  }

  /** Runs a command that was expanded already, past functions of the same name. */
  call(argv: string[]): Promise<number> {
    return callCommand(this, argv);
  }

  /** `fg` */
  runInForeground(job: Job): Promise<number> {
    job.toForeground();
    return runJob(this, job.processes);
  }

  /** A shell that knows only what exec(2) hands on: for a script in the same process. */
  anew(name: string): Shell {
    return new Shell(this.process, name, this.dialect);
  }

  /** `$(…)`: what the commands write, without the newlines at its end. */
  async capture(script: ParsedScript): Promise<string> {
    const pipe = new Pipe();
    const files = this.process.files.copy();
    files.set(1, new OpenFile({ sink: pipe.sink }));
    const child = runSubstitution(this, script, files);
    const text = await this.drain(pipe.source);
    this.substitutionStatus = await this.wait(child.exited);
    return text.replace(/\n+$/, '');
  }

  /** Tells that a signal ended a job, but not the everyday ones. */
  async tellSignal(processes: readonly Process[]): Promise<void> {
    const name = processes.at(-1)?.killedBy;
    if (name !== undefined && name !== 'SIGINT' && name !== 'SIGPIPE')
      await this.process.complain(`${SIGNAL_WORDS[name]}\n`);
  }

  /** A message of a builtin that busybox has as a program, too: with the program's name, which is the shell's own. */
  complainAsApplet(message: string): Promise<void> {
    return this.process.complain(`${this.appletName}: ${message}\n`);
  }

  /** A message on stderr, with the shell's name. */
  complain(message: string): Promise<void> {
    return this.process.complain(`${this.name}: ${message}\n`);
  }

  /** Waits for something; Ctrl-C at an interactive shell ends the wait. @throws {Interrupted | Killed} */
  async wait<T>(promise: Promise<T>): Promise<T> {
    if (!this.interactive) return this.process.until(promise);
    let forget = (): void => undefined;
    const interruption = new Promise<never>((_, reject) => {
      forget = this.onSignal(() => {
        if (this.interrupted) reject(this.takeInterruption());
      });
    });
    try {
      return await this.process.until(Promise.race([promise, interruption]));
    } finally {
      forget();
    }
  }

  /** Before each command: lets others run, and does what signals asked for meanwhile. */
  async checkpoint(): Promise<void> {
    await this.process.breathe();
    if (this.interrupted) throw this.takeInterruption();
    for (let name = this.arrived.shift(); name !== undefined; name = this.arrived.shift()) {
      const action = this.traps.get(name);
      if (action !== undefined && action !== '') await this.runTrap(action);
    }
  }

  /** @param action commands; '' ignores the signal, undefined is the default again */
  trap(name: TrapName, action: string | undefined): void {
    if (action === undefined) this.traps.delete(name);
    else this.traps.set(name, action);
    if (name === 'EXIT' || name === 'SIGKILL') return;
    if (action === undefined) this.process.handle(name, this.interactive ? this.ownHandler(name) : undefined);
    else if (action === '') this.process.handle(name, 'ignore');
    else
      this.process.handle(name, () => {
        this.arrived.push(name);
        for (const listener of this.signalListeners) listener();
      });
  }

  /** Told of every signal that a trap or the prompt waits for. The answer takes it back. */
  onSignal(listener: () => void): () => void {
    this.signalListeners.add(listener);
    return () => this.signalListeners.delete(listener);
  }

  get hasArrived(): boolean {
    return this.arrived.length > 0;
  }

  /** From now on it is somebody at a terminal who types. */
  becomeInteractive(): void {
    this.interactive = true;
    for (const name of ['SIGINT', 'SIGTERM', 'SIGQUIT'] as const)
      this.process.handle(name, this.ownHandler(name));
  }

  interrupt(): void {
    this.interrupted = true;
    for (const listener of this.signalListeners) listener();
  }

  /** The trap on EXIT, once. The status stays unless the trap exits itself. */
  async leave(status: number): Promise<number> {
    const action = this.traps.get('EXIT');
    this.traps.delete('EXIT');
    if (action === undefined || action === '') return status;
    this.status = status;
    try {
      await this.runText(action);
      return status;
    } catch (error) {
      if (error instanceof Exit) return error.status;
      throw error;
    }
  }

  private ownHandler(name: SignalName): (() => void) | 'ignore' {
    return name === 'SIGINT' ? () => this.interrupt() : 'ignore';
  }

  private takeInterruption(): Interrupted {
    this.interrupted = false;
    return new Interrupted();
  }

  private async runTrap(action: string): Promise<void> {
    const before = this.status;
    await this.runText(action);
    this.status = before;
  }

  private async drain(source: Source): Promise<string> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    try {
      for (;;) {
        const chunk = await this.wait(source.read());
        if (chunk === null) return decode(Buffer.concat(chunks)).replaceAll('\0', '');
        await this.process.breathe();
        chunks.push(chunk);
        size += chunk.length;
        if (size > MOST_CAPTURED) throw new ShellError('out of memory');
      }
    } finally {
      source.close();
    }
  }

  private flags(): string {
    const letters = OPTION_LETTERS.filter(([, option]) => this.options.has(option)).map(([letter]) => letter);
    return `${this.sourceFlag}${letters.join('')}${this.interactive ? 'i' : ''}`;
  }
}
