import type { Builtin } from './builtin.ts';
import {
  colon,
  evaluateArithmetic,
  evaluateText,
  leaveFunction,
  leaveLoop,
  leaveShell,
  no,
  source,
} from './control.ts';
import { getopts } from './getopts.ts';
import { background, foreground, jobs, kill, trap, wait } from './job-control.ts';
import { lookups } from './lookup.ts';
import { echo, history, printf } from './output.ts';
import { changeDirectory, printDirectory, times, ulimit, umask } from './places.ts';
import { read } from './read.ts';
import { setOptions } from './set.ts';
import { test } from './test.ts';
import { declare, local, shift, unset } from './variables.ts';

/** Their errors end a shell that nobody sits at, and assignments in front of them stay. */
const SPECIAL: Record<string, Builtin> = {
  ':': colon,
  '.': source,
  source,
  break: leaveLoop,
  continue: leaveLoop,
  eval: evaluateText,
  // Run by the runner itself: it ends the shell.
  exec: colon,
  exit: leaveShell,
  export: declare,
  local,
  readonly: declare,
  return: leaveFunction,
  set: setOptions,
  shift,
  times,
  trap,
  unset,
};

export function isSpecial(name: string): boolean {
  return Object.hasOwn(SPECIAL, name);
}

export const builtins: ReadonlyMap<string, Builtin> = new Map(
  Object.entries({
    ...SPECIAL,
    '[': test,
    ...lookups({ has: (name) => builtins.has(name), isSpecial }),
    bg: background,
    cd: changeDirectory,
    echo,
    false: no,
    fg: foreground,
    getopts,
    hash: colon,
    history,
    jobs,
    kill,
    let: evaluateArithmetic,
    printf,
    pwd: printDirectory,
    read,
    test,
    true: colon,
    ulimit,
    umask,
    wait,
  }),
);
