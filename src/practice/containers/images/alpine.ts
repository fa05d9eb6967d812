import type { FileSystem } from '../file-system.ts';
import type { Suite } from '../programs/applet.ts';
import { applets, busyboxProgram } from '../programs/busybox.ts';
import { refused } from '../programs/refused.ts';
import type { ImageContent, Repository } from './repository.ts';
import { base, Layout, PATH, ROOT } from './layout.ts';

export interface AlpineRelease {
  /** 3.22.2 */
  version: string;
  busybox: string;
  /** ISO date. */
  built: string;
}

/** The last release of each line that images here build on, with its busybox. */
export const ALPINE: Record<string, AlpineRelease> = {
  '3.7': { version: '3.7.3', busybox: '1.27.2', built: '2019-03-06' },
  '3.16': { version: '3.16.9', busybox: '1.35.0', built: '2024-01-26' },
  '3.17': { version: '3.17.10', busybox: '1.35.0', built: '2024-09-06' },
  '3.18': { version: '3.18.12', busybox: '1.36.1', built: '2025-02-13' },
  '3.19': { version: '3.19.9', busybox: '1.36.1', built: '2025-10-08' },
  '3.20': { version: '3.20.8', busybox: '1.36.1', built: '2025-10-08' },
  '3.21': { version: '3.21.5', busybox: '1.37.0', built: '2025-10-08' },
  '3.22': { version: '3.22.2', busybox: '1.37.0', built: '2025-10-08' },
};
const LATEST = '3.22';

export const alpine: Repository = {
  find(tag) {
    const [, line, patch] =
      /^(3\.\d+)(?:\.(\d+))?$/.exec(tag === 'latest' || tag === '3' ? LATEST : tag) ?? [];
    const release = line === undefined ? undefined : ALPINE[line];
    if (release === undefined) return undefined;
    const last = Number(release.version.split('.')[2]);
    if (patch !== undefined && Number(patch) > last) return undefined;
    const own = { ...release, version: `${line}.${patch ?? last}` };
    return { version: own.version, content: content(own) };
  },
};

function content(release: AlpineRelease): ImageContent {
  return {
    size: 3_802_452,
    user: ROOT,
    environment: [{ name: 'PATH', value: PATH }],
    entrypoint: [],
    arguments: ['/bin/sh'],
    workingDirectory: '/',
    stopSignal: 'SIGTERM',
    built: release.built,
    build: (fileSystem) => void installAlpine(fileSystem, release),
  };
}

export function alpineSuite(release: AlpineRelease): Suite & { kind: 'busybox' } {
  return { kind: 'busybox', version: release.busybox, built: `${release.built} 12:00:00 UTC`, libc: 'musl' };
}

/** Where Alpine links applets from, if not from /usr/bin. */
const IN_BIN = new Set(
  `ash base64 cat chmod chown cp date dd df dmesg echo ed egrep false fgrep grep gzip hostname kill link ln ls mkdir
  mktemp more mount mv netstat nice pidof ping ps pwd rm rmdir run-parts sed sh sleep stat stty su sync tar touch true
  umount uname usleep watch`.split(/\s+/),
);
const IN_SBIN = new Set(['arp', 'ifconfig', 'ip', 'ipaddr', 'iplink', 'ipneigh', 'iproute', 'route']);

/** Alpine's files and busybox; more users may be named. */
export function installAlpine(
  fileSystem: FileSystem,
  release: AlpineRelease,
  more: { passwd?: string[]; group?: string[] } = {},
): Layout {
  const line = release.version.split('.').slice(0, 2).join('.');
  const layout = base(new Layout(fileSystem, release.built), {
    passwd: [
      'root:x:0:0:root:/root:/bin/sh',
      'bin:x:1:1:bin:/bin:/sbin/nologin',
      'daemon:x:2:2:daemon:/sbin:/sbin/nologin',
      'lp:x:4:7:lp:/var/spool/lpd:/sbin/nologin',
      'sync:x:5:0:sync:/sbin:/bin/sync',
      'shutdown:x:6:0:shutdown:/sbin:/sbin/shutdown',
      'halt:x:7:0:halt:/sbin:/sbin/halt',
      'mail:x:8:12:mail:/var/mail:/sbin/nologin',
      'news:x:9:13:news:/usr/lib/news:/sbin/nologin',
      'nobody:x:65534:65534:nobody:/:/sbin/nologin',
      ...(more.passwd ?? []),
    ],
    group: [
      'root:x:0:root',
      'bin:x:1:root,bin,daemon',
      'daemon:x:2:root,bin,daemon',
      'sys:x:3:root,bin',
      'adm:x:4:root,daemon',
      'tty:x:5:',
      'wheel:x:10:root',
      'mail:x:12:mail',
      'news:x:13:news',
      'users:x:100:games',
      'nogroup:x:65533:',
      'nobody:x:65534:',
      ...(more.group ?? []),
    ],
    release:
      `NAME="Alpine Linux"\nID=alpine\nVERSION_ID=${release.version}\nPRETTY_NAME="Alpine Linux v${line}"\n` +
      'HOME_URL="https://alpinelinux.org/"\nBUG_REPORT_URL="https://gitlab.alpinelinux.org/alpine/aports/-/issues"\n',
  });
  layout
    .text('/etc/alpine-release', `${release.version}\n`)
    .text('/etc/issue', `Welcome to Alpine Linux ${line}\nKernel \\r on an \\m (\\l)\n\n`)
    .directories('/media', '/mnt', '/opt', '/run', '/srv', '/usr/local/bin', '/usr/lib')
    .program('/bin/busybox', busyboxProgram(alpineSuite(release)));
  layout.program('/sbin/apk', refused);
  for (const name of applets()) {
    const folder = IN_BIN.has(name) ? '/bin' : IN_SBIN.has(name) ? '/sbin' : '/usr/bin';
    layout.link(`${folder}/${name}`, '/bin/busybox');
  }
  return layout;
}
