import { decode, Exit } from '../../process.ts';
import { FileError } from '../../file-error.ts';
import { findCommand } from '../../execute.ts';
import { readWhole } from '../../open.ts';
import { LoopControl, Return, ShellError } from '../errors.ts';
import type { Shell } from '../shell.ts';
import { parseProgram } from '../syntax.ts';
import { failure, numeric, type Builtin } from './builtin.ts';

export const colon: Builtin = () => 0;
export const no: Builtin = () => 1;

export const leaveShell: Builtin = (shell, [name, status]) => {
  throw new Exit(status === undefined ? shell.status : numeric(shell, name!, status));
};

export const leaveFunction: Builtin = (shell, [name, status]) => {
  const value = status === undefined ? shell.status : numeric(shell, name!, status) & 255;
  if (shell.functionDepth > 0 || shell.sourceDepth > 0 || shell.interactive) throw new Return(value);
  throw new Exit(value);
};

export const leaveLoop: Builtin = (shell, [name, levels = '1']) => {
  const count = numeric(shell, name!, levels);
  if (count === 0) throw failure(shell, name!, `Illegal number: ${levels}`);
  if (shell.loops === 0) return 0;
  throw new LoopControl(name === 'break' ? 'break' : 'continue', count);
};

export const evaluateText: Builtin = (shell, argv) => {
  const text = argv.slice(1).join(' ');
  shell.status = 0;
  return runNamed(shell, 'eval', text);
};

/** A syntax error is told with the builtin's name. */
function runNamed(shell: Shell, name: string, text: string): Promise<number> {
  const program = parseProgram(text);
  const message = program.problem?.message ?? '';
  if (message === '') return shell.runParsed(program);
  return shell.runParsed(program).catch((error: unknown) => {
    if (error instanceof ShellError && error.message === `syntax error: ${message}`)
      throw failure(shell, name, error.message);
    throw error;
  });
}

/** `.` and `source` */
export const source: Builtin = async (shell, argv) => {
  const [name, file, ...rest] = argv;
  if (file === undefined) throw failure(shell, name!, 'filename argument required');
  const text = readSourced(file);
  const before = shell.positional;
  if (rest.length > 0) shell.positional = rest;
  shell.sourceDepth++;
  shell.status = 0;
  try {
    return await runNamed(shell, name!, text);
  } catch (error) {
    if (error instanceof Return) return error.status;
    throw error;
  } finally {
    shell.sourceDepth--;
    shell.positional = before;
  }

  function readSourced(path: string): string {
    try {
      return decode(readWhole(shell.process, path.includes('/') ? path : along(path)));
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      const message = path.includes('/') ? `can't open '${path}': ${error.message}` : `${path}: not found`;
      throw failure(shell, name!, message);
    }
  }

  function along(path: string): string {
    const found = shell.process.machine.fileSystem.lookup(path, shell.process.directory);
    return found === undefined ? findCommand(shell.process, path, shell.get('PATH')) : path;
  }
};

/** `let x=1+2`: fails when the last value is 0. */
export const evaluateArithmetic: Builtin = async (shell, argv) => {
  if (argv.length < 2) throw failure(shell, 'let', 'expression expected');
  let value = 0n;
  for (const expression of argv.slice(1)) value = await shell.calculate(expression);
  return value === 0n ? 1 : 0;
};
