import type { Pod } from '../../src/cluster/pod.ts';
import type { CurlAnswer } from '../support/container-shell.ts';
import { statusAnswer } from '../support/scripted-connection.ts';
import type { Row } from './verdict-row.ts';
import { pod, podWaiting, type World } from './world.ts';

const READY = { kind: 'ready', pod: 'web', containers: ['shell', 'nginx'] };
const ACROSS = { kind: 'http', from: 'pod/web:shell', to: 'http://pod/other', expect: { status: 200 } };
const PAGE = { ...ACROSS, expect: { body: 'Welcome to nginx' } };
const SOURCE = { kind: 'source', from: 'pod/web:shell', to: 'http://pod/other', expect: 'pod-ip' };
const SILENT = {
  ...{ kind: 'reach', from: 'pod/web:shell', to: 'pod/other:81' },
  ...{ expect: 'timeout', control: 'localhost:80' },
};
const SAME = { kind: 'same-address', pod: 'web', containers: ['shell', 'nginx'], peer: 'other' };

const REFUSED = { exit: 7, stderr: '* connect to 10.0.2.7 port 80 failed: Connection refused\n' };
export const RESET = {
  ...{ exit: 56, stderr: 'curl: (56) Recv failure: Connection reset by peer\n' },
  connect: '0.000259',
};
const error = (status: number, ...headers: string[]): CurlAnswer => ({
  ...{ status, headers, body: 'upstream connect error', remote: '10.0.2.7', local: '10.0.1.5' },
});
const NOBODY_LISTENS = { '/proc/net/tcp': '  sl  local_address\n', '/proc/net/tcp6': '' };
const LISTENS = {
  '/proc/net/tcp': '  sl  local_address\n   0: 00000000:0050 00000000:0000 0A 00000000:00000000\n',
  '/proc/net/tcp6': '',
};

/** A container of a mesh in one of the two Pods; `beside` is the way of Kubernetes 1.29, an init container that goes on. */
export function meshed(
  container: string,
  { name = 'other', beside = false, restartPolicy = 'Always' } = {},
): Pod {
  const own = [{ name: 'shell' }, { name: 'nginx' }];
  const place = name === 'web' ? {} : { ip: '10.0.2.7', node: 'n2' };
  const spec = beside
    ? { containers: own, initContainers: [{ name: container, restartPolicy }] }
    : { containers: [...own, { name: container }] };
  return pod({ name, ...place, spec });
}

/** What the network does with requests, past Pods one of which has a sidecar. */
const past =
  (one: Pod, network: CurlAnswer | ((world: World) => World['network'])) =>
  (world: World): void => {
    world.connection.put(one);
    world.network = typeof network === 'function' ? network(world) : () => network;
  };
const seenAs =
  (seen: string) =>
  (world: World): World['network'] =>
  (call, from) =>
    world.nginx(call, from, { seen });

/** A Pod whose sidecar, or what prepares for it, is in this state. */
function sidecarIs(name: string, state: object): (world: World) => void {
  return (world) => {
    const waiting = podWaiting({});
    const [shell, nginx] = waiting.status?.containerStatuses ?? [];
    const well = { ...shell!, ready: true };
    const ill = { ...nginx!, name, ready: false, ...state };
    const containers = [...waiting.spec.containers, { name }];
    const containerStatuses = [well, { ...well, name: 'nginx' }, ill];
    world.connection.put(pod({ spec: { containers }, status: { ...waiting.status, containerStatuses } }));
  };
}
const CRASHED = {
  restartCount: 3,
  state: { waiting: { reason: 'CrashLoopBackOff' } },
  lastState: { terminated: { exitCode: 1, reason: 'Error' } },
};

const inTheWay: Pick<Row, 'outcome' | 'code'> = { outcome: 'inconclusive', code: 'mesh-in-the-way' };
const stands = (code: string): Pick<Row, 'outcome' | 'code'> => ({ outcome: 'fail', code });

export const MESH_ROWS: Row[] = [
  {
    name: "a sidecar's own address",
    check: SOURCE,
    world: past(meshed('istio-proxy'), seenAs('127.0.0.6')),
    ...inTheWay,
    says: [
      'from 127.0.0.6',
      'container istio-proxy in Pod other',
      'labels: {sidecar.istio.io/inject: "false"}',
      'kubectl label namespace k8snet-test istio-injection=disabled --overwrite',
      'kubectl logs other -c istio-proxy',
    ],
  },
  {
    name: "a sidecar's own address, as a peer sees it",
    check: SAME,
    world: past(meshed('linkerd-proxy'), seenAs('10.9.9.9')),
    ...inTheWay,
    says: ['in Pod other', 'linkerd.io/inject: disabled', 'linkerd.io/inject=disabled'],
  },
  {
    name: 'a sidecar that is an init container that goes on',
    check: SOURCE,
    world: past(meshed('istio-proxy', { beside: true }), seenAs('127.0.0.6')),
    ...inTheWay,
  },
  {
    name: 'an init container that has ended is no sidecar, whatever its name',
    check: SOURCE,
    world: past(meshed('istio-proxy', { beside: true, restartPolicy: '' }), seenAs('127.0.0.6')),
    ...stands('source-rewritten'),
  },
  {
    name: 'a further container that is no sidecar changes nothing',
    check: SOURCE,
    world: past(meshed('proxy'), seenAs('127.0.0.6')),
    ...stands('source-rewritten'),
  },
  ...['server: envoy', 'Server: istio-envoy', 'x-envoy-overloaded: true'].map((header) => ({
    ...{ name: `an error that Envoy signed: ${header}`, check: ACROSS, ...inTheWay },
    world: past(meshed('consul-dataplane'), error(503, header)),
    says: [header, 'consul.hashicorp.com/connect-inject'],
    not: 'label namespace',
  })),
  {
    name: 'an error that Linkerd signed, where a page was expected',
    check: PAGE,
    world: past(meshed('linkerd-proxy'), error(504, 'l5d-proxy-error: connect timed out')),
    ...inTheWay,
  },
  {
    name: 'an error of the server, beside a sidecar',
    check: ACROSS,
    world: past(meshed('istio-proxy'), error(503, 'server: nginx/1.29.3')),
    ...stands('wrong-status'),
  },
  {
    name: 'an error that Envoy signed, and no sidecar: somebody runs an Envoy of their own',
    check: ACROSS,
    world: past(meshed('other'), error(503, 'server: envoy')),
    ...stands('wrong-status'),
  },
  {
    name: 'another page that a sidecar brought: it is the server that has it',
    check: PAGE,
    world: past(meshed('istio-proxy'), error(200, 'server: istio-envoy')),
    ...stands('wrong-body'),
  },
  {
    name: 'a sidecar that may not be looked for',
    check: SOURCE,
    world: (world) => {
      past(meshed('istio-proxy'), seenAs('127.0.0.6'))(world);
      let isJudged = false;
      world.connection.intercept = ({ path }) => {
        isJudged ||= path.includes('/pods/other/log');
        return isJudged && path.endsWith('/pods/other')
          ? statusAnswer(403, 'Forbidden', 'pods "other" is forbidden')
          : undefined;
      };
    },
    ...stands('source-rewritten'),
  },
  { name: 'a reset', check: ACROSS, world: past(meshed('kuma-sidecar'), RESET), ...inTheWay },
  {
    name: 'a refusal by who knows whom',
    check: ACROSS,
    world: past(meshed('istio-proxy'), REFUSED),
    ...inTheWay,
  },
  {
    name: 'a refusal, though the server listens',
    check: ACROSS,
    world: (world) => {
      past(meshed('istio-proxy', { name: 'web' }), REFUSED)(world);
      world.files = () => LISTENS;
    },
    ...inTheWay,
  },
  {
    name: 'a refusal beside a sidecar, and nothing listens',
    check: ACROSS,
    world: (world) => {
      past(meshed('istio-proxy'), REFUSED)(world);
      world.files = () => NOBODY_LISTENS;
    },
    ...stands('connection-refused'),
  },
  {
    name: 'silence beside a sidecar: that would answer',
    check: ACROSS,
    world: past(meshed('istio-proxy'), { exit: 28, stderr: 'curl: (28) Connection timed out\n' }),
    ...stands('connection-timeout'),
  },
  {
    name: 'a sidecar takes all connections',
    check: SILENT,
    world: (w) => w.connection.put(meshed('istio-proxy', { name: 'web' })),
    ...inTheWay,
  },
  {
    name: 'what is seen as it should be, passes',
    check: SOURCE,
    world: (world) => {
      const containers = [{ name: 'istio-proxy' }, { name: 'nginx' }];
      world.connection.put(pod({ name: 'other', ip: '10.0.2.7', node: 'n2', spec: { containers } }));
      // Envoy writes of what it passes on, too, and not as nginx does.
      world.network = (call, from) => {
        world.connection.log('other', 'istio-proxy', `"GET ${call.url} HTTP/1.1" 200 - via_upstream`);
        return world.nginx(call, from);
      };
    },
    outcome: 'pass',
    code: 'source-seen',
  },
  {
    name: 'a Pod is Ready with a sidecar beside what the lesson asks for',
    check: READY,
    world: (world) => world.connection.put(meshed('istio-proxy', { name: 'web' })),
    outcome: 'pass',
    code: 'ready',
  },
  {
    name: 'a sidecar that keeps ending',
    check: READY,
    world: sidecarIs('istio-proxy', CRASHED),
    ...inTheWay,
  },
  { name: 'a sidecar that is not ready', check: READY, world: sidecarIs('linkerd-proxy', {}), ...inTheWay },
  {
    name: 'what turns the traffic to a sidecar keeps ending',
    check: READY,
    world: (world) => {
      const [, nginx] = podWaiting({}).status?.containerStatuses ?? [];
      const init = { ...nginx!, name: 'linkerd-init', ready: false, ...CRASHED };
      world.connection.put(podWaiting({}, { phase: 'Pending', initContainerStatuses: [init] }));
    },
    ...inTheWay,
    says: ['linkerd-init ended with exit code 1', 'kubectl logs web -c linkerd-init'],
  },
  {
    name: "another container that keeps ending is the learner's",
    check: READY,
    world: sidecarIs('envoy', CRASHED),
    ...stands('container-crashing'),
  },
  {
    name: 'a missing container beside a sidecar',
    check: { ...READY, containers: ['shell', 'server'] },
    world: (world) => world.connection.put(meshed('istio-proxy', { name: 'web' })),
    ...stands('container-missing'),
  },
];
