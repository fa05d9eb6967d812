import type {
  AndOr,
  Assignment,
  Case,
  Command,
  CompoundList,
  For,
  Function as FunctionNode,
  ParsedScript,
  Pipeline,
  Redirection,
  Statement,
  While,
  Word,
} from 'unbash';
import { findCommand, load, NoFormat, type Executable } from '../execute.ts';
import { FileError } from '../file-error.ts';
import { OpenFile, type FileTable } from '../open-file.ts';
import { decode, Exit, TooManyProcesses, type Process, type Program as MachineProgram } from '../process.ts';
import { Pipe } from '../stream.ts';
import { failure } from './builtins/builtin.ts';
import { builtins, isSpecial } from './builtins/index.ts';
import { Interrupted, LoopControl, ReadOnly, RedirectFailure, Return, ShellError } from './errors.ts';
import { expandAssigned, expandFields, expandPattern, expandText } from './expand.ts';
import { quotedWord } from './quote.ts';
import { redirect, redirected } from './redirect.ts';
import type { Shell } from './shell.ts';
import { beforeProblem, type Program } from './syntax.ts';

type Node = Statement['command'];

/** Functions that call themselves without end. */
const DEEPEST_CALL = 500;

/** Runs a parsed program. A syntax error stops it where the shell would have read it. @throws {ShellError} */
export async function runProgram(shell: Shell, program: Program): Promise<number> {
  const { problem } = program;
  const isBroken = problem !== undefined && problem.message !== '';
  const { script, source } = isBroken ? beforeProblem(program.source, problem.position) : program;
  for (const statement of script.commands) await runStatement(shell, statement, source);
  if (isBroken) throw new ShellError(`syntax error: ${problem.message}`);
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

async function runList(shell: Shell, list: CompoundList): Promise<number> {
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

function runInBackground(shell: Shell, node: Node, text: string): void {
  const files = shell.process.files.copy();
  if (!shell.interactive) files.set(0, new OpenFile({ source: emptySource }));
  const group = shell.interactive ? 'own' : undefined;
  const stages = node.type === 'Pipeline' && node.prefixes.length === 0 ? node.commands : [node];
  const processes = startPipeline(shell, stages, files, group, true);
  const job = shell.jobs.add(text, processes);
  shell.lastBackground = job.processes.at(-1)!.pid;
  shell.status = 0;
}

const emptySource = { read: () => Promise.resolve(null), close: () => undefined };

/** Runs a command and sets `$?`. */
async function runNode(shell: Shell, node: Node): Promise<void> {
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

async function asCondition(shell: Shell, run: () => Promise<unknown>): Promise<boolean> {
  shell.conditions++;
  try {
    await run();
  } finally {
    shell.conditions--;
  }
  return shell.status === 0;
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

function groupOf(shell: Shell): 'own' | undefined {
  return shell.interactive ? 'own' : undefined;
}

/** A copy of the shell in a process of its own. Takes `files` over. @throws {ShellError} */
function fork(
  shell: Shell,
  files: FileTable,
  group: number | 'own' | undefined,
  run: (child: Shell) => Promise<number>,
): Process {
  const program: MachineProgram = async (process) => {
    const child = shell.fork(process);
    return child.leave(await guarded(child, () => run(child)));
  };
  return start(() => shell.process.spawn(program, { argv: shell.process.argv, files, group }));
}

function start(spawn: () => Process): Process {
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

async function runIf(shell: Shell, node: Extract<Node, { type: 'If' }>): Promise<void> {
  for (const branch of [node, ...node.elif])
    if (await asCondition(shell, () => runList(shell, branch.clause))) {
      await runList(shell, branch.then);
      return;
    }
  if (node.else === undefined) shell.status = 0;
  else await runList(shell, node.else);
}

async function runFor(shell: Shell, node: For): Promise<void> {
  const values = node.wordlist === undefined ? [...shell.positional] : await expandAll(shell, node.wordlist);
  shell.status = 0;
  await inLoop(shell, async (turn) => {
    for (const value of values) {
      shell.set(node.name.text, value);
      if (!(await turn(() => runList(shell, node.body)))) return;
    }
  });
}

async function runWhile(shell: Shell, node: While): Promise<void> {
  let status = 0;
  await inLoop(shell, async (turn) => {
    for (;;) {
      let goesOn = false;
      const stays = await turn(async () => {
        const isTrue = await asCondition(shell, () => runList(shell, node.clause));
        goesOn = isTrue === (node.kind === 'while');
        if (!goesOn) return;
        await runList(shell, node.body);
        status = shell.status;
      });
      if (stays === 'continued') goesOn = true;
      if (!stays || !goesOn) return;
    }
  });
  shell.status = status;
}

type Turn = (body: () => Promise<unknown>) => Promise<boolean | 'continued'>;

/** Gives the loop a way to run its body once; false when a `break` ends it. */
async function inLoop(shell: Shell, loop: (turn: Turn) => Promise<void>): Promise<void> {
  shell.loops++;
  try {
    await loop(async (body) => {
      await shell.checkpoint();
      try {
        await body();
        return true;
      } catch (error) {
        if (!(error instanceof LoopControl)) throw error;
        if (error.levels > 1 && shell.loops > 1) throw new LoopControl(error.kind, error.levels - 1);
        shell.status = 0;
        return error.kind === 'continue' ? 'continued' : false;
      }
    });
  } finally {
    shell.loops--;
  }
}

async function runCase(shell: Shell, node: Case): Promise<void> {
  const text = await expandText(shell, node.word);
  for (const item of node.items)
    for (const word of item.pattern)
      if ((await expandPattern(shell, word)).matches(text)) {
        shell.status = 0;
        await runList(shell, item.body);
        return;
      }
  shell.status = 0;
}

async function expandAll(shell: Shell, words: readonly Word[]): Promise<string[]> {
  const fields: string[] = [];
  for (const word of words) fields.push(...(await expandFields(shell, word)));
  return fields;
}

/**
 * A simple command.
 *
 * @param isLast the process has nothing else to do: a program takes its place, as after fork(2)
 * @param before words in front of it
 */
async function runCommand(
  shell: Shell,
  node: Command,
  isLast: boolean,
  before: readonly string[] = [],
): Promise<number> {
  shell.substitutionStatus = undefined;
  const argv = [...before];
  const odd = node.prefix.find((each) => each.type === 'Assignment' && isOdd(each));
  if (odd?.type === 'Assignment') argv.push(odd.text);
  if (node.name !== undefined) argv.push(...(await expandFields(shell, node.name)));
  const isDeclaration = ['export', 'readonly', 'local'].includes(argv[0] ?? '');
  for (const argument of node.args)
    if (argument.type === 'Word') argv.push(...(await expandFields(shell, argument)));
    else argv.push(...(await expandDeclared(shell, argument, isDeclaration)));
  const assignments = node.prefix.filter(
    (each): each is Assignment => each.type === 'Assignment' && !isOdd(each),
  );
  try {
    if (argv.length === 0) return await assignOnly(shell, assignments, node.redirects);
    return await invoke(shell, { argv, assignments, redirects: node.redirects, isLast });
  } catch (error) {
    if (!(error instanceof RedirectFailure)) throw error;
    if (argv[0] !== undefined && isSpecial(argv[0]) && !shell.interactive) throw new Exit(error.status);
    return error.status;
  }
}

/** `a+=b` and `a[1]=b` are no assignments in ash but names of commands. */
function isOdd(assignment: Assignment): boolean {
  return assignment.append === true || assignment.index !== undefined;
}

async function expandDeclared(shell: Shell, argument: Assignment, isDeclaration: boolean): Promise<string[]> {
  if (argument.value.type === 'ArrayValue') throw new ShellError('syntax error: unexpected "("');
  const value = isDeclaration
    ? await expandAssigned(shell, argument.value)
    : await expandText(shell, argument.value);
  return [`${argument.text.slice(0, argument.value.pos - argument.pos)}${value}`];
}

async function assign(shell: Shell, assignment: Assignment): Promise<[string, string]> {
  if (assignment.value.type === 'ArrayValue') throw new ShellError('syntax error: unexpected "("');
  return [assignment.name, await expandAssigned(shell, assignment.value)];
}

async function assignOnly(
  shell: Shell,
  assignments: readonly Assignment[],
  redirects: readonly Redirection[],
): Promise<number> {
  await redirected(shell, redirects, () => Promise.resolve());
  const traced: string[] = [];
  for (const assignment of assignments) {
    const [name, value] = await assign(shell, assignment);
    shell.set(name, value);
    traced.push(`${name}=${quotedWord(value)}`);
  }
  if (traced.length > 0) await trace(shell, traced);
  return shell.substitutionStatus ?? 0;
}

interface Invocation {
  argv: string[];
  assignments: readonly Assignment[];
  redirects: readonly Redirection[];
  isLast: boolean;
}

async function invoke(shell: Shell, { argv, assignments, redirects, isLast }: Invocation): Promise<number> {
  const assigned = new Map<string, string>();
  for (const assignment of assignments) assigned.set(...(await assign(shell, assignment)));
  await trace(shell, [
    ...[...assigned].map(([name, value]) => `${name}=${quotedWord(value)}`),
    ...argv.map(quotedWord),
  ]);
  const name = argv[0]!;
  if (isSpecial(name)) {
    for (const [key, value] of assigned) shell.set(key, value);
    if (name === 'exec') return execute(shell, argv, redirects);
    return runBuiltin(shell, argv, redirects);
  }
  const body = shell.functions.get(name);
  if (body !== undefined)
    return withVariables(shell, assigned, () => callFunction(shell, body, argv, redirects));
  if (builtins.has(name)) return withVariables(shell, assigned, () => runBuiltin(shell, argv, redirects));
  return invokeProgram(shell, argv, assigned, redirects, isLast);
}

async function invokeProgram(
  shell: Shell,
  argv: string[],
  assigned: ReadonlyMap<string, string>,
  redirects: readonly Redirection[],
  isLast: boolean,
): Promise<number> {
  if (isLast) {
    await redirect(shell, redirects, shell.process.files);
    return become(shell, argv, shell.environment(assigned));
  }
  const files = shell.process.files.copy();
  try {
    await redirect(shell, redirects, files);
  } catch (error) {
    files.closeAll();
    throw error;
  }
  const environment = shell.environment(assigned);
  const child = start(() =>
    shell.process.spawn((process) => become(shell.fork(process), argv, environment), {
      argv: shell.process.argv,
      files,
      group: groupOf(shell),
    }),
  );
  return runJob(shell, [child]);
}

/** exec(2): the program takes the process over. What can't be run is told as the shell does. */
async function become(
  shell: Shell,
  argv: string[],
  environment: ReadonlyMap<string, string>,
  where = '',
): Promise<number> {
  const { process } = shell;
  const name = argv[0]!;
  let path = name;
  let executable: Executable;
  try {
    path = findCommand(process, name, environment.get('PATH') ?? shell.get('PATH') ?? '');
    executable = load(process, path, argv);
  } catch (error) {
    if (error instanceof NoFormat) return runScript(shell, path, argv, environment);
    if (!(error instanceof FileError)) throw error;
    const isMissing = error.code === 'ENOENT' || error.code === 'ENOTDIR';
    await shell.complain(`${where}${name}: ${isMissing ? 'not found' : error.message}`);
    return isMissing ? 127 : 126;
  }
  process.replace(executable.argv, environment);
  return executable.program(process);
}

/** A text without `#!` is a script of this shell's. */
async function runScript(
  shell: Shell,
  path: string,
  argv: string[],
  environment: ReadonlyMap<string, string>,
): Promise<number> {
  const { process } = shell;
  process.replace([process.argv[0] ?? 'sh', path, ...argv.slice(1)], environment);
  const script = shell.anew(path);
  script.positional = argv.slice(1);
  const text = decode(process.machine.fileSystem.read(path, process.directory));
  return script.leave(await guarded(script, () => script.runText(text)));
}

/** `exec` */
async function execute(shell: Shell, argv: string[], redirects: readonly Redirection[]): Promise<number> {
  await redirect(shell, redirects, shell.process.files);
  const rest = argv.slice(argv[1] === '--' ? 2 : 1);
  if (rest.length === 0) return 0;
  const where = shell.interactive ? 'exec: ' : 'exec: line 0: ';
  const status = await become(shell, rest, shell.environment(new Map()), where);
  throw new Exit(status);
}

/** An error of a special builtin is the shell's own; other builtins merely fail. */
async function runBuiltin(shell: Shell, argv: string[], redirects: readonly Redirection[]): Promise<number> {
  const builtin = builtins.get(argv[0]!)!;
  return redirected(shell, redirects, async () => {
    try {
      return await builtin(shell, argv);
    } catch (error) {
      if (error instanceof FileError) {
        await shell.complain(`write error: ${error.message}`);
        return 1;
      }
      if (error instanceof ReadOnly) throw failure(shell, argv[0]!, error.message);
      if (!(error instanceof ShellError) || isSpecial(argv[0]!)) throw error;
      await shell.complain(error.message);
      return error.status;
    }
  });
}

/** Runs a command that was expanded already; functions of the same name don't count. For `command`. */
export function callCommand(shell: Shell, argv: string[]): Promise<number> {
  return builtins.has(argv[0]!)
    ? runBuiltin(shell, argv, [])
    : invokeProgram(shell, argv, new Map(), [], false);
}

async function withVariables<T>(
  shell: Shell,
  assigned: ReadonlyMap<string, string>,
  run: () => Promise<T>,
): Promise<T> {
  if (assigned.size === 0) return run();
  const before = [...assigned.keys()].map((name) => [name, shell.variables.get(name)] as const);
  for (const [name, value] of assigned) {
    shell.set(name, value);
    shell.variables.get(name)!.exported = true;
  }
  try {
    return await run();
  } finally {
    for (const [name, variable] of before)
      if (variable === undefined) shell.variables.delete(name);
      else shell.variables.set(name, variable);
  }
}

async function callFunction(
  shell: Shell,
  { body }: FunctionNode,
  argv: readonly string[],
  redirects: readonly Redirection[],
): Promise<number> {
  if (shell.functionDepth >= DEEPEST_CALL) throw new ShellError('maximum function recursion depth reached');
  const { positional, loops } = shell;
  shell.positional = argv.slice(1);
  shell.functionDepth++;
  shell.loops = 0;
  shell.locals.push(new Map());
  try {
    await redirected(shell, redirects, () => runBody(shell, body));
    return shell.status;
  } catch (error) {
    if (!(error instanceof Return)) throw error;
    return error.status;
  } finally {
    for (const [name, variable] of shell.locals.pop()!)
      if (variable === undefined) shell.variables.delete(name);
      else shell.variables.set(name, variable);
    shell.functionDepth--;
    shell.loops = loops;
    shell.positional = positional;
  }
}

async function runBody(shell: Shell, body: FunctionNode['body']): Promise<void> {
  if (body.type === 'CompoundList') await runList(shell, body);
  else await runNode(shell, body);
}

/** `set -x` */
async function trace(shell: Shell, words: readonly string[]): Promise<void> {
  if (!shell.options.has('xtrace')) return;
  await shell.process.complain(`${shell.get('PS4') ?? '+ '}${words.join(' ')}\n`);
}
