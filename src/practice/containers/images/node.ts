import { curl } from '../programs/curl/curl.ts';
import { program } from '../programs/applet.ts';
import { gnuPrograms } from '../programs/gnu.ts';
import { kubectl } from '../programs/kubectl/kubectl.ts';
import { bindNslookup } from '../programs/net/bind-nslookup.ts';
import { ip } from '../programs/net/iproute2/ip.ts';
import { ifconfig } from '../programs/net/ifconfig.ts';
import { netstat, route } from '../programs/net/netstat.ts';
import { openbsdNc } from '../programs/net/openbsd-nc.ts';
import { wget } from '../programs/net/wget.ts';
import { refused, REFUSED_NODE } from '../programs/refused.ts';
import { kill, killall } from '../programs/system/kill.ts';
import { ps } from '../programs/system/ps.ts';
import { bash } from '../shell/sh.ts';
import { base, Layout, PATH, ROOT } from './layout.ts';
import type { ImageContent, Repository } from './repository.ts';

/** A Node of the practice cluster as a machine of the deck's day: its shell, and what the deck types there. */
export const node: Repository = {
  find: (tag) => (tag === '1' || tag === 'latest' ? { version: '1', content: NODE } : undefined),
};

/** Debian 10's last release. */
const BUILT = '2022-09-10';

const NODE: ImageContent = {
  size: 48_234_496,
  user: ROOT,
  environment: [{ name: 'PATH', value: PATH }],
  entrypoint: [],
  arguments: ['/bin/bash'],
  workingDirectory: '/root',
  stopSignal: 'SIGTERM',
  isNode: true,
  built: BUILT,
  build(fileSystem) {
    const layout = base(new Layout(fileSystem, BUILT), { passwd: PASSWD, group: GROUP, release: RELEASE })
      .directories('/boot', '/media', '/mnt', '/opt', '/run', '/srv', '/usr/lib', '/usr/local/bin')
      .text('/etc/debian_version', '10.13\n')
      .text('/root/multi-container.yml', MANIFEST)
      .link('/var/run', '/run')
      .program('/bin/bash', bash)
      .program('/usr/local/bin/kubectl', kubectl)
      .link('/bin/sh', 'bash')
      .program('/sbin/ip', ip)
      .link('/bin/ip', '/sbin/ip')
      .program('/usr/bin/curl', curl({ version: '7.64.0', libc: 'glibc' }))
      .program('/usr/bin/nslookup', bindNslookup)
      .program('/bin/nc.openbsd', program(openbsdNc, { kind: 'gnu' }))
      .link('/bin/nc', 'nc.openbsd');
    for (const [name, each] of gnuPrograms()) layout.program(`/bin/${name}`, each);
    for (const name of REFUSED_NODE) layout.program(`/usr/bin/${name}`, refused);
    for (const applet of [ifconfig, kill, killall, netstat, ps, route, wget])
      layout.program(`/bin/${applet.name}`, program(applet, { kind: 'gnu' }));
    layout.link('/usr/bin/env', '../../bin/env');
  },
};

/** The deck's Pod, as it lay on the machine that the deck was given on. */
const MANIFEST = `apiVersion: v1
kind: Pod
metadata:
  name: "multi-container"
spec:
  containers:
    -
      args:
        - "9999999"
      command:
        - "sleep"
      image: "appropriate/curl"
      name: "shell"
    -
      image: "nginx"
      name: "nginx"
`;

const RELEASE =
  'PRETTY_NAME="Debian GNU/Linux 10 (buster)"\nNAME="Debian GNU/Linux"\nVERSION_ID="10"\nVERSION="10 (buster)"\n' +
  'VERSION_CODENAME=buster\nID=debian\nHOME_URL="https://www.debian.org/"\nSUPPORT_URL="https://www.debian.org/support"\n' +
  'BUG_REPORT_URL="https://bugs.debian.org/"\n';

const PASSWD = [
  'root:x:0:0:root:/root:/bin/bash',
  'daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin',
  'bin:x:2:2:bin:/bin:/usr/sbin/nologin',
  'sys:x:3:3:sys:/dev:/usr/sbin/nologin',
  'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin',
];

const GROUP = [
  'root:x:0:',
  'daemon:x:1:',
  'bin:x:2:',
  'sys:x:3:',
  'adm:x:4:',
  'tty:x:5:',
  'nogroup:x:65534:',
];
