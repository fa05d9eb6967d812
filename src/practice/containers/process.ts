import type { Clock } from '../clock.ts';
import type { SocketAddress } from '../network/connection.ts';
import type { NetworkStack } from '../network/stack.ts';
import type { NameServer } from './name-server.ts';
import type { ClusterClient } from './cluster-client.ts';
import { FileError } from './file-error.ts';
import type { FileSystem } from './file-system.ts';
import { FileTable, OpenFile } from './open-file.ts';
import { BrokenPipe, nullDevice, type Sink, type Source } from './stream.ts';

export type SignalName =
  'SIGHUP' | 'SIGINT' | 'SIGQUIT' | 'SIGKILL' | 'SIGUSR1' | 'SIGUSR2' | 'SIGPIPE' | 'SIGALRM' | 'SIGTERM';

export const SIGNALS: Record<SignalName, number> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
};

/** A program runs as one function; what it returns is its exit status. It must end soon after `signal` aborts. */
export type Program = (process: Process) => Promise<number>;

export interface User {
  uid: number;
  gid: number;
  name: string;
}

/** A socket in the hands of a process; one that listens has no remote end. */
export interface OwnSocket {
  readonly local: SocketAddress;
  readonly remote?: SocketAddress;
}

/** What all processes of a container, or of a Node, have in common. */
export interface Machine {
  hostname: string;
  fileSystem: FileSystem;
  network: NetworkStack;
  clock: Clock;
  /** 0 ≤ x < 1 */
  random(): number;
  processes: ProcessTable;
  /** What answers to resolvers at an address, if anything does. */
  nameServer?: ((address: string) => NameServer | undefined) | undefined;
  /** The API server, where the machine has the credentials for it. */
  cluster?: ClusterClient | undefined;
  /** Told of what made a program crash: a bug of ours. */
  fault?: ((error: unknown) => void) | undefined;
}

/** Thrown out of every wait of a process that a signal ended. Programs let it pass. */
export class Killed extends Error {
  constructor() {
    super('killed');
    this.name = 'Killed';
  }
}

/** The program wants to end from deep within (`exit` in a shell, a usage error). */
export class Exit extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`exit ${status}`);
    this.name = 'Exit';
    this.status = status;
  }
}

export interface ProcessOptions {
  /** argv, the program's name first. */
  argv: string[];
  environment: ReadonlyMap<string, string>;
  directory: string;
  user: User;
  /** Taken over: closed when the process ends. */
  files: FileTable;
  parent?: Process | undefined;
  /** The process group, whom a terminal's Ctrl-C reaches. The parent's, or one of its own without a parent. */
  group?: number | 'own' | undefined;
  /** The controlling terminal, which /dev/tty is; the parent's unless given. Not taken over. */
  terminal?: OpenFile | undefined;
}

/** 128 and SIGSEGV. */
const CRASHED = 139;

/** How many times a process may read, write or run a command before everybody else is let in. */
const STEPS_IN_A_ROW = 128;

/** A running program: its arguments, environment, open files, and how signals reach it. */
export class Process {
  readonly machine: Machine;
  readonly pid: number;
  readonly parent: Process | undefined;
  /** As `ps` shows it; a program may write over it, as nginx does. */
  title: string;
  argv: string[];
  readonly environment: Map<string, string>;
  directory: string;
  readonly user: User;
  readonly files: FileTable;
  /** The process group: a number, the pid of its first process. */
  group: number;
  readonly terminal: OpenFile | undefined;
  readonly started: number;
  /** The sockets that it opened, for `netstat -p`. */
  readonly sockets = new Set<OwnSocket>();
  /** Settles when the process has ended: 0 to 255, 128 + the signal's number when one ended it. */
  readonly exited: Promise<number>;
  private readonly gone = new AbortController();
  private readonly endListeners = new Set<() => void>();
  private readonly handlers = new Map<SignalName, (() => void) | 'ignore'>();
  private end!: (status: number) => void;
  private ended = false;
  private killer: SignalName | undefined;
  private steps = 0;

  constructor(machine: Machine, pid: number, options: ProcessOptions) {
    this.machine = machine;
    this.pid = pid;
    this.parent = options.parent;
    const group = options.group ?? options.parent?.group ?? 'own';
    this.group = group === 'own' ? pid : group;
    this.terminal = options.terminal ?? options.parent?.terminal;
    this.argv = options.argv;
    this.title = options.argv.join(' ');
    this.environment = new Map(options.environment);
    this.directory = options.directory;
    this.user = options.user;
    this.files = options.files;
    this.started = machine.clock.now();
    this.exited = new Promise((resolve) => (this.end = resolve));
  }

  /** Aborts when the process ends, however it does. */
  get signal(): AbortSignal {
    return this.gone.signal;
  }

  /** The parent's pid: 0 where the container runtime started it, 1 for orphans. */
  get parentPid(): number {
    if (this.parent === undefined) return 0;
    return this.parent.alive ? this.parent.pid : 1;
  }

  get alive(): boolean {
    return !this.ended;
  }

  /** Calls `listener` when the process ends, at once if it has ended already. The answer takes it back. */
  onEnd(listener: () => void): () => void {
    if (this.ended) {
      listener();
      return () => undefined;
    }
    const own = (): void => listener();
    this.endListeners.add(own);
    return () => this.endListeners.delete(own);
  }

  /** What to do on a signal instead of dying; undefined is the default again. SIGKILL can't be caught. */
  handle(name: Exclude<SignalName, 'SIGKILL'>, handler: (() => void) | 'ignore' | undefined): void {
    if (handler === undefined) this.handlers.delete(name);
    else this.handlers.set(name, handler);
  }

  /**
   * Sends a signal. The kernel spares pid 1 whatever it has no handler for, except a SIGKILL from outside its namespace.
   */
  send(name: SignalName, from: 'inside' | 'outside' = 'inside'): void {
    if (this.ended) return;
    const handler = name === 'SIGKILL' ? undefined : this.handlers.get(name);
    if (handler === 'ignore') return;
    if (handler !== undefined) return handler();
    if (this.pid === 1 && (name !== 'SIGKILL' || from === 'inside')) return;
    this.killer = name;
    this.finish(128 + SIGNALS[name]);
  }

  /** The signal that ended it; undefined while it runs, and when it ended itself. */
  get killedBy(): SignalName | undefined {
    return this.killer;
  }

  /** exec(2): another program in the same process. Handlers are forgotten, ignored signals stay ignored. */
  replace(argv: string[], environment: ReadonlyMap<string, string>): void {
    this.argv = argv;
    this.title = argv.join(' ');
    const entries = [...environment];
    this.environment.clear();
    for (const [name, value] of entries) this.environment.set(name, value);
    for (const [name, handler] of this.handlers) if (handler !== 'ignore') this.handlers.delete(name);
  }

  /** Runs the program and closes everything when it ends. For the process table only. */
  run(program: Program): void {
    void this.statusOf(program).then((status) => this.finish(status));
  }

  /** A wait that ends with the process. @throws {Killed} */
  async until<T>(promise: Promise<T>): Promise<T> {
    if (this.ended) throw new Killed();
    return new Promise<T>((resolve, reject) => {
      const forget = this.onEnd(() => reject(new Killed()));
      promise.then(resolve, reject).finally(forget);
    });
  }

  /** @param milliseconds @throws {Killed} */
  async sleep(milliseconds: number): Promise<void> {
    let cancel: (() => void) | undefined;
    const slept = new Promise<void>((resolve) => (cancel = this.machine.clock.after(milliseconds, resolve)));
    try {
      await this.until(slept);
    } finally {
      cancel?.();
    }
  }

  get stdin(): Source {
    return this.source(0);
  }

  get stdout(): Sink {
    return this.sink(1);
  }

  get stderr(): Sink {
    return this.sink(2);
  }

  /** A descriptor to read from; a closed one is at its end. Reads end with the process. */
  source(number: number): Source {
    const read = async (): Promise<Uint8Array | null> => {
      await this.breathe();
      const file = this.files.get(number);
      if (file?.source === undefined) return null;
      for (;;) {
        const chunk = file.take();
        if (chunk !== undefined) return chunk;
        await this.until(file.fill());
      }
    };
    return { read, close: () => this.files.close(number) };
  }

  /** A descriptor to write to. A broken pipe is SIGPIPE, which ends the process unless it handles it. */
  sink(number: number): Sink {
    const write = async (bytes: Uint8Array): Promise<void> => {
      await this.breathe();
      const sink = this.files.get(number)?.sink ?? nullDevice;
      try {
        await this.until(sink.write(bytes));
      } catch (error) {
        if (error instanceof BrokenPipe) this.send('SIGPIPE');
        if (this.ended) throw new Killed();
        throw error;
      }
    };
    return { write, close: () => this.files.close(number) };
  }

  /**
   * To be awaited in loops: every now and then it lets the rest of the program go on, so that neither
   * `while :; do :; done` nor `yes > /dev/null` stops the world. @throws {Killed}
   */
  async breathe(): Promise<void> {
    if (this.ended) throw new Killed();
    if (++this.steps % STEPS_IN_A_ROW !== 0) return;
    await new Promise<void>((resolve) => void setImmediate(resolve));
    if (this.ended) throw new Killed();
  }

  /** Text to stdout. */
  print(text: string): Promise<void> {
    return this.stdout.write(encode(text));
  }

  /** Text to stderr. */
  complain(text: string): Promise<void> {
    return this.stderr.write(encode(text));
  }

  /** Starts another program with this one as its parent. Files are copied unless given. */
  spawn(
    program: Program,
    options: { argv: string[] } & Partial<Omit<ProcessOptions, 'argv' | 'parent'>>,
  ): Process {
    return this.machine.processes.start(this.machine, program, {
      environment: this.environment,
      directory: this.directory,
      user: this.user,
      ...options,
      files: options.files ?? this.files.copy(),
      parent: this,
    });
  }

  private async statusOf(program: Program): Promise<number> {
    try {
      return (await program(this)) & 255;
    } catch (error) {
      if (error instanceof Exit) return error.status & 255;
      if (error instanceof BrokenPipe) return 128 + SIGNALS.SIGPIPE;
      // A wait that outlived the process, or a bug in one of our programs: it ends as a program that crashed.
      if (this.ended) return CRASHED;
      if (error instanceof FileError) return this.complainOfWriting(error);
      // A stack that is full is the end of real programs, too.
      if (!(error instanceof RangeError)) this.machine.fault?.(error);
      return CRASHED;
    }
  }

  /** The disk is full, and the program had nothing to say about it. */
  private async complainOfWriting(error: FileError): Promise<number> {
    const name = (this.argv[0] ?? '').replace(/^.*\//, '');
    try {
      await this.complain(`${name}: write error: ${error.message}\n`);
      return 1;
    } catch {
      return CRASHED;
    }
  }

  private finish(status: number): void {
    if (this.ended) return;
    this.ended = true;
    this.gone.abort();
    for (const listener of this.endListeners) listener();
    this.endListeners.clear();
    this.files.closeAll();
    this.machine.processes.remove(this);
    this.end(status);
  }
}

/** A container's pids limit. Without one a fork bomb would take the learner's own memory. */
const MOST_PROCESSES = 512;

/** fork(2) says EAGAIN. */
export class TooManyProcesses extends Error {
  constructor() {
    super('Resource temporarily unavailable');
    this.name = 'TooManyProcesses';
  }
}

/** The processes of one PID namespace. When pid 1 ends, the kernel kills the rest. */
export class ProcessTable {
  private readonly processes = new Map<number, Process>();
  private next = 1;

  /** @throws {TooManyProcesses} */
  start(machine: Machine, program: Program, options: ProcessOptions): Process {
    if (this.processes.size >= MOST_PROCESSES) {
      options.files.closeAll();
      throw new TooManyProcesses();
    }
    const process = new Process(machine, this.next++, options);
    this.processes.set(process.pid, process);
    process.run(program);
    return process;
  }

  get(pid: number): Process | undefined {
    return this.processes.get(pid);
  }

  list(): Process[] {
    return [...this.processes.values()];
  }

  /** To every process of a group. */
  signalGroup(group: number, name: SignalName): void {
    for (const each of this.list()) if (each.group === group) each.send(name);
  }

  remove(process: Process): void {
    this.processes.delete(process.pid);
    if (process.pid === 1) for (const each of this.list()) each.send('SIGKILL');
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function encode(text: string): Uint8Array {
  return encoder.encode(text);
}

export function decode(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Descriptors 0, 1 and 2 from streams; what is missing is /dev/null. */
export function standardFiles(streams: {
  stdin?: Source | undefined;
  stdout?: Sink | undefined;
  stderr?: Sink | undefined;
}): FileTable {
  const files = new FileTable();
  files.set(0, new OpenFile({ source: streams.stdin ?? nullDevice }));
  files.set(1, new OpenFile({ sink: streams.stdout ?? nullDevice }));
  files.set(2, new OpenFile({ sink: streams.stderr ?? nullDevice }));
  return files;
}
