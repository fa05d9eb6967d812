import type { ImageContent, Repository } from './repository.ts';
import type { Suite } from '../programs/applet.ts';
import { applets, busyboxProgram } from '../programs/busybox.ts';
import { base, Layout, PATH, ROOT } from './layout.ts';

/** The last release of each line, and when it was built. */
const RELEASES: Record<string, [patch: string, built: string]> = {
  '1.28': ['4', '2018-05-22'],
  '1.29': ['3', '2018-10-15'],
  '1.30': ['1', '2019-05-09'],
  '1.31': ['1', '2019-12-23'],
  '1.32': ['1', '2021-01-13'],
  '1.33': ['1', '2021-06-07'],
  '1.34': ['1', '2022-12-29'],
  '1.35': ['0', '2023-07-18'],
  '1.36': ['1', '2024-06-10'],
  '1.37': ['0', '2024-09-26'],
};
const LATEST = '1.37';

const RELEASE_TAG = /^(?:(1\.\d\d)(?:\.(\d+))?|latest|stable)?(?:(?:^|-)(glibc|musl|uclibc))?$/;

/** busybox: glibc unless the tag says otherwise. */
export const busybox: Repository = {
  find(tag) {
    const [, line = LATEST, patch, libc = 'glibc'] = RELEASE_TAG.exec(tag) ?? [];
    const release = tag !== '' && RELEASE_TAG.test(tag) ? RELEASES[line] : undefined;
    if (release === undefined || (patch !== undefined && Number(patch) > Number(release[0])))
      return undefined;
    const version = `${line}.${patch ?? release[0]}`;
    const suite: Suite = {
      kind: 'busybox',
      version,
      built: `${release[1]} 21:31:42 UTC`,
      libc: libc === 'musl' ? 'musl' : 'glibc',
    };
    return { version: `${version}-${libc}`, content: content(suite, release[1]) };
  },
};

function content(suite: Suite & { kind: 'busybox' }, built: string): ImageContent {
  return {
    size: 2_156_518,
    user: ROOT,
    environment: [{ name: 'PATH', value: PATH }],
    entrypoint: [],
    arguments: ['sh'],
    workingDirectory: '/',
    stopSignal: 'SIGTERM',
    built,
    build(fileSystem) {
      const layout = base(new Layout(fileSystem, built), {
        passwd: [
          'root:x:0:0:root:/root:/bin/sh',
          'daemon:x:1:1:daemon:/usr/sbin:/bin/false',
          'bin:x:2:2:bin:/bin:/bin/false',
          'sys:x:3:3:sys:/dev:/bin/false',
          'sync:x:4:100:sync:/bin:/bin/sync',
          'mail:x:8:8:mail:/var/spool/mail:/bin/false',
          'www-data:x:33:33:www-data:/var/www:/bin/false',
          'operator:x:37:37:Operator:/var:/bin/false',
          'nobody:x:65534:65534:nobody:/home:/bin/false',
        ],
        group: [
          'root:x:0:',
          'daemon:x:1:',
          'bin:x:2:',
          'sys:x:3:',
          'adm:x:4:',
          'tty:x:5:',
          'disk:x:6:',
          'wheel:x:10:root',
          'mail:x:8:',
          'www-data:x:33:',
          'operator:x:37:',
          'users:x:100:',
          'nogroup:x:65534:',
        ],
      });
      const program = busyboxProgram(suite);
      layout.program('/bin/busybox', program);
      for (const name of applets()) layout.program(`/bin/${name}`, program);
      layout.link('/usr/bin/env', '../../bin/env');
    },
  };
}
