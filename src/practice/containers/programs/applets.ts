import type { Applet } from './applet.ts';
import { cat } from './cat.ts';
import { cut } from './cut.ts';
import { date } from './date.ts';
import { env, printenv } from './env.ts';
import { chmod, cp, ln, mkdir, mv, rm, rmdir, touch } from './files.ts';
import { grep } from './grep.ts';
import { head } from './head.ts';
import { kill, killall } from './kill.ts';
import { ls } from './ls.ts';
import { ifconfig } from './net/ifconfig.ts';
import { ip } from './net/ip.ts';
import { nc } from './net/nc.ts';
import { netstat, route } from './net/netstat.ts';
import { wget } from './net/wget.ts';
import { ps } from './ps.ts';
import { sed } from './sed/sed.ts';
import { seq } from './seq.ts';
import { sort } from './sort.ts';
import {
  basename,
  clear,
  dirname,
  hostname,
  id,
  isFalse,
  isTrue,
  pwd,
  readlink,
  stty,
  uname,
  which,
  whoami,
} from './system.ts';
import { tail } from './tail.ts';
import { tee } from './tee.ts';
import { timeout } from './timeout.ts';
import { tr } from './tr.ts';
import { uniq } from './uniq.ts';
import { wc } from './wc.ts';
import { xargs } from './xargs.ts';
import { yes } from './yes.ts';
import { sleep } from './sleep.ts';

/** Those that Debian's slim image has too. */
export const COMMON: Applet[] = [
  basename,
  cat,
  chmod,
  clear,
  cp,
  cut,
  date,
  dirname,
  env,
  grep,
  head,
  hostname,
  id,
  isFalse,
  isTrue,
  ln,
  ls,
  mkdir,
  mv,
  printenv,
  pwd,
  readlink,
  rm,
  rmdir,
  sed,
  seq,
  sleep,
  sort,
  stty,
  tail,
  tee,
  timeout,
  touch,
  tr,
  uname,
  uniq,
  wc,
  which,
  whoami,
  xargs,
  yes,
];

/** All that busybox has. */
export const ALL: Applet[] = [...COMMON, ifconfig, ip, kill, killall, nc, netstat, ps, route, wget];
