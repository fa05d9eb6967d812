import { devicesAndProc, quietNetwork } from './quiet.ts';
import { FileSystem } from '../../../../src/practice/containers/file-system.ts';
import {
  decode,
  encode,
  ProcessTable,
  standardFiles,
  type Machine,
  type Process,
  type Program,
  type User,
} from '../../../../src/practice/containers/process.ts';
import { sh } from '../../../../src/practice/containers/shell/sh.ts';
import type { Sink, Source } from '../../../../src/practice/containers/stream.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { programs } from './programs.ts';

export const ROOT: User = { uid: 0, gid: 0, name: 'root' };

export interface TestMachine extends Machine {
  clock: VirtualClock;
}

/** A machine with a handful of programs; its pid 1 only sleeps. */
export function testMachine(options: { capacity?: number } = {}): TestMachine {
  const clock = new VirtualClock();
  const fileSystem = new FileSystem(() => clock.now(), options.capacity);
  let seed = 1;
  const random = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const machine: TestMachine = {
    hostname: 'box',
    fileSystem,
    network: quietNetwork,
    clock,
    random,
    processes: new ProcessTable(),
  };
  devicesAndProc(machine);
  for (const [name, program] of Object.entries({ ...programs, sh }))
    fileSystem.place(`/bin/${name}`, { type: 'file', mode: 0o755, content: encode('\x7fELF'), program });
  for (const folder of ['/tmp', '/root', '/w', '/lib', '/lib64'])
    fileSystem.place(folder, { type: 'directory', mode: 0o755, entries: new Map() });
  const forever = new Promise<number>(() => undefined);
  start(machine, (process) => process.until(forever), ['pause']);
  return machine;
}

export function start(
  machine: Machine,
  program: Program,
  argv: string[],
  streams: { stdin?: Source; stdout?: Sink; stderr?: Sink; user?: User } = {},
): Process {
  return machine.processes.start(machine, program, {
    argv,
    environment: new Map([
      ['PATH', '/bin'],
      ['HOME', '/root'],
    ]),
    directory: '/w',
    user: streams.user ?? ROOT,
    files: standardFiles(streams),
  });
}

export interface Outcome {
  stdout: string;
  stderr: string;
  status: number;
}

/** Runs a program to its end; time passes only when nothing else goes on. What runs for very long is killed. */
export async function run(
  machine: TestMachine,
  argv: string[],
  options: { program?: Program; stdin?: string; user?: User; rounds?: number } = {},
): Promise<Outcome> {
  const [stdout, stderr] = [new Collector(), new Collector()];
  const stdin = options.stdin === undefined ? undefined : textSource(options.stdin);
  const streams = { stdout, stderr, ...(stdin && { stdin }), ...(options.user && { user: options.user }) };
  const process = start(machine, options.program ?? sh, argv, streams);
  const status = await finished(machine.clock, process.exited, options.rounds, () => process.send('SIGKILL'));
  return { stdout: stdout.text, stderr: stderr.text, status };
}

/** `sh -c LINE` on a machine of its own. */
export function shell(line: string, machine = testMachine(), rounds?: number): Promise<Outcome> {
  return run(machine, ['/bin/sh', '-c', line], rounds === undefined ? {} : { rounds });
}

const ROUNDS = 400_000;

/**
 * Waits for a promise; the clock moves on when many immediates brought nothing.
 *
 * @param rounds after so many of them `late` is called, which may end the wait
 */
export async function finished<T>(
  clock: VirtualClock,
  promise: Promise<T>,
  rounds = Infinity,
  late: () => void = () => undefined,
): Promise<T> {
  const state = { done: false };
  void promise.catch(() => undefined).finally(() => (state.done = true));
  for (let round = 1; !state.done; round++) {
    if (round === rounds) late();
    if (round > ROUNDS) throw new Error('it hangs');
    await new Promise<void>((resolve) => void setImmediate(resolve));
    if (round % 30 === 0 && clock.waiting > 0) await clock.advance(500);
  }
  return promise;
}

export class Collector implements Sink {
  private readonly chunks: Uint8Array[] = [];

  write(bytes: Uint8Array): Promise<void> {
    this.chunks.push(bytes.slice());
    return Promise.resolve();
  }

  close(): void {}

  get text(): string {
    return decode(Buffer.concat(this.chunks));
  }
}

export function textSource(text: string): Source {
  let rest: Uint8Array | null = text === '' ? null : encode(text);
  const read = (): Promise<Uint8Array | null> => {
    const chunk = rest;
    rest = null;
    return Promise.resolve(chunk);
  };
  return { read, close: () => undefined };
}
