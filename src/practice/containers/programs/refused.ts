import { basename } from './applet.ts';
import type { Program } from '../process.ts';

/** What does instead, for those that a learner of networks types first. */
const INSTEAD: Record<string, string> = {
  awk: 'a column: cut -d" " -fN, or sed',
  dig: 'names: nslookup NAME',
  expr: 'numbers: echo $((1 + 2))',
  free: 'there is no memory to speak of',
  host: 'names: nslookup NAME',
  httpd: "a server: while true; do printf 'HTTP/1.0 200 OK\\r\\n\\r\\nhello\\n' | nc -l -p 8080; done",
  less: 'a file: cat FILE',
  lsof: 'sockets: netstat -tlnp',
  more: 'a file: cat FILE',
  arp: 'neighbours: ip neigh',
  chroot: "the Node's files are where they are mounted, and its own shell is a Pod of its image",
  ss: 'sockets: netstat -tln',
  tar: "to copy a file: kubectl exec -i POD -- sh -c 'cat > FILE' < FILE",
  tcpdump: 'addresses that a server sees are in its log',
  telnet: 'to talk to a port: nc HOST PORT',
  top: 'processes: ps',
  traceroute: 'the way out: ip route',
  vi: 'to change a file: sed -i, or cat > FILE',
};

/** Programs that busybox has and we do not, as far as learners may miss them. */
export const REFUSED_BUSYBOX =
  `adduser arping awk base64 bc brctl chroot cmp crond dc dd df diff dmesg dnsdomainname du ed expr find fold free ftpget ftpput
  fuser gunzip gzip hexdump httpd iostat ipcalc less losetup lsof md5sum mkfifo mktemp more mount nice nl nohup nproc nsenter
  od passwd paste poweroff realpath reboot renice rev setsid sha1sum sha256sum shuf split stat strings su sync sysctl
  tac tar top traceroute6 tty umount unzip uptime usleep vi w who xxd`.split(/\s+/);

/** The same of Debian's slim image. */
export const REFUSED_DEBIAN =
  `apt apt-get awk base64 dd df diff dpkg du expr find gzip md5sum mktemp mount nohup nproc od perl sha256sum stat su tac
  tar tty umount`.split(/\s+/);

/** What else learners of networks type on a Node. */
export const REFUSED_NODE =
  `arp bridge conntrack dig docker ethtool host iptables journalctl lsof nano nft ping ss systemctl tcpdump telnet traceroute
  vi vim`.split(/\s+/);

/**
 * A program that is there only to say that it is not modelled: that it was not found would be untrue of the image.
 */
export const refused: Program = async (process) => {
  const name = basename(process.argv[0] ?? '');
  const instead = Object.hasOwn(INSTEAD, name) ? `; ${INSTEAD[name]}` : '';
  await process.complain(`${name}: not modelled by the practice cluster${instead}\n`);
  return 1;
};
