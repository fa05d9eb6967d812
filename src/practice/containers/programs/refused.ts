import { basename } from './applet.ts';
import type { Program } from '../process.ts';

/** What does instead, for those that a learner of networks types first. */
const INSTEAD: Record<string, string> = {
  nslookup: 'names that resolve are those in /etc/hosts',
  arp: 'neighbours: ip neigh',
  chroot: "the Node's files are where they are mounted, and its own shell is a Pod of its image",
  ping: 'whether a port answers: nc -zv HOST PORT',
  ss: 'sockets: netstat -tln',
  tar: "to copy a file: kubectl exec -i POD -- sh -c 'cat > FILE' < FILE",
  telnet: 'to talk to a port: nc HOST PORT',
  traceroute: 'the way out: ip route',
  vi: 'to change a file: sed -i, or cat > FILE',
};

/** Programs that busybox has and we do not, as far as learners may miss them. */
export const REFUSED_BUSYBOX =
  `arp arping awk base64 chroot dd df diff dmesg dnsdomainname du expr find free ftpget gzip httpd less md5sum mktemp more
  mount nohup nproc nslookup od pgrep pidof ping ping6 pkill sha256sum stat strings su tac tar telnet time top
  traceroute traceroute6 tty umount uptime vi watch`.split(/\s+/);

/** The same of Debian's slim image. */
export const REFUSED_DEBIAN =
  `apt apt-get awk base64 dd df diff dpkg du expr find gzip md5sum mktemp mount nohup nproc od perl sha256sum stat su tac
  tar tty umount`.split(/\s+/);

/** What else learners of networks type on a Node. */
export const REFUSED_NODE =
  `arp bridge conntrack dig docker ethtool iptables nano nslookup ping ss systemctl tcpdump telnet traceroute vi
  vim`.split(/\s+/);

/**
 * A program that is there only to say that it is not modelled: that it was not found would be untrue of the image.
 */
export const refused: Program = async (process) => {
  const name = basename(process.argv[0] ?? '');
  const instead = Object.hasOwn(INSTEAD, name) ? `; ${INSTEAD[name]}` : '';
  await process.complain(`${name}: not modelled by the practice cluster${instead}\n`);
  return 1;
};
