import type { Program } from '../process.ts';
import { echo } from '../shell/echo.ts';
import { printf } from '../shell/printf.ts';
import { test } from '../shell/test.ts';
import { type Applet, program } from './applet.ts';
import { cat } from './cat.ts';
import { sleep } from './sleep.ts';

const APPLETS: Applet[] = [cat, sleep];

/** What Debian's slim image has, by name. */
export function gnuPrograms(): Map<string, Program> {
  const table = new Map<string, Program>([
    ['[', test],
    ['echo', echo],
    ['printf', printf],
    ['test', test],
  ]);
  for (const applet of APPLETS) table.set(applet.name, program(applet, { kind: 'gnu' }));
  return table;
}
