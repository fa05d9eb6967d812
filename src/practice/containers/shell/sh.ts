import { FileError } from '../file-error.ts';
import { readWhole } from '../open.ts';
import { decode, type Process, type Program } from '../process.ts';
import { applyOptions } from './builtins/set.ts';
import { ShellError } from './errors.ts';
import { interact } from './interactive.ts';
import { guarded } from './fork.ts';
import { type Dialect, Shell } from './shell.ts';
import { parseProgram } from './syntax.ts';

/** `sh`, as busybox ash: `sh -c COMMAND`, `sh FILE`, or commands from stdin. */
export const sh: Program = (process) => start(process, 'ash');

/** The same with bash's words and prompt, as Nodes have it. Its language is no larger. */
export const bash: Program = (process) => start(process, 'bash');

async function start(process: Process, dialect: Dialect): Promise<number> {
  const [name = 'sh', ...args] = process.argv;
  const shell = new Shell(process, name, dialect);
  const level = Number(shell.get('SHLVL') ?? 0) || 0;
  shell.variables.set('SHLVL', { value: String(level + 1), exported: true, readonly: false });
  return shell.leave(await guarded(shell, () => run(shell, name, args)));
}

function run(shell: Shell, name: string, args: readonly string[]): Promise<number> {
  const { command, rest, isInteractive, isFromStdin } = options(shell, args);
  if (command !== undefined) {
    shell.sourceFlag = 'c';
    shell.name = rest[0] ?? name;
    shell.positional = rest.slice(1);
    return shell.runText(command);
  }
  const [file] = rest;
  if (isFromStdin) shell.positional = rest;
  else if (file !== undefined) {
    shell.name = file;
    shell.positional = rest.slice(1);
    return shell.runText(script(shell, name, file));
  }
  shell.sourceFlag = 's';
  const input = shell.process.files.get(0);
  const { tty } = input ?? {};
  const isAtTerminal = tty !== undefined && shell.process.files.get(2)?.tty !== undefined;
  if (input !== undefined && tty !== undefined && (isInteractive || isAtTerminal)) {
    if (shell.dialect === 'bash') greet(shell);
    return interact(shell, input, tty);
  }
  return runLines(shell);
}

/** What Debian's /etc/bash.bashrc does: `root@node-1:~# `. */
function greet(shell: Shell): void {
  shell.name = shell.name.replace(/^.*\//, '');
  if (shell.get('PS1') === undefined) shell.set('PS1', '\\u@\\h:\\w\\$ ');
}

/** Commands from stdin, each run as soon as it is whole. */
async function runLines(shell: Shell): Promise<number> {
  const decoder = new TextDecoder();
  let text = '';
  let source = '';
  for (;;) {
    const bytes = await shell.process.stdin.read();
    text += bytes === null ? decoder.decode() : decoder.decode(bytes, { stream: true });
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      source += text.slice(0, end + 1);
      text = text.slice(end + 1);
      const program = parseProgram(source);
      if (program.problem?.incomplete === true) continue;
      source = '';
      await shell.runParsed(program);
    }
    if (bytes === null) return source + text === '' ? shell.status : shell.runText(source + text);
  }
}

interface Options {
  command: string | undefined;
  rest: string[];
  isInteractive: boolean;
  isFromStdin: boolean;
}

function options(shell: Shell, args: readonly string[]): Options {
  const rest = [...args];
  let isCommand = false;
  let isInteractive = false;
  let isFromStdin = false;
  while (/^[-+]./.test(rest[0] ?? '')) {
    const argument = rest.shift()!;
    if (argument === '--') break;
    const letters = argument.slice(1).replace(/[csil]/g, (letter) => {
      if (letter === 'c') isCommand = true;
      if (letter === 'i') isInteractive = true;
      if (letter === 's') isFromStdin = true;
      return '';
    });
    if (letters === '') continue;
    const taken = letters.endsWith('o')
      ? [argument[0]! + letters, rest.shift() ?? '']
      : [argument[0]! + letters];
    applyOptions(shell, taken, '');
  }
  if (!isCommand) return { command: undefined, rest, isInteractive, isFromStdin };
  const command = rest.shift();
  if (command === undefined) throw new ShellError('-c requires an argument');
  return { command, rest, isInteractive, isFromStdin };
}

function script(shell: Shell, name: string, file: string): string {
  try {
    return decode(readWhole(shell.process, file));
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    shell.name = name;
    throw new ShellError(`can't open '${file}': ${error.message}`, 2);
  }
}
