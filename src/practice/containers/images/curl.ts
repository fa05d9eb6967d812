import { curl as curlProgram } from '../programs/curl/curl.ts';
import { ALPINE, type AlpineRelease, installAlpine } from './alpine.ts';
import type { ImageContent, Repository } from './repository.ts';
import { PATH, ROOT } from './layout.ts';

/** curl's releases since 8.0.0: the last patch of each. */
const PATCHES = [1, 2, 1, 0, 0, 0, 0, 1, 0, 1, 1, 1, 1, 0, 1, 0, 0, 0];
const LATEST = `8.${PATCHES.length - 1}.0`;

/** curlimages/curl: Alpine and the curl that the tag names. */
export const curl: Repository = {
  find(tag) {
    const [, minor, patch] = /^8\.(\d+)\.(\d+)$/.exec(tag === 'latest' ? LATEST : tag) ?? [];
    const last = PATCHES[Number(minor)];
    if (last === undefined || Number(patch) > last) return undefined;
    const version = `8.${minor}.${patch}`;
    return { version, content: curlImage(version) };
  },
};

/** Which Alpine was current at the time. */
function alpineFor(version: string): AlpineRelease {
  const minor = Number(version.split('.')[1]);
  const line =
    minor < 2
      ? '3.17'
      : minor < 5
        ? '3.18'
        : minor < 9
          ? '3.19'
          : minor < 12
            ? '3.20'
            : minor < 14
              ? '3.21'
              : '3.22';
  return ALPINE[line]!;
}

const ENTRYPOINT = `#!/bin/sh
set -e
# Options, and what is no command, are for curl.
if [ "\${1#-}" != "\${1}" ] || [ -z "$(command -v "\${1}")" ]; then
  set -- curl "$@"
fi
exec "$@"
`;

function curlImage(version: string): ImageContent {
  const release = alpineFor(version);
  return {
    built: release.built,
    size: 9_437_184,
    user: { uid: 100, gid: 101, name: 'curl_user' },
    environment: [
      { name: 'PATH', value: PATH },
      { name: 'CURL_CA_BUNDLE', value: '/cacert.pem' },
    ],
    entrypoint: ['/entrypoint.sh'],
    arguments: ['curl'],
    workingDirectory: '/home/curl_user',
    stopSignal: 'SIGTERM',
    build(fileSystem) {
      installAlpine(fileSystem, release, {
        passwd: ['curl_user:x:100:101:Linux User,,,:/home/curl_user:/sbin/nologin'],
        group: ['curl_group:x:101:curl_user'],
      })
        .program('/usr/bin/curl', curlProgram({ version, libc: 'musl' }))
        .script('/entrypoint.sh', ENTRYPOINT, undefined, { uid: 100, gid: 101 })
        .directory('/home/curl_user', { uid: 100, gid: 101, mode: 0o2755 });
    },
  };
}

/** The deck's image: a curl that still takes HTTP/0.9, on the Alpine of its day. */
export const appropriateCurl: Repository = {
  find: (tag) => (tag === 'latest' ? { version: '7.59.0', content: deckImage() } : undefined),
};

function deckImage(): ImageContent {
  return {
    size: 2_798_461,
    user: ROOT,
    environment: [{ name: 'PATH', value: PATH }],
    entrypoint: ['curl'],
    arguments: [],
    workingDirectory: '/',
    stopSignal: 'SIGTERM',
    built: ALPINE['3.7']!.built,
    build(fileSystem) {
      installAlpine(fileSystem, ALPINE['3.7']!).program(
        '/usr/bin/curl',
        curlProgram({ version: '7.59.0', libc: 'musl' }),
      );
    },
  };
}
