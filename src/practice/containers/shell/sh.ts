import { FileError } from '../file-error.ts';
import { readWhole } from '../open.ts';
import { decode, type Program } from '../process.ts';
import { applyOptions } from './builtins/variables.ts';
import { ShellError } from './errors.ts';
import { guarded } from './run.ts';
import { Shell } from './shell.ts';

/** `sh`, as busybox ash: `sh -c COMMAND`, `sh FILE`, or commands from stdin. */
export const sh: Program = async (process) => {
  const [name = 'sh', ...args] = process.argv;
  const shell = new Shell(process, name);
  return shell.leave(
    await guarded(shell, async () => {
      const { command, rest, isInteractive } = options(shell, args);
      if (command !== undefined) {
        shell.name = rest[0] ?? name;
        shell.positional = rest.slice(1);
        return shell.runText(command);
      }
      const [file] = rest;
      if (file !== undefined) {
        shell.name = file;
        shell.positional = rest.slice(1);
        return shell.runText(script(shell, name, file));
      }
      void isInteractive;
      return shell.status;
    }),
  );
};

interface Options {
  command: string | undefined;
  rest: string[];
  isInteractive: boolean;
}

function options(shell: Shell, args: readonly string[]): Options {
  const rest = [...args];
  let isCommand = false;
  let isInteractive = false;
  while (/^[-+]./.test(rest[0] ?? '')) {
    const argument = rest.shift()!;
    if (argument === '--') break;
    const letters = argument.slice(1).replace(/[csil]/g, (letter) => {
      if (letter === 'c') isCommand = true;
      if (letter === 'i') isInteractive = true;
      return '';
    });
    if (letters === '') continue;
    const taken = letters.endsWith('o')
      ? [argument[0]! + letters, rest.shift() ?? '']
      : [argument[0]! + letters];
    applyOptions(shell, taken, '');
  }
  if (!isCommand) return { command: undefined, rest, isInteractive };
  const command = rest.shift();
  if (command === undefined) throw new ShellError('-c requires an argument');
  return { command, rest, isInteractive };
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
