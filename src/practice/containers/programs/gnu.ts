import type { Program } from '../process.ts';
import { echo } from '../shell/echo.ts';
import { printf } from '../shell/printf.ts';
import { test } from '../shell/test.ts';
import { program } from './applet.ts';
import { COMMON } from './applets.ts';
import { refused, REFUSED_DEBIAN } from './refused.ts';

/** What Debian's slim image has, by name. */
export function gnuPrograms(): Map<string, Program> {
  const table = new Map<string, Program>([
    ['[', test],
    ['echo', echo],
    ['printf', printf],
    ['test', test],
  ]);
  for (const name of REFUSED_DEBIAN) table.set(name, refused);
  for (const applet of COMMON) table.set(applet.name, program(applet, { kind: 'gnu' }));
  return table;
}
