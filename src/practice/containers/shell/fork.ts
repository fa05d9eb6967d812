import { type FileTable } from '../open-file.ts';
import { Exit, TooManyProcesses, type Process, type Program } from '../process.ts';
import { Interrupted, LoopControl, RedirectFailure, Return, ShellError } from './errors.ts';
import type { Shell } from './shell.ts';

export function groupOf(shell: Shell): 'own' | undefined {
  return shell.interactive ? 'own' : undefined;
}

/** A copy of the shell in a process of its own. Takes `files` over. @throws {ShellError} */
export function fork(
  shell: Shell,
  files: FileTable,
  group: number | 'own' | undefined,
  run: (child: Shell) => Promise<number>,
): Process {
  const program: Program = async (process) => {
    const child = shell.fork(process);
    return child.leave(await guarded(child, () => run(child)));
  };
  return startProcess(() => shell.process.spawn(program, { argv: shell.process.argv, files, group }));
}

export function startProcess(spawn: () => Process): Process {
  try {
    return spawn();
  } catch (error) {
    if (error instanceof TooManyProcesses) throw new ShellError(`can't fork: ${error.message}`);
    throw error;
  }
}

/** What a shell's own process ends with, whatever comes out of its commands. */
export async function guarded(shell: Shell, run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Exit) return error.status;
    if (error instanceof Return) return error.status;
    if (error instanceof LoopControl) return 0;
    if (error instanceof Interrupted) return 130;
    if (!(error instanceof ShellError)) throw error;
    if (!(error instanceof RedirectFailure)) await shell.complain(error.message);
    return error.status;
  }
}

/** Waits for processes in the foreground: Ctrl-C is theirs. The last one's status, or with `pipefail` the last failure. */
export async function runJob(shell: Shell, processes: readonly Process[]): Promise<number> {
  const { tty } = shell.process.terminal ?? {};
  const { processes: table } = shell.process.machine;
  const leader = processes[0]!;
  if (shell.interactive) tty?.setForeground((name) => table.signalGroup(leader.group, name));
  try {
    const statuses = await shell.process.until(Promise.all(processes.map((process) => process.exited)));
    const failed = shell.options.has('pipefail') ? statuses.findLast((status) => status !== 0) : undefined;
    if (shell.interactive && processes.at(-1)!.killedBy === 'SIGINT') shell.interrupt();
    else await shell.tellSignal(processes);
    return failed ?? statuses.at(-1)!;
  } finally {
    if (shell.interactive) tty?.setForeground((name) => table.signalGroup(shell.process.group, name));
  }
}
