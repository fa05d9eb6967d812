import type { FileSystem } from '../file-system.ts';
import { curl } from '../programs/curl/curl.ts';
import { gnuPrograms } from '../programs/gnu.ts';
import { entrypoint } from '../programs/nginx/entrypoint.ts';
import {
  DEFAULT_CONF,
  ENTRYPOINT,
  ERROR_PAGE,
  INDEX_PAGE,
  MIME_TYPES,
  NGINX_CONF,
} from '../programs/nginx/files.ts';
import { nginx as nginxProgram } from '../programs/nginx/nginx.ts';
import { sh } from '../shell/sh.ts';
import { ALPINE, type AlpineRelease, installAlpine } from './alpine.ts';
import type { ImageContent, Repository } from './repository.ts';
import { base, Layout, PATH, ROOT } from './layout.ts';

/** The last release of each line, when it was made, and the Alpine it was built on. */
const RELEASES: Record<string, [patch: number, built: string, alpine: string]> = {
  '1.20': [2, '2021-11-16T14:44:02Z', '3.16'],
  '1.21': [6, '2022-01-25T15:03:52Z', '3.16'],
  '1.22': [1, '2022-10-19T08:02:20Z', '3.16'],
  '1.23': [4, '2023-03-28T15:01:54Z', '3.17'],
  '1.24': [0, '2023-04-11T01:45:34Z', '3.17'],
  '1.25': [5, '2024-04-16T14:29:59Z', '3.18'],
  '1.26': [3, '2025-02-05T11:06:32Z', '3.20'],
  '1.27': [5, '2025-04-16T12:01:11Z', '3.21'],
  '1.28': [0, '2025-04-23T11:48:54Z', '3.21'],
  '1.29': [3, '2025-10-28T12:05:10Z', '3.22'],
};
const MAINLINE = '1.29';
const STABLE = '1.28';

const TAG =
  /^(?:(1\.\d\d)(?:\.(\d+))?|1|latest|mainline|stable)?(?:(?:^|-)(bookworm|trixie|alpine|alpine-slim))?$/;

/** The official image, on Debian or on Alpine. */
export const nginx: Repository = {
  find(tag) {
    const match = tag === '' ? null : TAG.exec(tag);
    if (match === null) return undefined;
    const line = match[1] ?? (tag.startsWith('stable') ? STABLE : MAINLINE);
    const release = RELEASES[line];
    if (release === undefined || (match[2] !== undefined && Number(match[2]) > release[0])) return undefined;
    const version = `${line}.${match[2] ?? release[0]}`;
    const isAlpine = match[3]?.startsWith('alpine') ?? false;
    const built = release[1];
    return isAlpine
      ? {
          version: `${version}-${match[3]}`,
          content: onAlpine(version, built, ALPINE[release[2]]!, match[3] === 'alpine'),
        }
      : { version: `${version}-debian`, content: onDebian(version, built, Number(line.slice(2)) >= 29) };
  },
};

const COMMON = {
  user: ROOT,
  entrypoint: ['/docker-entrypoint.sh'],
  arguments: ['nginx', '-g', 'daemon off;'],
  workingDirectory: '/',
  stopSignal: 'SIGQUIT' as const,
};

const PASSWD = 'nginx:x:101:101:nginx user:/nonexistent:/bin/false';

/** @param isTrixie Debian 13; Debian 12 before */
function onDebian(version: string, built: string, isTrixie: boolean): ImageContent {
  const builtBy = isTrixie ? 'gcc 14.2.0 (Debian 14.2.0-19)' : 'gcc 12.2.0 (Debian 12.2.0-14+deb12u1)';
  return {
    ...COMMON,
    size: 62_944_256,
    environment: [
      { name: 'PATH', value: PATH },
      { name: 'NGINX_VERSION', value: version },
      { name: 'PKG_RELEASE', value: isTrixie ? '1~trixie' : '1~bookworm' },
    ],
    built,
    build(fileSystem) {
      const layout = base(new Layout(fileSystem, built), {
        passwd: [...DEBIAN_PASSWD, PASSWD],
        group: [...DEBIAN_GROUP, 'nginx:x:101:'],
        release: debianRelease(isTrixie),
        isMerged: true,
      });
      layout
        .directories('/boot', '/media', '/mnt', '/opt', '/run', '/srv', '/usr/lib', '/usr/local/bin')
        .text('/etc/debian_version', isTrixie ? '13.1\n' : '12.12\n')
        .program('/usr/bin/bash', sh)
        .program('/usr/bin/dash', sh)
        .link('/usr/bin/sh', 'dash')
        .program('/usr/bin/curl', curl({ version: isTrixie ? '8.14.1' : '7.88.1', libc: 'glibc' }));
      for (const [name, program] of gnuPrograms()) layout.program(`/usr/bin/${name}`, program);
      installNginx(fileSystem, layout, version, builtBy);
    },
  };
}

/** @param hasCurl the slim variant has none */
function onAlpine(version: string, built: string, release: AlpineRelease, hasCurl: boolean): ImageContent {
  return {
    ...COMMON,
    size: hasCurl ? 22_602_342 : 5_342_102,
    environment: [
      { name: 'PATH', value: PATH },
      { name: 'NGINX_VERSION', value: version },
      { name: 'PKG_RELEASE', value: '1' },
    ],
    built,
    build(fileSystem) {
      const layout = installAlpine(
        fileSystem,
        { ...release, built },
        { passwd: [PASSWD.replace('/bin/false', '/sbin/nologin')], group: ['nginx:x:101:nginx'] },
      );
      if (hasCurl) layout.program('/usr/bin/curl', curl({ version: '8.14.1', libc: 'musl' }));
      installNginx(fileSystem, layout, version, 'gcc 14.2.0 (Alpine 14.2.0)');
    },
  };
}

function installNginx(fileSystem: FileSystem, layout: Layout, version: string, builtBy: string): void {
  layout
    .directories(
      '/docker-entrypoint.d',
      '/etc/nginx/conf.d',
      '/usr/lib/nginx/modules',
      '/var/cache/nginx',
      '/run',
    )
    .program('/usr/sbin/nginx', nginxProgram({ version, builtBy }))
    .script('/docker-entrypoint.sh', ENTRYPOINT, entrypoint)
    .text('/etc/nginx/nginx.conf', NGINX_CONF)
    .text('/etc/nginx/mime.types', MIME_TYPES)
    .text('/etc/nginx/conf.d/default.conf', DEFAULT_CONF)
    .text('/usr/share/nginx/html/index.html', INDEX_PAGE)
    .text('/usr/share/nginx/html/50x.html', ERROR_PAGE)
    .link('/etc/nginx/modules', '/usr/lib/nginx/modules')
    .link('/var/log/nginx/access.log', '/dev/stdout')
    .link('/var/log/nginx/error.log', '/dev/stderr');
  if (fileSystem.lookup('/var/run') === undefined) layout.link('/var/run', '/run');
}

const DEBIAN_PASSWD = [
  'root:x:0:0:root:/root:/bin/bash',
  'daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin',
  'bin:x:2:2:bin:/bin:/usr/sbin/nologin',
  'sys:x:3:3:sys:/dev:/usr/sbin/nologin',
  'sync:x:4:65534:sync:/bin:/bin/sync',
  'mail:x:8:8:mail:/var/mail:/usr/sbin/nologin',
  'www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin',
  '_apt:x:42:65534::/nonexistent:/usr/sbin/nologin',
  'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin',
];

const DEBIAN_GROUP = [
  'root:x:0:',
  'daemon:x:1:',
  'bin:x:2:',
  'sys:x:3:',
  'adm:x:4:',
  'tty:x:5:',
  'mail:x:8:',
  'www-data:x:33:',
  'users:x:100:',
  'nogroup:x:65534:',
];

function debianRelease(isTrixie: boolean): string {
  const [number, name] = isTrixie ? ['13', 'trixie'] : ['12', 'bookworm'];
  return (
    `PRETTY_NAME="Debian GNU/Linux ${number} (${name})"\nNAME="Debian GNU/Linux"\nVERSION_ID="${number}"\n` +
    `VERSION="${number} (${name})"\nVERSION_CODENAME=${name}\nID=debian\nHOME_URL="https://www.debian.org/"\n` +
    'SUPPORT_URL="https://www.debian.org/support"\nBUG_REPORT_URL="https://bugs.debian.org/"\n'
  );
}
