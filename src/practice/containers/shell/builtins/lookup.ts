import { findCommand } from '../../execute.ts';
import { FileError } from '../../file-error.ts';
import type { Shell } from '../shell.ts';
import { failure, type Builtin } from './builtin.ts';

const KEYWORDS = new Set(
  '! { } case do done elif else esac fi for function if in then until while'.split(' '),
);

type Meaning = { kind: 'keyword' | 'function' | 'special' | 'builtin' } | { kind: 'program'; path: string };

function meaning(shell: Shell, name: string, tables: Tables): Meaning | undefined {
  if (KEYWORDS.has(name)) return { kind: 'keyword' };
  if (shell.functions.has(name)) return { kind: 'function' };
  if (tables.isSpecial(name)) return { kind: 'special' };
  if (tables.has(name)) return { kind: 'builtin' };
  try {
    return { kind: 'program', path: findCommand(shell.process, name, shell.get('PATH')) };
  } catch (error) {
    if (error instanceof FileError) return undefined;
    throw error;
  }
}

const WORDS = {
  keyword: 'a shell keyword',
  function: 'a function',
  special: 'a special shell builtin',
  builtin: 'a shell builtin',
};

/** Which names are builtins: passed in, for the table of builtins holds these, too. */
export interface Tables {
  has(name: string): boolean;
  isSpecial(name: string): boolean;
}

export function lookups(tables: Tables): { type: Builtin; command: Builtin } {
  const described = (name: string, what: Meaning): string =>
    `${name} is ${what.kind === 'program' ? what.path : WORDS[what.kind]}`;

  const type: Builtin = async (shell, argv) => {
    let status = 0;
    for (const name of argv.slice(1)) {
      const what = meaning(shell, name, tables);
      if (what === undefined) status = 127;
      await shell.process.print(`${what === undefined ? `${name}: not found` : described(name, what)}\n`);
    }
    return status;
  };

  const command: Builtin = async (shell, argv) => {
    const [, option, ...rest] = argv;
    if (option === '-v' || option === '-V') {
      const [name] = rest;
      const what = name === undefined ? undefined : meaning(shell, name, tables);
      if (what === undefined) {
        if (option === '-V') await shell.process.print(`${name ?? ''}: not found\n`);
        return 127;
      }
      const short = what.kind === 'program' ? what.path : name!;
      await shell.process.print(`${option === '-v' ? short : described(name!, what)}\n`);
      return 0;
    }
    if (option !== undefined && /^-[^p-]/.test(option))
      throw failure(shell, 'command', `illegal option ${option}`);
    const args = option === '-p' || option === '--' ? rest : argv.slice(1);
    return args.length === 0 ? 0 : shell.call(args);
  };

  return { type, command };
}
