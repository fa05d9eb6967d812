import { agnhost as agnhostProgram } from '../programs/agnhost/agnhost.ts';
import { program } from '../programs/applet.ts';
import { curl } from '../programs/curl/curl.ts';
import { bindNslookup } from '../programs/net/bind-nslookup.ts';
import { ip } from '../programs/net/iproute2/ip.ts';
import { openbsdNc } from '../programs/net/openbsd-nc.ts';
import { refused } from '../programs/refused.ts';
import { sh } from '../shell/sh.ts';
import { ALPINE, installAlpine } from './alpine.ts';
import { PATH, ROOT } from './layout.ts';
import type { ImageContent, Repository } from './repository.ts';

const FIRST = 39;
const LAST = 53;

/** Kubernetes' own image for tests of networks: Alpine with agnhost and tools. There is no `latest`. */
export const agnhost: Repository = {
  find(tag) {
    const minor = Number(/^2\.(\d\d)$/.exec(tag)?.[1]);
    if (!(minor >= FIRST && minor <= LAST)) return undefined;
    return { version: tag, content: content(tag) };
  },
};

/** Of whatever tag, it is built on today's base. */
const BASE = ALPINE['3.21']!;

function content(version: string): ImageContent {
  return {
    size: 51_847_168,
    user: ROOT,
    environment: [{ name: 'PATH', value: PATH }],
    entrypoint: ['/agnhost'],
    arguments: ['pause'],
    workingDirectory: '/',
    stopSignal: 'SIGTERM',
    built: BASE.built,
    build(fileSystem) {
      const layout = installAlpine(fileSystem, BASE, {
        passwd: ['user-defined-in-image:x:1000:1000::/home/user-defined-in-image:/bin/sh'],
        group: ['user-defined-in-image:x:1000:', 'group-defined-in-image:x:50000:user-defined-in-image'],
      })
        .directories('/uploads', '/home/user-defined-in-image')
        .program('/agnhost', agnhostProgram(version))
        .link('/agnhost-2', 'agnhost')
        .program('/bin/bash', sh)
        .program('/usr/bin/curl', curl({ version: '8.14.1', libc: 'musl' }))
        .program('/sbin/ip', ip)
        .program('/usr/bin/nslookup', bindNslookup)
        .program('/usr/bin/nc', program(openbsdNc, { kind: 'gnu' }));
      for (const name of ['bridge', 'dig', 'host', 'iperf', 'ss', 'tc'])
        layout.program(`/usr/bin/${name}`, refused);
    },
  };
}
