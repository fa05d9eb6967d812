import type { AndOr, CompoundList, ParsedScript, Pipeline, Redirection, Statement } from 'unbash';
import { OpenFile, type FileTable } from '../open-file.ts';
import { Exit, type Process } from '../process.ts';
import { Pipe } from '../stream.ts';
import { BackgroundTerminal } from './background-terminal.ts';
import { asCondition, runCase, runFor, runIf, runWhile } from './compound.ts';
import { RedirectFailure, ShellError } from './errors.ts';
import { fork, groupOf, runJob } from './fork.ts';
import { redirected } from './redirect.ts';
import type { Shell } from './shell.ts';
import { runCommand } from './simple-command.ts';
import { beforeProblem, type Program, syntaxError } from './syntax.ts';

type Node = Statement['command'];

/** Runs a parsed program. A syntax error stops it where the shell would have read it. @throws {ShellError} */
export async function runProgram(shell: Shell, program: Program): Promise<number> {
  const { problem } = program;
  const isBroken = problem !== undefined && problem.message !== '';
  const { script, source } = isBroken ? beforeProblem(program.source, problem.position) : program;
  for (const statement of script.commands) await runStatement(shell, statement, source);
  if (isBroken) throw new ShellError(syntaxError(shell.dialect, problem.message));
  return shell.status;
}

/** A subshell: the list runs in a process of its own. Takes `files` over. */
function runSubshell(shell: Shell, list: CompoundList, files: FileTable): Process {
  return fork(shell, files, groupOf(shell), (child) => runList(child, list));
}

/** `$(…)`: a subshell in which `set -e` does not count, as in busybox. Takes `files` over. */
export function runSubstitution(shell: Shell, script: ParsedScript, files: FileTable): Process {
  return fork(shell, files, undefined, async (child) => {
    child.options.delete('errexit');
    for (const statement of script.commands) await runStatement(child, statement, '');
    return child.status;
  });
}

export async function runList(shell: Shell, list: CompoundList): Promise<number> {
  for (const statement of list.commands) await runStatement(shell, statement, '');
  return shell.status;
}

async function runStatement(shell: Shell, statement: Statement, source: string): Promise<void> {
  await shell.checkpoint();
  if (shell.options.has('noexec') && !shell.interactive) return;
  if (statement.background === true) {
    const text = source.slice(statement.pos, statement.end).replace(/\s*&$/, '');
    return runInBackground(shell, statement.command, text);
  }
  await runNode(shell, statement.command);
  leaveOnFailure(shell);
}

/** `set -e` */
function leaveOnFailure(shell: Shell): void {
  if (shell.status !== 0 && shell.conditions === 0 && shell.options.has('errexit') && !shell.tested)
    throw new Exit(shell.status);
}

async function runInBackground(shell: Shell, node: Node, text: string): Promise<void> {
  const files = shell.process.files.copy();
  const input = files.get(0);
  const terminal = shell.interactive && input?.tty ? new BackgroundTerminal(input) : undefined;
  if (terminal !== undefined) files.set(0, terminal.file);
  if (!shell.interactive) files.set(0, new OpenFile({ source: emptySource }));
  const group = shell.interactive ? 'own' : undefined;
  const stages = node.type === 'Pipeline' && node.prefixes.length === 0 ? node.commands : [node];
  const processes = startPipeline(shell, stages, files, group, true);
  const job = shell.jobs.add(text, processes, () => terminal?.toForeground());
  shell.lastBackground = job.processes.at(-1)!.pid;
  shell.status = 0;
  if (shell.interactive && shell.dialect === 'bash')
    await shell.process.complain(`[${job.number}] ${shell.lastBackground}\n`);
}

const emptySource = { read: () => Promise.resolve(null), close: () => undefined };

/** Runs a command and sets `$?`. */
export async function runNode(shell: Shell, node: Node): Promise<void> {
  shell.tested = false;
  switch (node.type) {
    case 'Command':
      shell.status = await runCommand(shell, node, false);
      return;
    case 'Pipeline':
      return runPipeline(shell, node);
    case 'AndOr':
      return runAndOr(shell, node);
    case 'Function':
      shell.functions.set(node.name.text, node);
      shell.status = 0;
      return;
    case 'Redirected':
      return runRedirected(shell, node.redirects, () => runNode(shell, node.command));
    case 'Subshell': {
      const child = runSubshell(shell, node.body, shell.process.files.copy());
      shell.status = await runJob(shell, [child]);
      return;
    }
    case 'BraceGroup':
      await runList(shell, node.body);
      return;
    case 'If':
      return runIf(shell, node);
    case 'For':
      return runFor(shell, node);
    case 'While':
      return runWhile(shell, node);
    case 'Case':
      return runCase(shell, node);
    case 'ArithmeticFor':
    case 'ArithmeticCommand':
    case 'Select':
    case 'TestCommand':
    case 'Coproc':
      throw new ShellError('syntax error: unexpected word');
  }
}

/** A failed redirection of a compound command is its status; the shell goes on. */
async function runRedirected(
  shell: Shell,
  redirects: readonly Redirection[],
  during: () => Promise<void>,
): Promise<void> {
  let started = false;
  try {
    await redirected(shell, redirects, () => {
      started = true;
      return during();
    });
  } catch (error) {
    if (started || !(error instanceof RedirectFailure)) throw error;
    shell.status = error.status;
  }
}

async function runAndOr(shell: Shell, node: AndOr): Promise<void> {
  for (const [index, command] of node.commands.entries()) {
    const operator = node.operators[index - 1];
    if (operator !== undefined && (operator === '&&') !== (shell.status === 0)) continue;
    const isLast = index === node.commands.length - 1;
    if (isLast) await runNode(shell, command);
    else await asCondition(shell, () => runNode(shell, command));
    // `set -e` is for the last command alone.
    if (!isLast) shell.tested = true;
  }
}

async function runPipeline(shell: Shell, node: Pipeline): Promise<void> {
  const isNegated = node.prefixes.filter((prefix) => prefix.type === 'Negation').length % 2 === 1;
  const isTimed = node.prefixes.some((prefix) => prefix.type === 'Time');
  const run = async (): Promise<void> => {
    const [only] = node.commands;
    if (node.commands.length > 1) {
      const processes = startPipeline(
        shell,
        node.commands,
        shell.process.files.copy(),
        groupOf(shell),
        false,
      );
      shell.status = await runJob(shell, processes);
    } else if (only?.type === 'Command' && isTimed)
      shell.status = await runCommand(shell, only, false, ['time']);
    else await runNode(shell, only!);
  };
  if (!isNegated) return run();
  await asCondition(shell, run);
  shell.status = shell.status === 0 ? 1 : 0;
  shell.tested = true;
}

/** Starts all stages at once, each reading what the one before it writes. Takes `files` over. */
function startPipeline(
  shell: Shell,
  stages: readonly Node[],
  files: FileTable,
  group: number | 'own' | undefined,
  inBackground: boolean,
): Process[] {
  const processes: Process[] = [];
  let input: OpenFile | undefined;
  for (const [index, node] of stages.entries()) {
    const own = files.copy();
    if (input !== undefined) own.set(0, input);
    if (index < stages.length - 1) {
      const pipe = new Pipe();
      own.set(1, new OpenFile({ sink: pipe.sink }));
      input = new OpenFile({ source: pipe.source });
    }
    const leader = group === 'own' ? (processes[0]?.pid ?? 'own') : group;
    processes.push(
      fork(shell, own, leader, async (child) => {
        if (inBackground) child.process.handle('SIGQUIT', undefined);
        if (node.type === 'Command') child.status = await runCommand(child, node, true);
        else if (node.type === 'Subshell') await runList(child, node.body);
        else await runNode(child, node);
        return child.status;
      }),
    );
  }
  files.closeAll();
  return processes;
}
