import type { Container, ContainerOptions, ExecOptions, Execution } from './container.ts';
import { StartFailure } from './container.ts';
import { placeDevices } from './devices.ts';
import { findCommand, load, NoFormat, type Executable } from './execute.ts';
import { FileError } from './file-error.ts';
import { FileSystem } from './file-system.ts';
import { findImage, type Image } from './images/image.ts';
import type { FileTable } from './open-file.ts';
import { Outlet } from './outlet.ts';
import { placeProc } from './proc.ts';
import { placeSys } from './sys.ts';
import {
  encode,
  Process,
  ProcessTable,
  standardFiles,
  type Machine,
  type ProcessOptions,
  type User,
} from './process.ts';
import { findUser } from './programs/accounts.ts';
import { PseudoTerminal } from './pseudo-terminal.ts';
import { Pipe, type Source } from './stream.ts';

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const DEFAULT_SIZE = { columns: 80, rows: 24 };

/** Starts a container as containerd and runc do. @throws {StartFailure} in their words */
export function startContainer(options: ContainerOptions): Container {
  const image = findImage(options.image);
  if ('reason' in image) throw new StartFailure(image.message, 128);
  return new RunningContainer(options, image);
}

class RunningContainer implements Container {
  readonly id: string;
  readonly exited: Container['exited'];
  private readonly machine: Machine;
  private readonly options: ContainerOptions;
  private readonly first: Process;
  private readonly stopSignal: Image['stopSignal'];
  private readonly environment: Map<string, string>;
  private readonly directory: string;
  private readonly user: User;
  private readonly terminal: PseudoTerminal | undefined;
  private readonly input: Pipe | undefined;
  private readonly stdout: Outlet;
  private readonly stderr: Outlet;

  constructor(options: ContainerOptions, image: Image) {
    this.options = options;
    this.id = hexadecimal(options.random, 64);
    this.machine = machineOf(options, image);
    this.stopSignal = image.stopSignal;
    this.user = userOf(options, image, this.machine.fileSystem);
    this.environment = environmentOf(options, image, this.user, this.machine.fileSystem);
    this.directory = workingDirectory(options, image, this.machine.fileSystem, this.user);
    this.stdout = new Outlet((bytes) => options.log('stdout', bytes));
    this.stderr = new Outlet((bytes) => options.log('stderr', bytes));
    this.terminal = options.tty === true ? new PseudoTerminal(DEFAULT_SIZE, this.stdout) : undefined;
    this.input = options.stdin === true && this.terminal === undefined ? new Pipe() : undefined;
    this.first = this.startFirst(image);
    this.exited = this.first.exited.then((exitCode) => ({
      exitCode,
      reason: exitCode === 0 ? 'Completed' : 'Error',
    }));
  }

  get running(): boolean {
    return this.first.alive;
  }

  stop(): void {
    this.first.send(this.stopSignal);
  }

  kill(): void {
    this.first.send('SIGKILL', 'outside');
  }

  exec({ command, stdin, stdout, stderr, terminal }: ExecOptions): Execution {
    if (!this.running) throw execFailure(this.options.random, 'cannot exec in a stopped container');
    const environment = new Map(this.environment);
    const outlets = { stdout: new Outlet(undefined, stdout), stderr: new Outlet(undefined, stderr) };
    const pty = terminal && new PseudoTerminal(terminal, outlets.stdout);
    if (pty !== undefined && !environment.has('TERM')) environment.set('TERM', 'xterm');
    const files = pty === undefined ? standardFiles({ stdin, ...outlets }) : terminalFiles(pty);
    const process = this.launch(command, { environment, files, terminal: pty?.file }, (message) =>
      execFailure(this.options.random, `unable to start container process: ${message}`),
    );
    if (pty !== undefined) attachKeys(pty, process, stdin);
    return {
      exited: finished(process, pty, outlets),
      resize: (columns, rows) => pty?.resize(columns, rows),
      kill: () => {
        pty?.hangUp();
        this.machine.processes.signalGroup(process.group, 'SIGKILL');
      },
    };
  }

  attach({ stdin, stdout, stderr, terminal }: Omit<ExecOptions, 'command'>): Execution {
    if (!this.running) throw new StartFailure('container is not running', 128);
    const detach = [this.stdout.add(stdout), this.stderr.add(stderr)];
    let attached = true;
    const leave = (): void => {
      attached = false;
      for (const each of detach) each();
    };
    if (terminal !== undefined) this.terminal?.resize(terminal.columns, terminal.rows);
    if (stdin !== undefined) void this.feed(stdin, () => attached);
    return {
      exited: finished(this.first, this.terminal, { stdout: this.stdout, stderr: this.stderr }).finally(
        leave,
      ),
      resize: (columns, rows) => this.terminal?.resize(columns, rows),
      kill: leave,
    };
  }

  /** What an attached client types goes to the first process, if its stdin is open at all. */
  private async feed(stdin: Source, attached: () => boolean): Promise<void> {
    const { terminal, input } = this;
    while (attached() && this.running) {
      const bytes = await stdin.read();
      if (bytes === null) return input?.closeWrite();
      if (terminal !== undefined) await terminal.type(bytes);
      else await input?.write(bytes).catch(() => undefined);
    }
  }

  private startFirst(image: Image): Process {
    const { command, args } = this.options;
    const argv = [
      ...(command ?? image.entrypoint),
      ...(args ?? (command === undefined ? image.arguments : [])),
    ];
    const streams = { stdin: this.input?.source, stdout: this.stdout, stderr: this.stderr };
    const files = this.terminal === undefined ? standardFiles(streams) : terminalFiles(this.terminal);
    if (this.terminal !== undefined && !this.environment.has('TERM')) this.environment.set('TERM', 'xterm');
    const process = this.launch(
      argv,
      { environment: this.environment, files, terminal: this.terminal?.file },
      createFailure,
    );
    if (this.terminal !== undefined) inForeground(this.terminal, process);
    return process;
  }

  private launch(
    argv: string[],
    options: Pick<ProcessOptions, 'environment' | 'terminal'> & { files: FileTable },
    failure: (message: string) => StartFailure,
  ): Process {
    const { machine, directory, user } = this;
    // What is to be run is found before there is a process: a bystander with its user and directory looks.
    const looker = new Process(machine, 0, { argv, ...options, directory, user });
    let executable: Executable;
    try {
      executable = executableOf(looker, argv);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      options.files.closeAll();
      throw failure(startWords(argv[0] ?? '', error));
    }
    return machine.processes.start(machine, executable.program, {
      ...options,
      argv: executable.argv,
      directory,
      user,
    });
  }
}

function machineOf(options: ContainerOptions, image: Image): Machine {
  const { hostname, network, clock, random, cluster, nameServer, fault } = options;
  const fileSystem = fileSystemOf(options, image);
  const processes = new ProcessTable();
  const machine: Machine = {
    hostname,
    fileSystem,
    network,
    clock,
    random,
    processes,
    cluster,
    nameServer,
    fault,
  };
  placeDevices(fileSystem, random);
  placeProc(machine);
  placeSys(machine);
  fileSystem.place('/etc/hostname', { type: 'file', content: encode(`${hostname}\n`) });
  for (const { path, directory } of options.mounts ?? []) fileSystem.place(path, directory);
  for (const { path, text } of options.files) fileSystem.place(path, { type: 'file', content: encode(text) });
  return machine;
}

function fileSystemOf({ nodeFiles, clock }: ContainerOptions, image: Image): FileSystem {
  const now = (): number => clock.now();
  if (image.isNode === true && nodeFiles !== undefined) return nodeFiles.open();
  const fileSystem = new FileSystem(now);
  image.install(fileSystem);
  return fileSystem;
}

function userOf({ runAsUser, runAsGroup }: ContainerOptions, image: Image, fileSystem: FileSystem): User {
  if (runAsUser === undefined) return { ...image.user, gid: runAsGroup ?? image.user.gid };
  const known = findUser(fileSystem, runAsUser);
  return {
    uid: runAsUser,
    gid: runAsGroup ?? known?.gid ?? 0,
    name: known?.name ?? String(runAsUser),
  };
}

function environmentOf(
  { env, hostname }: ContainerOptions,
  image: Image,
  user: User,
  fileSystem: FileSystem,
): Map<string, string> {
  const environment = new Map([['PATH', DEFAULT_PATH]]);
  for (const { name, value } of image.environment) environment.set(name, value);
  environment.set('HOSTNAME', hostname);
  for (const { name, value } of env) environment.set(name, value);
  if (!environment.has('HOME')) environment.set('HOME', findUser(fileSystem, user.uid)?.home ?? '/');
  return environment;
}

/** runc makes the directory where there is none. */
function workingDirectory(
  { workingDir }: ContainerOptions,
  image: Image,
  fileSystem: FileSystem,
  user: User,
): string {
  const path = workingDir ?? (image.workingDirectory || '/');
  if (fileSystem.lookup(path) === undefined)
    fileSystem.place(path, {
      type: 'directory',
      mode: 0o755,
      uid: user.uid,
      gid: user.gid,
      entries: new Map(),
    });
  return path;
}

/** @throws {FileError} */
function executableOf(process: Process, argv: string[]): Executable {
  const [name] = argv;
  if (name === undefined || name === '') throw new FileError('ENOENT');
  return load(process, findCommand(process, name), argv);
}

/** As Go's exec.LookPath and runc word it. */
function startWords(name: string, error: FileError): string {
  if (error instanceof NoFormat) return `exec ${name}: exec format error`;
  if (error.code === 'EACCES') return `exec: "${name}": permission denied`;
  return name.includes('/')
    ? `exec: "${name}": stat ${name}: ${error.message.toLowerCase()}`
    : `exec: "${name}": executable file not found in $PATH`;
}

function createFailure(message: string): StartFailure {
  const words =
    'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: ' +
    `unable to start container process: error during container init: ${message}`;
  return new StartFailure(words, message.endsWith('permission denied') ? 126 : 127);
}

function execFailure(random: () => number, message: string): StartFailure {
  const id = hexadecimal(random, 64);
  const words = `failed to exec in container: failed to start exec "${id}": OCI runtime exec failed: exec failed: ${message}`;
  return new StartFailure(words, message.endsWith('permission denied') ? 126 : 127);
}

function terminalFiles(terminal: PseudoTerminal): FileTable {
  const files = standardFiles({});
  for (const number of [0, 1, 2]) files.set(number, terminal.file.share());
  return files;
}

function inForeground(terminal: PseudoTerminal, process: Process): void {
  const { processes } = process.machine;
  terminal.setForeground((name) => processes.signalGroup(process.group, name));
}

function attachKeys(terminal: PseudoTerminal, process: Process, stdin: Source | undefined): void {
  inForeground(terminal, process);
  if (stdin === undefined) return;
  const feed = async (): Promise<void> => {
    while (process.alive) {
      const bytes = await stdin.read();
      if (bytes === null) return terminal.endInput();
      await terminal.type(bytes);
    }
  };
  // Reading on after the process has ended is harmless: nobody reads the terminal any more.
  void feed().catch(() => terminal.hangUp());
  process.onEnd(() => stdin.close());
}

/** The exit status, once everything the process wrote has arrived. */
async function finished(
  process: Process,
  terminal: PseudoTerminal | undefined,
  outlets: { stdout: Outlet; stderr: Outlet },
): Promise<number> {
  const status = await process.exited;
  await terminal?.settled;
  await Promise.all([outlets.stdout.settled, outlets.stderr.settled]);
  return status;
}

function hexadecimal(random: () => number, digits: number): string {
  return Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
}
