import { FileError } from './file-error.ts';
import type { RegularFile } from './file-system.ts';
import { permitted, reach } from './open.ts';
import { decode, type Process, type Program } from './process.ts';

/** What exec(2) is ready to run. */
export interface Executable {
  program: Program;
  /** A script's interpreter comes first, then the script. */
  argv: string[];
}

/** A text without `#!`: the kernel doesn't know how to run it, a shell reads it itself. */
export class NoFormat extends FileError {
  constructor() {
    super('ENOEXEC');
  }
}

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** Interpreters of interpreters; Linux allows as many. */
const MOST_INTERPRETERS = 5;

/**
 * Looks a command up as execvp(3) does: a name with a slash is a path, others are sought along PATH. What may not be
 * run is passed over; when nothing else is found it is what the error is about.
 *
 * @throws {FileError} ENOENT, EACCES
 */
export function findCommand(process: Process, name: string, searchPath?: string): string {
  if (name.includes('/')) {
    runnable(process, name);
    return name;
  }
  let refused: FileError | undefined;
  for (const directory of (searchPath ?? process.environment.get('PATH') ?? DEFAULT_PATH).split(':')) {
    const path = directory === '' ? `./${name}` : `${directory.replace(/\/$/, '')}/${name}`;
    try {
      runnable(process, path);
      return path;
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      if (error.code === 'EACCES' && process.machine.fileSystem.lookup(path)?.type === 'file')
        refused ??= error;
    }
  }
  throw refused ?? new FileError('ENOENT');
}

/**
 * What running the file at `path` means, as execve(2) has it.
 *
 * @param argv with the program's name first
 * @throws {FileError} ENOENT, EACCES, ENOTDIR
 * @throws {NoFormat} for a text without `#!`
 */
export function load(process: Process, path: string, argv: string[], depth = 0): Executable {
  const file = runnable(process, path);
  if (file.program !== undefined) return { program: file.program, argv };
  const first = /^#![ \t]*([^ \t\n]+)[ \t]*([^\n]*)/.exec(decode(file.content.subarray(0, 256)));
  if (first === null) throw new NoFormat();
  if (depth >= MOST_INTERPRETERS) throw new FileError('ELOOP');
  const argument = first[2]!.trim();
  const rest = [...(argument === '' ? [] : [argument]), path, ...argv.slice(1)];
  return load(process, first[1]!, [first[1]!, ...rest], depth + 1);
}

function runnable(process: Process, path: string): RegularFile {
  const node = reach(process, path);
  if (node.type !== 'file' || !permitted(node, process.user, 'execute')) throw new FileError('EACCES');
  return node;
}
