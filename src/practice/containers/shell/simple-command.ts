import type { Assignment, Command, Function as FunctionNode, Redirection } from 'unbash';
import { FileError } from '../file-error.ts';
import { Exit } from '../process.ts';
import { failure } from './builtins/builtin.ts';
import { builtins, isSpecial } from './builtins/index.ts';
import { ReadOnly, RedirectFailure, Return, ShellError } from './errors.ts';
import { expandAssigned, expandFields, expandText } from './expand.ts';
import { execute, invokeProgram } from './program.ts';
import { quotedWord } from './quote.ts';
import { redirected } from './redirect.ts';
import type { Shell } from './shell.ts';

/** Functions that call themselves without end. */
const DEEPEST_CALL = 500;

/**
 * A simple command.
 *
 * @param isLast the process has nothing else to do: a program takes its place, as after fork(2)
 * @param before words in front of it
 */
export async function runCommand(
  shell: Shell,
  node: Command,
  isLast: boolean,
  before: readonly string[] = [],
): Promise<number> {
  shell.substitutionStatus = undefined;
  const argv = [...before];
  const odd = node.prefix.find((each) => each.type === 'Assignment' && isOdd(each));
  if (odd?.type === 'Assignment') argv.push(odd.text);
  if (node.name !== undefined) add(argv, await expandFields(shell, node.name));
  const isDeclaration = ['export', 'readonly', 'local'].includes(argv[0] ?? '');
  for (const argument of node.args)
    if (argument.type === 'Word') add(argv, await expandFields(shell, argument));
    else add(argv, await expandDeclared(shell, argument, isDeclaration));
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

/** More words than this are taken for a mistake: they would take the learner's memory. */
const MOST_WORDS = 256 * 1024;

function add(argv: string[], words: readonly string[]): void {
  if (argv.length + words.length > MOST_WORDS) throw new ShellError('out of memory');
  for (const word of words) argv.push(word);
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
    await redirected(shell, redirects, () => shell.run(body));
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

/** `set -x` */
async function trace(shell: Shell, words: readonly string[]): Promise<void> {
  if (!shell.options.has('xtrace')) return;
  await shell.process.complain(`${shell.get('PS4') ?? '+ '}${words.join(' ')}\n`);
}
