import type { Program } from '../process.ts';
import { echo } from '../shell/echo.ts';
import { printf } from '../shell/printf.ts';
import { sh } from '../shell/sh.ts';
import { test } from '../shell/test.ts';
import { basename, program, type Suite } from './applet.ts';
import { ALL } from './applets.ts';
import { refused, REFUSED_BUSYBOX } from './refused.ts';

type Busybox = Extract<Suite, { kind: 'busybox' }>;

/** Programs that are the same in every suite, or word their errors themselves. */
const PROGRAMS: Record<string, Program> = { '[': test, ash: sh, echo, printf, sh, test };

/** The names of all applets, in order. */
export function applets(): string[] {
  return [...ALL.map(({ name }) => name), ...Object.keys(PROGRAMS), ...REFUSED_BUSYBOX].sort();
}

/** The one program behind all of them: it does what it is called. */
export function busyboxProgram(suite: Busybox): Program {
  const table = new Map<string, Program>(Object.entries(PROGRAMS));
  for (const name of REFUSED_BUSYBOX) table.set(name, refused);
  for (const applet of ALL) table.set(applet.name, program(applet, suite));
  return async (process) => {
    const name = basename(process.argv[0] ?? 'busybox');
    if (name !== 'busybox') return run(name);
    const [, wanted, ...rest] = process.argv;
    if (wanted === undefined || wanted === '--help') {
      await process.print(help(suite));
      return 0;
    }
    if (wanted === '--list') {
      await process.print(`${applets().join('\n')}\n`);
      return 0;
    }
    process.argv = [wanted, ...rest];
    return run(basename(wanted));

    async function run(called: string): Promise<number> {
      const found = table.get(called);
      if (found !== undefined) return found(process);
      await process.complain(`${called}: applet not found\n`);
      return 127;
    }
  };
}

function help(suite: Busybox): string {
  return (
    `BusyBox v${suite.version} (${suite.built}) multi-call binary.\n` +
    'BusyBox is copyrighted by many authors between 1998-2015.\n' +
    'Licensed under GPLv2. See source distribution for detailed\ncopyright notices.\n\n' +
    'Usage: busybox [function [arguments]...]\n   or: busybox --list[-full]\n   or: function [arguments]...\n\n' +
    `Currently defined functions:\n${wrapped(applets())}\n`
  );
}

function wrapped(names: string[]): string {
  const lines = [''];
  for (const name of names) {
    const line = lines.at(-1)!;
    if (line.length + name.length > 70) lines.push(name);
    else lines[lines.length - 1] = line === '' ? name : `${line}, ${name}`;
  }
  return lines.map((line, index) => `\t${line}${index < lines.length - 1 ? ',' : ''}`).join('\n');
}
