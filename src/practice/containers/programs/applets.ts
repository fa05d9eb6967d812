import type { Applet } from './applet.ts';
import { cat } from './text/cat.ts';
import { cut } from './text/cut.ts';
import { date } from './system/date.ts';
import { env, printenv } from './system/env.ts';
import { mkdir } from './files/mkdir.ts';
import { rmdir } from './files/rmdir.ts';
import { rm } from './files/rm.ts';
import { touch } from './files/touch.ts';
import { cp } from './files/cp.ts';
import { mv } from './files/mv.ts';
import { ln } from './files/ln.ts';
import { chmod } from './files/chmod.ts';
import { grep } from './text/grep.ts';
import { head } from './text/head.ts';
import { kill, killall } from './system/kill.ts';
import { ls } from './files/ls.ts';
import { ifconfig } from './net/ifconfig.ts';
import { ip } from './net/ip.ts';
import { nc } from './net/nc.ts';
import { arp } from './net/arp.ts';
import { netstat, route } from './net/netstat.ts';
import { nslookup } from './net/nslookup.ts';
import { ping, ping6 } from './net/ping.ts';
import { telnet } from './net/telnet.ts';
import { traceroute } from './net/traceroute.ts';
import { wget } from './net/wget.ts';
import { pgrep, pidof, pkill } from './system/pidof.ts';
import { ps } from './system/ps.ts';
import { time } from './system/time.ts';
import { watch } from './system/watch.ts';
import { sed } from './text/sed/sed.ts';
import { seq } from './text/seq.ts';
import { sort } from './text/sort.ts';
import { isTrue } from './system/true.ts';
import { isFalse } from './system/false.ts';
import { pwd } from './files/pwd.ts';
import { hostname } from './system/hostname.ts';
import { uname } from './system/uname.ts';
import { whoami } from './system/whoami.ts';
import { id } from './system/id.ts';
import { which } from './system/which.ts';
import { basename } from './text/basename.ts';
import { dirname } from './text/dirname.ts';
import { readlink } from './files/readlink.ts';
import { clear } from './system/clear.ts';
import { stty } from './system/stty.ts';
import { tail } from './text/tail.ts';
import { tee } from './text/tee.ts';
import { timeout } from './system/timeout.ts';
import { tr } from './text/tr.ts';
import { uniq } from './text/uniq.ts';
import { wc } from './text/wc.ts';
import { xargs } from './text/xargs.ts';
import { yes } from './text/yes.ts';
import { sleep } from './system/sleep.ts';

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
export const ALL: Applet[] = [
  ...COMMON,
  arp,
  ifconfig,
  ip,
  kill,
  killall,
  nc,
  netstat,
  nslookup,
  pgrep,
  pidof,
  ping,
  ping6,
  pkill,
  ps,
  route,
  telnet,
  time,
  traceroute,
  watch,
  wget,
];
