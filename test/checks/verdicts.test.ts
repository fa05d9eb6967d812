import { describe, expect, it } from 'vitest';
import { VERDICT_CODES, wordingOf } from '../../src/checks/wording.ts';
import { type ExecAnswer, TransportError } from '../../src/cluster/connection.ts';
import { statusAnswer } from '../support/scripted-connection.ts';
import { CHANGING_ROWS } from './changing-rows.ts';
import { MESH_ROWS } from './mesh-rows.ts';
import { NODE_ROWS } from './node-rows.ts';
import { PROXY_ROWS } from './proxy-rows.ts';
import { TYPED_ROWS } from './typed/rows.ts';
import { expectVerdict, type Row } from './verdict-row.ts';
import { accessLine, fibTrie, pod, podWaiting, World } from './world.ts';

const READY = { kind: 'ready', pod: 'web', containers: ['shell', 'nginx'] };
const LOCAL = { kind: 'http', from: 'pod/web:shell', to: 'http://localhost', expect: { status: 200 } };
const ACROSS = { ...LOCAL, to: 'http://pod/other' };
const OPEN = { kind: 'reach', from: 'pod/web:shell', to: 'pod/other:80', expect: 'open' };
const NODE = { ...OPEN, to: 'node-of/other:10250' };
const LOOPBACK = { kind: 'source', from: 'pod/web:shell', to: 'http://localhost', expect: 'loopback' };
const SOURCE = { kind: 'source', from: 'pod/web:shell', to: 'http://pod/other', expect: 'pod-ip' };
const SAME = { kind: 'same-address', pod: 'web', containers: ['shell', 'nginx'] };

const REFUSED = {
  exit: 7,
  stderr: `*   Trying 10.0.2.7:80...
* connect to 10.0.2.7 port 80 failed: Connection refused
curl: (7) Failed to connect to 10.0.2.7 port 80 after 0 ms: Couldn't connect to server\n`,
};
const NO_ROUTE = {
  exit: 7,
  stderr: `* connect to 10.0.2.7 port 80 failed: No route to host
curl: (7) Failed to connect to 10.0.2.7 port 80 after 3051 ms: Couldn't connect to server\n`,
};
const TIMEOUT = {
  exit: 28,
  stderr: 'curl: (28) Failed to connect to 10.0.2.7 port 80 after 4001 ms: Timeout was reached\n',
};
const NO_NAME = { exit: 6, stderr: 'curl: (6) Could not resolve host: localhost\n' };
const EMPTY = { exit: 52, stderr: 'curl: (52) Empty reply from server\n', connect: '0.000259' };

/** Its containers run; its condition Ready was taken away, as controllers do with Pods of a lost Node. */
function unready(): ReturnType<typeof pod> {
  const whole = pod();
  const containerStatuses = whole.status?.containerStatuses?.map((each) => ({ ...each, ready: false }));
  return {
    ...whole,
    status: { ...whole.status, containerStatuses, conditions: [{ type: 'Ready', status: 'False' }] },
  } as typeof whole;
}

const answers = (answer: ReturnType<World['network']>) => (world: World) => {
  world.network = () => answer;
};
/** The other Pod can't be reached; the container's own server can. */
const denies = (answer: ReturnType<World['network']>) => (world: World) => {
  world.network = (call, from) => (call.url.includes('10.0.2.7') ? answer : world.nginx(call, from));
};
const seen = (address: string) => (world: World) => {
  world.network = (call, from) => world.nginx(call, from, { seen: address });
};
const replaced = (replacement: ReturnType<typeof pod>) => (world: World) => world.connection.put(replacement);
const refusedExec = (status: number, message: string) => (world: World) => {
  world.connection.interceptExec = () => ({
    end: { kind: 'refused', status, body: JSON.stringify({ kind: 'Status', message }) },
    stdout: '',
    stderr: '',
  });
};
const dialing = (): ExecAnswer => ({
  end: { kind: 'status', status: { status: 'Failure', message: 'error dialing backend: no route to host' } },
  stdout: '',
  stderr: '',
});
/** Nothing comes back from `other`, and nothing can be run in it: its Node went a moment ago. */
const unheard =
  (answer: ReturnType<World['network']>, end: ExecAnswer = dialing()) =>
  (world: World) => {
    denies(answer)(world);
    world.connection.interceptExec = ({ pod: name }) => (name === 'other' ? end : undefined);
  };
/** A Node that its kubelet has left; what goes on besides is as `then` says. */
const lost =
  (name: string, then: (world: World) => void = () => undefined) =>
  (world: World) => {
    then(world);
    const node = world.connection.nodes.find(({ metadata }) => metadata.name === name)!;
    const condition = { type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown' };
    node.status = { ...node.status, conditions: [condition] };
  };
const fails = (match: RegExp, status: number, message: string) => (world: World) => {
  world.connection.intercept = ({ path }) =>
    match.test(path) ? statusAnswer(status, 'Error', message) : undefined;
};
const throws = (error: Error) => (world: World) => {
  world.connection.intercept = () => {
    throw error;
  };
};
const NO_PODS =
  'pods "web" is forbidden: User "jane" cannot get resource "pods" in API group "" in the namespace "k8snet-test"';
const PULL = 'Failed to pull image "registry.example/shell:1": manifest unknown';
const LATER =
  'Failed to pull image "registry.example/shell:1": toomanyrequests: You have reached your pull rate limit';

const pending = (message: string): ReturnType<typeof pod> =>
  pod({
    status: {
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
    },
  });
const waiting = (reason: string, message = ''): object => ({ state: { waiting: { reason, message } } });

const rows: Row[] = [
  ...CHANGING_ROWS,
  // ready
  { name: 'Ready', check: READY, outcome: 'pass', code: 'ready', says: '10.0.1.5' },
  {
    name: 'no such Pod',
    check: READY,
    world: (world) => world.remove('web'),
    outcome: 'fail',
    code: 'pod-missing',
    says: 'k8snet-test',
  },
  {
    name: 'the Pod is in another namespace',
    check: READY,
    world: (world) => {
      world.remove('web');
      world.connection.put(pod({ namespace: 'default' }));
    },
    outcome: 'fail',
    code: 'pod-elsewhere',
    says: 'kubectl -n default delete pod web',
  },
  {
    name: 'being deleted',
    check: READY,
    world: replaced(pod({ metadata: { deletionTimestamp: '2030-01-01T00:00:00Z' } })),
    outcome: 'fail',
    code: 'pod-terminating',
  },
  {
    name: 'a container by another name',
    check: READY,
    world: replaced(pod({ spec: { containers: [{ name: 'shel' }, { name: 'nginx' }] } })),
    outcome: 'fail',
    code: 'container-missing',
    says: 'did you mean that by shel?',
  },
  {
    name: 'no such image',
    check: READY,
    world: replaced(podWaiting(waiting('ErrImagePull', PULL))),
    outcome: 'fail',
    code: 'image-pull',
    says: 'registry.example/shell:1',
  },
  {
    name: 'a back-off, and why in an Event',
    check: READY,
    world: (world) => {
      world.connection.put(podWaiting(waiting('ImagePullBackOff', 'Back-off pulling image')));
      world.connection.events.push({ metadata: { name: 'uid-web.1' }, message: PULL });
      world.connection.events.push({ metadata: { name: 'uid-other.1' }, message: LATER });
    },
    outcome: 'fail',
    code: 'image-pull',
    says: 'manifest unknown',
  },
  {
    name: 'a back-off, and a registry that says later',
    check: { ...READY, within: '5s' },
    world: (world) => {
      world.connection.put(podWaiting(waiting('ErrImagePull', LATER)));
    },
    outcome: 'inconclusive',
    code: 'image-pull-limit',
    says: ['rate limit', '--image'],
  },
  {
    name: 'a back-off whose Event says later',
    check: READY,
    world: (world) => {
      world.connection.put(podWaiting(waiting('ImagePullBackOff', 'Back-off pulling image')));
      world.connection.events.push({ metadata: { name: 'uid-web.1' }, message: LATER });
    },
    outcome: 'inconclusive',
    code: 'image-pull-limit',
  },
  {
    name: 'a back-off whose Event says later, among others of that Pod',
    check: READY,
    world: (world) => {
      const said = [
        'Failed to pull image "registry.example/nginx:1": manifest unknown',
        LATER,
        'Error: ErrImagePull',
        'Failed to pull image "registry.example/nginx:1": manifest unknown',
        'Error: ImagePullBackOff',
      ];
      world.connection.put(podWaiting(waiting('ImagePullBackOff', 'Back-off pulling image')));
      said.forEach((message, index) =>
        world.connection.events.push({ metadata: { name: `uid-web.${index}` }, message }),
      );
    },
    outcome: 'inconclusive',
    code: 'image-pull-limit',
  },
  {
    name: 'a back-off that tells why itself, and Events that tell less',
    check: { ...READY, within: '5s' },
    world: (world) => {
      const message = `Back-off pulling image "registry.example/shell:1": ErrImagePull: ${LATER}`;
      world.connection.put(podWaiting(waiting('ImagePullBackOff', message)));
      world.connection.events.push({ metadata: { name: 'uid-web.1' }, message: 'Error: ImagePullBackOff' });
    },
    outcome: 'inconclusive',
    code: 'image-pull-limit',
  },
  {
    name: 'a registry that is out of reach',
    check: { ...READY, within: '5s' },
    world: replaced(podWaiting(waiting('ErrImagePull', 'dial tcp: lookup registry.example: no such host'))),
    outcome: 'inconclusive',
    code: 'image-pull-later',
  },
  ...[
    'Get "https://registry.example/v2/": net/http: request canceled (Client.Timeout exceeded while awaiting headers)',
    'context deadline exceeded',
    'Head "https://registry.example/v2/shell/manifests/1": EOF',
    'unexpected status from HEAD request: 503 Service Unavailable',
    'tls: failed to verify certificate: x509: certificate signed by unknown authority',
    'dial tcp: lookup registry.example: Temporary failure in name resolution',
  ].map((message): Row => ({
    name: message,
    check: { ...READY, within: '5s' },
    world: replaced(podWaiting(waiting('ErrImagePull', message))),
    outcome: 'inconclusive',
    code: 'image-pull-later',
  })),
  {
    name: 'all Nodes are in trouble',
    check: { ...READY, within: '5s' },
    world: replaced(
      pending('0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/unreachable: }.'),
    ),
    outcome: 'inconclusive',
    code: 'taint-untolerated',
  },
  {
    name: 'an image whose name is none',
    check: READY,
    world: replaced(
      podWaiting(waiting('InvalidImageName', 'Failed to apply default image tag: invalid reference format')),
    ),
    outcome: 'fail',
    code: 'image-name-invalid',
  },
  {
    name: 'a back-off, Events hidden',
    check: READY,
    world: (world) => {
      world.connection.put(podWaiting(waiting('ImagePullBackOff', 'Back-off pulling image')));
      fails(/events/, 403, 'events is forbidden')(world);
    },
    outcome: 'fail',
    code: 'image-pull',
    says: 'Back-off pulling image',
  },
  {
    name: 'a ConfigMap that is not there',
    check: READY,
    world: replaced(podWaiting(waiting('CreateContainerConfigError', 'configmap "x" not found'))),
    outcome: 'fail',
    code: 'config-missing',
    says: ['configmap "x" not found', 'kubectl get configmaps'],
  },
  {
    name: 'a configuration that the kubelet refuses',
    check: READY,
    world: replaced(
      podWaiting(
        waiting('CreateContainerConfigError', 'container has runAsNonRoot and image will run as root'),
      ),
    ),
    outcome: 'fail',
    code: 'container-config',
  },
  {
    name: 'a program that the image has not, as containerd says it',
    check: READY,
    world: replaced(
      podWaiting({
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: {
          terminated: {
            exitCode: 128,
            reason: 'StartError',
            message: 'exec: "slep": executable file not found in $PATH',
          },
        },
        restartCount: 2,
      }),
    ),
    outcome: 'fail',
    code: 'command-missing',
    says: 'slep',
  },
  {
    name: 'a program that the image has not, as old kubelets say it',
    check: READY,
    world: replaced(
      podWaiting(waiting('RunContainerError', 'exec: "slep": executable file not found in $PATH: unknown')),
    ),
    outcome: 'fail',
    code: 'command-missing',
  },
  {
    name: 'too little memory',
    check: READY,
    world: replaced(
      podWaiting({
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
        restartCount: 3,
      }),
    ),
    outcome: 'fail',
    code: 'container-oom',
    says: 'limits.memory',
  },
  {
    name: 'evicted by a Node that ran short of memory',
    check: READY,
    world: replaced(
      pod({
        status: {
          phase: 'Failed',
          reason: 'Evicted',
          message: 'The node was low on resource: memory.',
          conditions: [],
        },
      }),
    ),
    outcome: 'inconclusive',
    code: 'pod-evicted',
    says: 'low on resource',
  },
  ...[
    ['Terminated', 'Pod was terminated in response to imminent node shutdown.'],
    ['NodeShutdown', 'Node is in progress of shutting down, not admitting any new pods'],
    ['OutOfpods', 'Node did not have enough resource: pods, requested: 1, used: 110, capacity: 110'],
  ].map(([reason = '', message = '']): Row => ({
    name: `ended by its Node: ${reason}`,
    check: READY,
    world: replaced(pod({ status: { phase: 'Failed', reason, message, conditions: [] } })),
    outcome: 'inconclusive',
    code: 'pod-evicted',
    says: ['was ended by Node n1', message],
  })),
  ...[
    ['0/3 nodes are available: 3 Insufficient memory.', 'no-room'],
    ['0/3 nodes are available: 1 Insufficient cpu, 2 Insufficient memory. preemption: 0/3', 'no-room'],
    [
      "0/3 nodes are available: 3 node(s) had taint {a: b}, that the pod didn't tolerate.",
      'taint-untolerated',
    ],
    ["0/3 nodes are available: 3 node(s) didn't have free ports for the requested pod ports.", 'port-taken'],
    ['0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint {a: b}.', 'unschedulable'],
    ["0/3 nodes are available: 3 node(s) didn't match node selector.", 'unschedulable'],
    [
      '0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 Insufficient cpu.',
      'no-room',
    ],
    [
      "0/3 nodes are available: 1 node(s) had taint {node-role.kubernetes.io/master: }, that the pod didn't tolerate, 2 Insufficient memory.",
      'no-room',
    ],
    [
      '0/1 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }.',
      'taint-untolerated',
    ],
    [
      "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) didn't match Pod's node affinity/selector.",
      'unschedulable',
    ],
  ].map(([message = '', code = '']): Row => ({
    name: message,
    check: READY,
    world: replaced(pending(message)),
    outcome: 'fail',
    code,
    says: message,
  })),
  {
    name: 'a crash loop',
    check: READY,
    world: replaced(
      podWaiting({
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: { terminated: { exitCode: 3, reason: 'Error' } },
        restartCount: 4,
      }),
    ),
    outcome: 'fail',
    code: 'container-crashing',
    says: 'exit code 3',
  },
  {
    name: 'ended',
    check: READY,
    world: replaced(
      podWaiting(
        { state: { terminated: { exitCode: 0 } } },
        { phase: 'Succeeded', conditions: [{ type: 'Ready', status: 'False' }] },
      ),
    ),
    outcome: 'fail',
    code: 'pod-ended',
    says: 'Succeeded',
  },
  {
    name: 'no Node takes it',
    check: READY,
    world: replaced(
      pod({
        status: {
          phase: 'Pending',
          conditions: [
            {
              type: 'PodScheduled',
              status: 'False',
              reason: 'Unschedulable',
              message: '0/2 nodes are available',
            },
          ],
        },
      }),
    ),
    outcome: 'fail',
    code: 'unschedulable',
    says: '0/2 nodes are available',
  },
  {
    name: 'a readiness probe that goes on failing',
    check: { ...READY, within: '5s' },
    world: replaced(podWaiting({ state: { running: { startedAt: '2029-12-31T23:00:00Z' } } })),
    outcome: 'fail',
    code: 'probe-failing',
    says: '(shell)',
  },
  {
    name: 'on its way for too long',
    check: { ...READY, within: '5s' },
    world: replaced(podWaiting(waiting('ContainerCreating'))),
    outcome: 'inconclusive',
    code: 'starting',
    says: 'after 5 s',
  },
  {
    name: 'Pods may not be read',
    check: READY,
    world: fails(/pods\/web$/, 403, NO_PODS),
    outcome: 'blocked',
    code: 'forbidden',
    says: 'kubectl auth can-i get pods',
  },
  {
    name: 'a 403 in other words',
    check: READY,
    world: fails(/pods\/web$/, 403, 'blocked by a proxy'),
    outcome: 'blocked',
    code: 'forbidden',
    says: 'blocked by a proxy',
  },

  // http
  { name: 'an answer', check: LOCAL, outcome: 'pass', code: 'answered', says: 'HTTP 200' },
  {
    name: 'the page, and seen from loopback',
    check: { ...LOCAL, expect: { status: 200, body: 'Welcome to nginx', source: 'loopback' } },
    outcome: 'pass',
    code: 'source-seen',
    says: '127.0.0.1',
  },
  {
    name: 'the container that asks is not running',
    check: LOCAL,
    world: replaced(podWaiting({ state: { terminated: { exitCode: 0, reason: 'Completed' } } })),
    outcome: 'fail',
    code: 'container-not-running',
  },
  {
    name: 'another status',
    check: LOCAL,
    world: (world) => {
      world.network = (call, from) => world.nginx(call, from, { status: 404 });
    },
    outcome: 'fail',
    code: 'wrong-status',
    says: 'HTTP 404',
  },
  {
    name: 'another page',
    check: { ...LOCAL, expect: { body: 'Welcome to nginx' } },
    world: (world) => {
      world.network = (call, from) => world.nginx(call, from, { body: '<h1>It works!</h1>' });
    },
    outcome: 'fail',
    code: 'wrong-body',
    says: 'It works!',
  },
  {
    name: 'an empty page',
    check: { ...LOCAL, expect: { body: 'Welcome to nginx' } },
    world: (world) => {
      world.network = (call, from) => world.nginx(call, from, { body: '' });
    },
    outcome: 'fail',
    code: 'wrong-body',
    says: 'an empty page',
  },
  {
    name: 'refused by another Pod: look at that one',
    check: ACROSS,
    world: answers(REFUSED),
    outcome: 'fail',
    code: 'connection-refused',
    says: 'kubectl logs other --all-containers',
    not: 'kubectl logs web',
  },
  {
    name: 'refused, and the server listens on another port',
    check: ACROSS,
    world: refusedBeside('00000000:1F90', '0100007F:0019'),
    outcome: 'fail',
    code: 'port-elsewhere',
    says: [
      'Pod other listens on 8080',
      'logs other',
      'exec other -c shell -- cat /proc/net/tcp /proc/net/tcp6',
      'listening: 0.0.0.0:8080, 127.0.0.1:25',
    ],
    not: 'port 25',
  },
  {
    name: 'refused, and the server listens for its own Pod alone',
    check: ACROSS,
    world: refusedBeside('0100007F:0050'),
    outcome: 'fail',
    code: 'listens-on-loopback',
    says: ['127.0.0.1 only', '0.0.0.0:80', 'listening: 127.0.0.1:80'],
  },
  {
    name: 'refused, and what listens on loopback listens on another port: nobody wants us there',
    check: ACROSS,
    world: refusedBeside('0100007F:1F90'),
    outcome: 'fail',
    code: 'connection-refused',
    says: 'listening: 127.0.0.1:8080',
  },
  {
    name: 'refused, and nothing listens at all',
    check: ACROSS,
    world: refusedBeside(),
    outcome: 'fail',
    code: 'connection-refused',
    says: 'nothing listens',
  },
  {
    name: 'refused, and a moment later somebody listens',
    check: ACROSS,
    world: refusedBeside('00000000:0050'),
    outcome: 'inconclusive',
    code: 'listens-by-now',
  },
  {
    name: 'refused by a Node: there is no Pod to look at',
    check: { ...ACROSS, to: 'http://node-of/other:8000' },
    world: answers(REFUSED),
    outcome: 'fail',
    code: 'connection-refused',
    says: 'Look on Node n2',
    not: 'kubectl logs',
  },
  {
    name: 'silence, and a policy about traffic to the Pod that is asked',
    check: ACROSS,
    world: (world) => {
      answers(TIMEOUT)(world);
      const spec = { podSelector: {} };
      world.connection.policies.push({ metadata: { name: 'deny-all' }, spec } as never);
    },
    outcome: 'fail',
    code: 'policy-in-the-way',
    says: ['deny-all (to Pod other)', 'enforce policies at all', '--show-labels'],
    not: 'from Pod web)',
  },
  {
    name: 'no route',
    check: ACROSS,
    world: answers(NO_ROUTE),
    outcome: 'fail',
    code: 'connection-unreachable',
    says: 'No route to host',
  },
  {
    name: 'silence',
    check: ACROSS,
    world: answers(TIMEOUT),
    outcome: 'fail',
    code: 'connection-timeout',
    says: 'within 4 s',
  },
  ...[
    { name: 'silence, the other Node being lost', check: ACROSS, world: lost('n2', answers(TIMEOUT)) },
    { name: 'no route, the other Node being lost', check: OPEN, world: lost('n2', answers(NO_ROUTE)) },
    { name: 'no source, the other Node being lost', check: SOURCE, world: lost('n2', answers(TIMEOUT)) },
    {
      name: 'silence and a policy, where the Node of the one that is asked is down',
      check: ACROSS,
      world: lost('n2', (world: World) => {
        answers(TIMEOUT)(world);
        world.connection.policies.push({
          metadata: { name: 'deny-all' },
          spec: { podSelector: {} },
        } as never);
      }),
    },
    {
      name: 'no HTTP, because the other Node is lost in the middle of it',
      check: ACROSS,
      world: lost('n2', answers(EMPTY)),
    },
    {
      name: 'silence where it is expected, the other Node being lost: no proof',
      check: { ...OPEN, expect: 'timeout', control: 'localhost:80' },
      world: lost('n2', denies(TIMEOUT)),
    },
    {
      name: 'being deleted, on a Node that is lost',
      check: READY,
      world: lost('n1', replaced(pod({ metadata: { deletionTimestamp: '2030-01-01T00:00:00Z' } }))),
    },
    {
      name: 'its own Node is lost, and with it the container',
      check: SAME,
      world: lost('n1', refusedExec(500, 'error dialing backend: dial tcp: no route to host')),
    },
    {
      name: 'not Ready, its Node being lost',
      check: READY,
      world: lost('n1', replaced(unready())),
    },
  ].map((row) => ({
    ...row,
    outcome: 'inconclusive' as const,
    code: 'node-not-ready',
    says: 'Ready is Unknown (NodeStatusUnknown)',
  })),
  ...[
    { name: 'silence, the other Node gone a moment ago', check: ACROSS, world: unheard(TIMEOUT) },
    { name: 'no route, the other Node gone a moment ago', check: SOURCE, world: unheard(NO_ROUTE) },
    {
      name: 'silence as expected, the other Node gone a moment ago',
      check: { ...OPEN, expect: 'timeout', control: 'localhost:80' },
      world: unheard(TIMEOUT),
    },
  ].map((row) => ({ ...row, outcome: 'inconclusive' as const, code: 'exec-unreached' })),
  {
    name: 'silence of a Pod where nobody may run anything',
    check: ACROSS,
    world: unheard(TIMEOUT, {
      end: { kind: 'refused', status: 403, body: JSON.stringify({ kind: 'Status', message: 'no' }) },
      stdout: '',
      stderr: '',
    }),
    outcome: 'fail',
    code: 'connection-timeout',
  },
  {
    name: 'silence, a third Node being lost',
    check: { ...ACROSS, to: 'http://pod/web:81' },
    world: lost('n2', answers(TIMEOUT)),
    outcome: 'fail',
    code: 'connection-timeout',
  },
  { name: 'no localhost', check: LOCAL, world: answers(NO_NAME), outcome: 'fail', code: 'name-unknown' },
  { name: 'not HTTP', check: ACROSS, world: answers(EMPTY), outcome: 'fail', code: 'no-http-answer' },
  {
    name: 'no curl in the image',
    check: LOCAL,
    world: (world) => {
      world.connection.programs = () => ({});
    },
    outcome: 'inconclusive',
    code: 'program-missing',
    says: 'has no curl',
  },
  {
    name: 'curl killed before it connected',
    check: LOCAL,
    world: answers({ exit: 137, stderr: 'Killed\n' }),
    outcome: 'inconclusive',
    code: 'program-failed',
  },
  {
    name: 'curl killed after it connected: nobody knows what would have come',
    check: ACROSS,
    world: answers({ exit: 137, stderr: 'Killed\n', connect: '0.000259' }),
    outcome: 'inconclusive',
    code: 'program-failed',
  },
  {
    name: 'the server has no address yet',
    check: ACROSS,
    world: (world) => {
      const { podIP: _, podIPs: __, ...status } = pod().status ?? {};
      world.connection.put({ ...pod({ name: 'other' }), status });
    },
    outcome: 'inconclusive',
    code: 'pod-no-address',
  },

  // exec that tells nothing
  {
    name: 'exec not permitted',
    check: LOCAL,
    world: refusedExec(
      403,
      'pods "web" is forbidden: User "jane" cannot create resource "pods/exec" in API group "" in the namespace "k8snet-test"',
    ),
    outcome: 'blocked',
    code: 'forbidden',
    says: 'create pods/exec in namespace k8snet-test',
  },
  {
    name: 'exec denied by an admission rule',
    check: LOCAL,
    world: refusedExec(403, 'admission webhook "no-exec" denied the request'),
    outcome: 'blocked',
    code: 'exec-denied',
    says: 'no-exec',
  },
  {
    name: 'exec refused',
    check: LOCAL,
    world: refusedExec(500, 'etcdserver: request timed out'),
    outcome: 'inconclusive',
    code: 'exec-refused',
    says: 'etcdserver: request timed out',
  },
  {
    name: 'no way to the kubelet',
    check: LOCAL,
    world: refusedExec(500, 'error dialing backend: dial tcp 10.0.0.1:10250: i/o timeout'),
    outcome: 'inconclusive',
    code: 'exec-unreached',
    says: '10250: i/o timeout',
  },
  {
    name: 'no way to the kubelet, said in a status',
    check: LOCAL,
    world: (world) => {
      world.connection.interceptExec = () => dialing();
    },
    outcome: 'inconclusive',
    code: 'exec-unreached',
  },
  {
    name: 'no shell in the image',
    check: LOCAL,
    world: (world) => {
      world.connection.interceptExec = () => ({
        end: { kind: 'status', status: { status: 'Failure', message: 'exec: "sh": not found in $PATH' } },
        stdout: '',
        stderr: '',
      });
    },
    outcome: 'inconclusive',
    code: 'exec-runtime',
    says: 'not found in $PATH',
  },
  {
    name: 'the stream breaks off each time',
    check: LOCAL,
    world: (world) => {
      world.connection.interceptExec = () => ({ end: { kind: 'lost' }, stdout: '\nk8snet-', stderr: '' });
    },
    outcome: 'inconclusive',
    code: 'exec-lost',
  },
  {
    name: 'no connection for exec',
    check: LOCAL,
    world: (world) => {
      world.connection.interceptExec = () => ({
        end: { kind: 'transport', message: 'socket hang up' },
        stdout: '',
        stderr: '',
      });
    },
    outcome: 'inconclusive',
    code: 'exec-lost',
    says: 'socket hang up',
  },
  {
    name: 'exec hangs',
    check: LOCAL,
    world: (world) => {
      world.connection.interceptExec = () => ({ end: { kind: 'timeout' }, stdout: '', stderr: '' });
    },
    outcome: 'inconclusive',
    code: 'exec-timeout',
    says: '20 s',
  },

  // reach
  { name: 'open', check: OPEN, outcome: 'pass', code: 'reach-open', says: '10.0.2.7:80 is open' },
  {
    name: 'open, though it speaks no HTTP',
    check: NODE,
    world: answers(EMPTY),
    outcome: 'pass',
    code: 'reach-open',
    says: '192.168.7.2:10250',
  },
  {
    name: 'refused, as it should',
    check: { ...OPEN, expect: 'refused', control: 'localhost:80' },
    world: denies(REFUSED),
    outcome: 'pass',
    code: 'reach-refused',
  },
  {
    name: 'silent, as it should',
    check: { ...OPEN, expect: 'timeout', control: 'localhost:80' },
    world: denies(TIMEOUT),
    outcome: 'pass',
    code: 'reach-timeout',
  },
  {
    name: 'silent, as it should, but so is everything else',
    check: { ...OPEN, expect: 'timeout', control: 'localhost:80' },
    world: answers(TIMEOUT),
    outcome: 'inconclusive',
    code: 'control-failed',
    says: 'localhost',
  },
  {
    name: 'refused where silence is expected',
    check: { ...OPEN, expect: 'timeout', control: 'localhost:80' },
    world: answers(REFUSED),
    outcome: 'fail',
    code: 'reach-differs',
    says: 'should be timeout, but it was refused',
  },
  {
    name: 'open where silence is expected',
    check: { ...OPEN, expect: 'timeout', control: 'localhost:80' },
    outcome: 'fail',
    code: 'reach-differs',
  },
  {
    name: 'no route where silence is expected',
    check: { ...OPEN, expect: 'timeout', control: 'localhost:80' },
    world: answers(NO_ROUTE),
    outcome: 'fail',
    code: 'reach-differs',
  },
  {
    name: 'silent where it should be open',
    check: OPEN,
    world: answers(TIMEOUT),
    outcome: 'fail',
    code: 'connection-timeout',
  },
  {
    name: 'an errored probe is no denial',
    check: { ...OPEN, expect: 'timeout', control: 'localhost:80' },
    world: answers({ exit: 137, stderr: '' }),
    outcome: 'inconclusive',
    code: 'program-failed',
  },
  {
    name: 'a hanging exec is no denial',
    check: { ...OPEN, expect: 'timeout', control: 'localhost:80' },
    world: (world) => {
      world.connection.interceptExec = () => ({ end: { kind: 'timeout' }, stdout: '', stderr: '' });
    },
    outcome: 'inconclusive',
    code: 'exec-timeout',
  },

  // source
  { name: 'loopback', check: LOOPBACK, outcome: 'pass', code: 'source-seen' },
  { name: 'IPv6 loopback', check: LOOPBACK, world: seen('::1'), outcome: 'pass', code: 'source-seen' },
  {
    name: 'IPv4 loopback, mapped',
    check: LOOPBACK,
    world: seen('::ffff:127.0.0.1'),
    outcome: 'pass',
    code: 'source-seen',
    says: 'come from 127.0.0.1',
  },
  {
    name: "the Pod's address is not loopback",
    check: LOOPBACK,
    world: seen('10.0.1.5'),
    outcome: 'fail',
    code: 'source-rewritten',
  },
  { name: "the Pod's address", check: SOURCE, outcome: 'pass', code: 'source-seen', says: '10.0.1.5' },
  {
    name: "the Pod's address, mapped",
    check: SOURCE,
    world: seen('::ffff:10.0.1.5'),
    outcome: 'pass',
    code: 'source-seen',
  },
  {
    name: 'rewritten to the Node',
    check: SOURCE,
    world: seen('192.168.7.1'),
    outcome: 'fail',
    code: 'source-rewritten',
    says: '192.168.7.1 (Node n1)',
  },
  {
    name: "the Pod's own Node, where that is right",
    check: { ...SOURCE, expect: 'node-or-pod-ip' },
    world: seen('192.168.7.1'),
    outcome: 'pass',
    code: 'source-seen',
  },
  {
    name: 'another Node',
    check: { ...SOURCE, expect: 'node-or-pod-ip' },
    world: seen('192.168.7.2'),
    outcome: 'fail',
    code: 'source-rewritten',
    says: 'Node n2',
  },
  {
    name: 'rewritten, Nodes hidden',
    check: SOURCE,
    world: (world) => {
      seen('192.168.7.1')(world);
      fails(/nodes/, 403, 'nodes is forbidden')(world);
    },
    outcome: 'fail',
    code: 'source-rewritten',
    says: 'come from 192.168.7.1: the address',
  },
  {
    name: 'a log without our nonce',
    check: SOURCE,
    world: (world) => {
      world.network = () => {
        world.connection.log('other', 'nginx', accessLine('10.0.1.5', 'http://x/?k8snet-tutor=guessed'));
        return { status: 200, body: '', remote: '10.0.2.7', local: '10.0.1.5' };
      };
    },
    outcome: 'inconclusive',
    code: 'witness-silent',
  },
  {
    name: 'our nonce in the log of another Pod',
    check: SOURCE,
    world: (world) => {
      world.network = ({ url }) => {
        world.connection.log('web', 'nginx', accessLine('10.0.1.5', url));
        return { status: 200, body: '', remote: '10.0.2.7', local: '10.0.1.5' };
      };
    },
    outcome: 'inconclusive',
    code: 'witness-silent',
  },
  {
    name: 'a log in another form',
    check: SOURCE,
    world: (world) => {
      world.network = ({ url }) => {
        world.connection.log('other', 'nginx', `{"client":"10.0.1.5","url":"${url}"}`);
        return { status: 200, body: '', remote: '10.0.2.7', local: '10.0.1.5' };
      };
    },
    outcome: 'inconclusive',
    code: 'witness-unreadable',
  },
  {
    name: 'a name instead of an address in the log',
    check: SOURCE,
    world: seen('proxy.example'),
    outcome: 'inconclusive',
    code: 'witness-unreadable',
  },
  {
    name: 'the error log before the access log',
    check: SOURCE,
    world: (world) => {
      world.network = (call, from) => {
        world.connection.log(
          'other',
          'nginx',
          `2030/01/01 [error] 29#29: open() failed, request: "${call.url}"`,
        );
        return world.nginx(call, from);
      };
    },
    outcome: 'pass',
    code: 'source-seen',
  },
  {
    name: 'a Node has no log that we can read',
    check: { ...SOURCE, to: 'http://node-of/other' },
    outcome: 'inconclusive',
    code: 'witness-none',
    says: 'Node n2',
  },
  {
    name: 'logs may not be read',
    check: SOURCE,
    world: fails(
      /log$/,
      403,
      'pods "other" is forbidden: User "jane" cannot get resource "pods/log" in API group "" in the namespace "k8snet-test"',
    ),
    outcome: 'blocked',
    code: 'forbidden',
    says: 'get pods/log in namespace k8snet-test',
  },
  {
    name: 'no answer to log',
    check: SOURCE,
    world: answers(REFUSED),
    outcome: 'fail',
    code: 'connection-refused',
  },

  // What is missing, and why
  {
    name: 'a Pod of nearly that name',
    check: READY,
    world: (world) => {
      world.remove('web');
      world.connection.put(pod({ name: 'wbe' }));
    },
    outcome: 'fail',
    code: 'pod-misnamed',
    says: ['one named wbe', 'metadata.name', 'if it is yours: kubectl delete pod wbe'],
  },
  {
    name: 'a Pod that a Deployment of that name made',
    check: READY,
    world: (world) => {
      world.remove('web');
      const made = pod({ name: 'web-7c9d6bd8f-x2x4z' });
      made.metadata.ownerReferences = [{ kind: 'ReplicaSet', name: 'web-7c9d6bd8f' }];
      world.connection.put(made);
    },
    outcome: 'fail',
    code: 'pod-misnamed',
    says: ['web-7c9d6bd8f-x2x4z', 'A ReplicaSet made it'],
  },
  {
    name: 'Pods that the lesson means by their own names are nobody else',
    check: READY,
    world: (world) => {
      world.remove('web');
      world.connection.put(pod({ name: 'other' }));
    },
    outcome: 'fail',
    code: 'pod-missing',
  },
  {
    name: 'a namespace that refuses some Pods',
    check: READY,
    world: enforcing('restricted'),
    outcome: 'fail',
    code: 'pod-missing',
    says: [
      'k8snet-test enforces the Pod Security level restricted',
      'violates PodSecurity',
      'get namespace k8snet-test --show-labels',
    ],
  },
  {
    name: 'a namespace that lets all Pods in',
    check: READY,
    world: enforcing('privileged'),
    outcome: 'fail',
    code: 'pod-missing',
    not: 'Pod Security',
  },
  {
    name: 'a namespace that may not be read',
    check: READY,
    world: (world) => {
      world.remove('web');
      fails(/\/namespaces\/[^/]*$/, 403, 'namespaces "k8snet-test" is forbidden')(world);
    },
    outcome: 'fail',
    code: 'pod-missing',
    not: 'Pod Security',
  },
  {
    name: 'a quota that is used up',
    check: READY,
    world: quotas({ pods: ['3', '3'] }),
    outcome: 'blocked',
    code: 'quota-full',
    says: ['pods: 3 of 3 used', 'describe resourcequota few'],
  },
  {
    name: 'a quota with room, and a full one of something else',
    check: READY,
    world: quotas({ pods: ['2', '3'], 'requests.memory': ['1Gi', '2Gi'], configmaps: ['1', '1'] }),
    outcome: 'fail',
    code: 'pod-missing',
  },
  {
    name: 'a full quota for some Pods only',
    check: READY,
    world: quotas({ pods: ['3', '3'] }, { scopes: ['BestEffort'] }),
    outcome: 'fail',
    code: 'pod-missing',
  },
  {
    name: 'quotas and Pods that one may not see',
    check: READY,
    world: (world) => {
      world.remove('web');
      fails(/(resourcequotas|pods)$/, 403, 'forbidden')(world);
    },
    outcome: 'fail',
    code: 'pod-missing',
  },

  // same-address
  { name: 'one address', check: SAME, outcome: 'pass', code: 'same-address', says: '10.0.1.5' },
  {
    name: 'two addresses',
    check: SAME,
    world: (world) => {
      world.files = (_, container) => ({
        '/proc/net/fib_trie': fibTrie(container === 'shell' ? '10.0.1.5' : '10.0.1.6'),
      });
    },
    outcome: 'fail',
    code: 'addresses-differ',
    says: 'nginx: 10.0.1.6',
  },
  {
    name: 'another address than the API says',
    check: SAME,
    world: (world) => {
      world.files = () => ({ '/proc/net/fib_trie': fibTrie('10.9.9.9') });
    },
    outcome: 'fail',
    code: 'address-not-podip',
    says: '10.9.9.9',
  },
  {
    name: 'the kernel does not tell',
    check: SAME,
    world: (world) => {
      world.files = () => ({});
    },
    outcome: 'inconclusive',
    code: 'address-unreadable',
    says: '/proc/net/fib_trie',
  },
  {
    name: 'one container is not running',
    check: SAME,
    world: replaced(podWaiting({ state: { terminated: { exitCode: 0, reason: 'Completed' } } })),
    outcome: 'fail',
    code: 'container-not-running',
  },

  // the API server
  {
    name: 'the API server is gone',
    check: READY,
    world: throws(new TransportError('connection', 'connect ECONNREFUSED 127.0.0.1:6443', 'ECONNREFUSED')),
    outcome: 'inconclusive',
    code: 'server-lost',
    says: 'https://127.0.0.1:6443',
  },
  {
    name: 'the API server does not answer',
    check: READY,
    world: throws(new TransportError('timeout', 'the API server did not answer in time')),
    outcome: 'inconclusive',
    code: 'server-timeout',
  },
  {
    name: 'the API server has an error',
    check: LOCAL,
    world: fails(/pods/, 500, 'etcdserver: leader changed'),
    outcome: 'inconclusive',
    code: 'server-error',
    says: 'leader changed',
  },
];

/** The Pod is missing, and its namespace has this Pod Security level. */
function enforcing(level: string): (world: World) => void {
  const labels = { 'pod-security.kubernetes.io/enforce': level };
  return (world) => {
    world.remove('web');
    world.connection.intercept = ({ path }) =>
      path.endsWith('/namespaces/k8snet-test')
        ? { status: 200, headers: {}, body: JSON.stringify({ metadata: { name: 'k8snet-test', labels } }) }
        : undefined;
  };
}

/** The Pod is missing, and this is what a quota of the namespace says: used, and hard. */
function quotas(limits: Record<string, [string, string]>, spec = {}): (world: World) => void {
  const pick = (index: 0 | 1): object =>
    Object.fromEntries(Object.entries(limits).map(([resource, each]) => [resource, each[index]]));
  return (world) => {
    world.remove('web');
    const quota = { metadata: { name: 'few' }, spec, status: { used: pick(0), hard: pick(1) } };
    world.connection.intercept = ({ path }) =>
      path.split('?')[0]!.endsWith('/resourcequotas')
        ? { status: 200, headers: {}, body: JSON.stringify({ items: [quota] }) }
        : undefined;
  };
}

/** Every Pod refuses, and this is what listens in it, as /proc/net/tcp has it. */
function refusedBeside(...sockets: string[]): (world: World) => void {
  return (world) => {
    answers(REFUSED)(world);
    const rows = sockets.map((local, index) => `   ${index}: ${local} 00000000:0000 0A 00000000:00000000`);
    world.files = () => ({
      '/proc/net/tcp': `  sl  local_address\n${rows.join('\n')}\n`,
      '/proc/net/tcp6': '',
    });
  };
}

describe('every verdict', () => {
  it.each([...rows, ...PROXY_ROWS, ...MESH_ROWS])('$name: $code', async (row) => {
    await expectVerdict(row, new World());
  });

  it('has a row for each code', () => {
    expect(
      [
        ...new Set(
          [...rows, ...PROXY_ROWS, ...MESH_ROWS, ...NODE_ROWS, ...TYPED_ROWS].map((row) => row.code),
        ),
      ].sort(),
    ).toEqual([...VERDICT_CODES].sort());
  });

  it('has no words for a code that does not exist', () => {
    expect(() => wordingOf({ code: 'no-such-code', details: {} })).toThrow(
      'no words for verdict no-such-code',
    );
  });
});

describe('each kind of check', () => {
  it.each([READY, LOCAL, OPEN, SOURCE, SAME])(
    '$kind fails before the work and passes after',
    async (check) => {
      const world = new World();
      world.remove('web');
      expect(await world.run(check)).toMatchObject({ check: 'it', kind: check.kind, outcome: 'fail' });
      world.connection.put(pod());
      expect(await world.run(check)).toMatchObject({ check: 'it', kind: check.kind, outcome: 'pass' });
    },
  );
});
