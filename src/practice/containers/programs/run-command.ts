import { FileError } from '../file-error.ts';
import { findCommand, load, NoFormat, type Executable } from '../execute.ts';
import type { Process, ProcessOptions } from '../process.ts';
import { sh } from '../shell/sh.ts';

/** A command that is sought and started as a program's child. @throws {FileError} when there is none */
export function startCommand(
  process: Process,
  argv: string[],
  options: Partial<Pick<ProcessOptions, 'environment' | 'files'>> = {},
): Process {
  const { program, argv: own } = executable(process, argv);
  return process.spawn(program, { ...options, argv: own });
}

/** What running a command means. A text without `#!` is read by the shell, as execvp(3) does. @throws {FileError} */
export function executable(process: Process, argv: string[]): Executable {
  const path = findCommand(process, argv[0]!);
  try {
    return load(process, path, argv);
  } catch (error) {
    if (error instanceof NoFormat) return { program: sh, argv: ['sh', path, ...argv.slice(1)] };
    throw error;
  }
}

/** 127 not found, 126 not executable. */
export function failureStatus(error: unknown): number {
  if (!(error instanceof FileError)) throw error;
  return error.code === 'ENOENT' ? 127 : 126;
}
