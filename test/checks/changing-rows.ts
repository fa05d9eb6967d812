import type { Row } from './verdict-row.ts';
import { accessLine, fibTrie, pod, podWaiting, type World } from './world.ts';

const LOCAL = { kind: 'http', from: 'pod/web:shell', to: 'http://localhost', expect: { status: 200 } };
const ACROSS = { ...LOCAL, to: 'http://pod/other' };
const DENIED = {
  kind: 'reach',
  from: 'pod/web:shell',
  to: 'pod/other:80',
  expect: 'timeout',
  control: 'localhost:80',
};
const SOURCE = { kind: 'source', from: 'pod/web:shell', to: 'http://pod/other', expect: 'pod-ip' };
const SAME = { kind: 'same-address', pod: 'web', containers: ['shell', 'nginx'] };

const REFUSED = {
  exit: 7,
  stderr: `* connect to 10.0.2.7 port 80 failed: Connection refused
curl: (7) Failed to connect to 10.0.2.7 port 80 after 0 ms: Couldn't connect to server\n`,
};
const TIMEOUT = {
  exit: 28,
  stderr: 'curl: (28) Failed to connect to 10.0.2.7 port 80 after 4001 ms: Timeout was reached\n',
};

const CREATING = { state: { waiting: { reason: 'ContainerCreating' } } };
const LIMITED = {
  state: { waiting: { reason: 'ErrImagePull', message: 'toomanyrequests: rate limit exceeded' } },
};

/** The other Pod has an address, and its containers are not all there yet. */
function otherWaiting(state: object): ReturnType<typeof pod> {
  const { status } = podWaiting(state);
  return pod({
    name: 'other',
    node: 'n2',
    status: { podIP: '10.0.2.7', podIPs: [{ ip: '10.0.2.7' }], ...status },
  });
}

/** Somebody deletes a Pod and makes it anew while the request is on its way. */
const madeAnew = (name: 'web' | 'other', ip: string) => (world: World) => {
  const old = name === 'web' ? pod() : pod({ name: 'other', ip: '10.0.2.7', node: 'n2' });
  const anew = pod({ name, ip, node: old.spec.nodeName ?? '', metadata: { uid: `uid-${name}-2` } });
  world.connection.put(anew);
};

/** What is on its way, or changes between two looks: nobody's mistake. */
export const CHANGING_ROWS: Row[] = [
  ...[
    { name: 'the container that asks is still being made', check: LOCAL },
    { name: 'a container to look at is still being made', check: SAME },
  ].map((row) => ({
    ...row,
    world: (world: World) => world.connection.put(podWaiting(CREATING)),
    outcome: 'inconclusive' as const,
    code: 'starting',
    says: 'shell: ContainerCreating',
    not: 'after',
  })),
  {
    name: 'the container that asks waits for a registry',
    check: LOCAL,
    world: (world) => world.connection.put(podWaiting(LIMITED)),
    outcome: 'inconclusive',
    code: 'image-pull-limit',
  },
  {
    name: 'the container that asks keeps ending',
    check: LOCAL,
    world: (world) => {
      const lastState = { terminated: { exitCode: 3, reason: 'Error' } };
      world.connection.put(
        podWaiting({ state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState, restartCount: 4 }),
      );
    },
    outcome: 'fail',
    code: 'container-not-running',
    says: 'exit code 3',
  },
  ...[REFUSED, TIMEOUT].map((answer) => ({
    name: `${answer === REFUSED ? 'refused' : 'silence'}: the Pod that is asked is still being made`,
    check: ACROSS,
    world: (world: World) => {
      world.connection.put(otherWaiting(CREATING));
      world.network = () => answer;
    },
    outcome: 'inconclusive' as const,
    code: 'starting',
    says: ['Pod other is still starting', 'get pod other -w'],
  })),
  {
    name: 'the Pod that is asked is made anew meanwhile',
    check: ACROSS,
    world: (world) => {
      world.network = () => {
        madeAnew('other', '10.0.2.8')(world);
        return TIMEOUT;
      };
    },
    outcome: 'inconclusive',
    code: 'pod-changed',
    says: ['Pod other was made anew', '10.0.2.7'],
  },
  {
    name: 'the Pod that is asked goes meanwhile, and its silence is no denial',
    check: DENIED,
    world: (world) => {
      world.network = (call, from) => {
        if (!call.url.includes('10.0.2.7')) return world.nginx(call, from);
        world.remove('other');
        return TIMEOUT;
      };
    },
    outcome: 'inconclusive',
    code: 'pod-changed',
    says: 'Pod other is gone',
  },
  {
    name: 'the Pod that asks is made anew meanwhile, and the server sees its new address',
    check: SOURCE,
    world: (world) => {
      world.network = ({ url }) => {
        madeAnew('web', '10.0.1.6')(world);
        world.connection.log('other', 'nginx', accessLine('10.0.1.6', url));
        return { status: 200, body: '', remote: '10.0.2.7', local: '10.0.1.6' };
      };
    },
    outcome: 'inconclusive',
    code: 'pod-changed',
  },
  {
    name: 'the containers are those of the next Pod by now',
    check: SAME,
    world: (world) => {
      world.files = () => {
        madeAnew('web', '10.0.1.6')(world);
        return { '/proc/net/fib_trie': fibTrie('10.0.1.6') };
      };
    },
    outcome: 'inconclusive',
    code: 'pod-changed',
  },
];
