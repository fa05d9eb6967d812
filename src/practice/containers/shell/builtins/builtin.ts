import { ShellError } from '../errors.ts';
import type { Shell } from '../shell.ts';

/** A command that the shell runs itself. @throws {ShellError} */
export type Builtin = (shell: Shell, argv: string[]) => Promise<number> | number;

/** An error of a builtin, as ash words it: with the line, where there are lines. */
export function failure(shell: Shell, name: string, message: string, status = 2): ShellError {
  return new ShellError(`${name}: ${shell.interactive ? '' : 'line 0: '}${message}`, status);
}

/** A number that must be one. @throws {ShellError} */
export function numeric(shell: Shell, name: string, text: string): number {
  if (!/^\d+$/.test(text)) throw failure(shell, name, `Illegal number: ${text}`);
  return Number(text);
}

/** What a variable may be called. */
export const NAME = /^[A-Za-z_]\w*$/;

/** For lists of variables. */
export function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}
