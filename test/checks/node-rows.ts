import { HelperPodFailure } from '../../src/checks/context.ts';
import { ApiError } from '../../src/cluster/api.ts';
import { statusAnswer } from '../support/scripted-connection.ts';
import { helperFailure, type NodeWorld, probePod, procRow, refused } from './node-world.ts';
import { meshed } from './mesh-rows.ts';
import { proxied, PROXY_REFUSED } from './proxy-rows.ts';
import type { Row } from './verdict-row.ts';
import { accessLine, pod, podWaiting } from './world.ts';

const OWN = { kind: 'node-to-pod', from: 'node-of/web', to: 'pod/web' };
const OTHER = { ...OWN, from: 'other-node-than/web' };
const TO_OTHER = { kind: 'pod-to-node', from: 'pod/web:shell', to: 'other-node-than/web' };
const SERVER = { kind: 'node-server', from: 'pod/web:shell', to: 'node-of/other:8000', body: 'kind: Pod' };
const SOURCE = { kind: 'source', from: 'pod/web:shell', to: 'http://pod/other', expect: 'pod-ip' };
const PEER = { kind: 'same-address', pod: 'web', containers: ['shell', 'nginx'], peer: 'other' };

const FILE = 'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n';
const SECURITY =
  'pods "x" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)';
const TIMEOUT = {
  exit: 28,
  stderr: 'curl: (28) Failed to connect to 192.168.7.2 port 8000 after 4001 ms: Timeout was reached\n',
};
const HELLO = { remote: '192.168.7.2', local: '10.0.1.5' };

const QUOTA = 'pods "x" is forbidden: exceeded quota: lab, requested: pods=1, used: pods=4, limited: pods=4';
const UNSAID = 'pods "x" is forbidden: failed quota: lab: must specify limits.cpu for: shell';

const shells = (world: NodeWorld): void => world.allowShells();
/** The learner's server runs in the shell on n1. */
const elsewhere = (world: NodeWorld): void => {
  world.allowShells();
  world.listening['node-shell-n1'] = [['0.0.0.0', 8000]];
  world.running['n1'] = ['nc -l -p 8000'];
};
const denied = (message: string): ApiError =>
  new ApiError({ method: 'POST', path: '/api/v1/namespaces/k8snet-test/pods' }, 403, 'Forbidden', message);
/** With shells on Nodes, whose kernel shows a connection from this address. */
const seen = (address: string) => (world: NodeWorld) => {
  world.allowShells();
  world.connections = (port) => procRow(port, address);
};
/** With shells, and this for every request of a Pod. */
const answers = (answer: ReturnType<NodeWorld['network']>) => (world: NodeWorld) => {
  world.allowShells();
  world.network = () => answer;
};
const ports = (wanted: NodeWorld['ports']) => (world: NodeWorld) => {
  world.ports = wanted;
};
const policy = (name: string): object => ({
  metadata: { name },
  spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
});
const without =
  (reason: Error) =>
  (world: NodeWorld): void => {
    world.nodes.withProbe = () => Promise.reject(reason);
  };

/** As the kubelet begins what it says of a probe that failed. */
const PROBE = 'Readiness probe failed: Get "http://10.0.1.5/?k8snet-tutor=nonce1x":';
const kubeletSays = (message: string) => (world: NodeWorld) => {
  world.kubelet(probePod(false));
  world.connection.events.push({ metadata: { name: 'kubelet-probe.1' }, reason: 'Unhealthy', message });
};

const nodeToPod: Row<NodeWorld>[] = [
  {
    name: 'a Node calls a Pod of its own',
    check: OWN,
    world: shells,
    outcome: 'pass',
    code: 'node-reaches-pod',
    says: ['Node n1 reaches Pod web, which it runs itself', 'from 192.168.7.1, which is Node n1'],
    not: 'weaker',
  },
  {
    name: "a Node calls another Node's Pod",
    check: OTHER,
    world: shells,
    outcome: 'pass',
    code: 'node-reaches-pod',
    says: ['Node n2 reaches Pod web, on another Node', 'from 192.168.7.2, which is Node n2'],
  },
  {
    name: 'whom the Pod saw is nobody we know, which is not judged',
    check: OTHER,
    world: (world) => {
      world.allowShells();
      world.network = (call, from) => world.nginx(call, from, { seen: '172.16.9.9' });
    },
    outcome: 'pass',
    code: 'node-reaches-pod',
    says: 'from 172.16.9.9',
  },
  {
    name: 'the log does not show it, the answer stands',
    check: OTHER,
    world: answers({ status: 200, body: '<title>Hello</title>', remote: '10.0.1.5', local: '192.168.7.2' }),
    outcome: 'pass',
    code: 'node-reaches-pod',
    says: 'Hello',
  },
  {
    name: 'refused to a Node',
    check: OTHER,
    world: answers(refused('10.0.1.5', 80)),
    outcome: 'fail',
    code: 'connection-refused',
  },
  {
    name: 'silence to a Node',
    check: OTHER,
    world: answers(TIMEOUT),
    outcome: 'fail',
    code: 'connection-timeout',
  },
  {
    name: 'no way from a Node: it is the Node that is named',
    check: OTHER,
    world: answers({ exit: 7, stderr: '* connect to 10.0.1.5 port 80 failed: No route to host\n' }),
    outcome: 'fail',
    code: 'connection-unreachable',
    says: 'There is no way from Node n2',
  },
  {
    name: 'without a shell its kubelet asks',
    check: OWN,
    world: (world) => world.kubelet(probePod(true), '10.0.1.1'),
    outcome: 'pass',
    code: 'node-reaches-pod',
    says: [
      'weaker evidence: a shell on Nodes was not allowed',
      'from 10.0.1.1, which is Node n1 (its own address in 10.0.1.0/24)',
    ],
  },
  {
    name: 'where Pod Security forbids a shell, its kubelet asks',
    check: OTHER,
    world: (world) => {
      world.refuseShells(denied(SECURITY));
      world.kubelet(probePod(true));
    },
    outcome: 'pass',
    code: 'node-reaches-pod',
    says: ['the cluster lets no Pod of ours into the network of Node n2', 'violates PodSecurity'],
  },
  {
    name: "the kubelet's word stands where logs may not be read",
    check: OWN,
    world: (world) => {
      world.kubelet(probePod(true), '10.0.1.1');
      world.connection.intercept = ({ path }) =>
        path.endsWith('/log') ? statusAnswer(403, 'Forbidden', 'pods/log is forbidden') : undefined;
    },
    outcome: 'pass',
    code: 'node-reaches-pod',
    not: '10.0.1.1',
  },
  {
    name: 'the kubelet says that it got no answer: its last word on its probe, and no other',
    check: OWN,
    world: (world) => {
      world.kubelet(probePod(false));
      world.connection.events.push(
        { metadata: { name: 'kubelet-probe.1' }, reason: 'Pulled', message: 'Container image present' },
        { metadata: { name: 'kubelet-probe.2' }, reason: 'Unhealthy', message: `${PROBE} EOF` },
        { metadata: { name: 'kubelet-probe.3' }, reason: 'Killing', message: 'Stopping container shell' },
        { metadata: { name: 'web.1' }, reason: 'Unhealthy', message: 'somebody else' },
      );
    },
    outcome: 'fail',
    code: 'node-unanswered',
    says: 'EOF',
    not: 'somebody else',
  },
  {
    name: 'the kubelet got no answer, and it is a sidecar that takes what comes',
    check: OWN,
    world: (world) => {
      kubeletSays(`${PROBE} read: connection reset by peer`)(world);
      world.connection.put(meshed('linkerd-proxy', { name: 'web' }));
    },
    outcome: 'inconclusive',
    code: 'mesh-in-the-way',
    says: 'reset by peer',
  },
  {
    name: 'the kubelet was refused',
    check: OWN,
    world: kubeletSays(`${PROBE} dial tcp 10.0.1.5:80: connect: connection refused`),
    outcome: 'fail',
    code: 'connection-refused',
    says: 'kubectl logs web',
  },
  {
    name: 'the kubelet found no way',
    check: OWN,
    world: kubeletSays(`${PROBE} dial tcp 10.0.1.5:80: connect: no route to host`),
    outcome: 'fail',
    code: 'connection-unreachable',
    says: 'no way from Node n1',
  },
  {
    name: 'the kubelet waited in vain to connect',
    check: OWN,
    world: kubeletSays(`${PROBE} dial tcp 10.0.1.5:80: i/o timeout`),
    outcome: 'fail',
    code: 'connection-timeout',
  },
  {
    name: 'the kubelet waited in vain for an answer',
    check: OWN,
    world: kubeletSays(`${PROBE} context deadline exceeded (Client.Timeout exceeded while awaiting headers)`),
    outcome: 'fail',
    code: 'connection-timeout',
  },
  {
    name: 'the kubelet got an error, which is an answer',
    check: OWN,
    world: kubeletSays('Readiness probe failed: HTTP probe failed with statuscode: 404'),
    outcome: 'pass',
    code: 'node-reaches-pod',
    says: 'weaker evidence',
  },
  {
    name: 'the kubelet says nothing: that is no denial',
    check: OWN,
    world: (world) => world.kubelet(probePod(false)),
    outcome: 'inconclusive',
    code: 'helper-pod',
    says: 'did not say',
  },
  {
    name: 'Events of other things than the probe: that is no denial',
    check: OWN,
    world: (world) => {
      world.kubelet(probePod(false));
      const message = 'Container image present';
      world.connection.events.push({ metadata: { name: 'kubelet-probe.1' }, reason: 'Pulled', message });
    },
    outcome: 'inconclusive',
    code: 'helper-pod',
  },
  {
    name: 'Events are hidden: that is no denial',
    check: OWN,
    world: (world) => {
      world.kubelet(probePod(false));
      world.connection.intercept = ({ path }) =>
        path.endsWith('/events') ? statusAnswer(403, 'Forbidden', 'events is forbidden') : undefined;
    },
    outcome: 'inconclusive',
    code: 'helper-pod',
  },
  {
    name: "the small Pod's image is not to be had",
    check: OWN,
    world: (world) => {
      const state = { state: { waiting: { reason: 'ErrImagePull', message: 'manifest unknown' } } };
      const { status } = podWaiting(state);
      world.kubelet(pod({ name: 'kubelet-probe', ...(status === undefined ? {} : { status }) }));
    },
    outcome: 'inconclusive',
    code: 'helper-image',
    says: ['manifest unknown', '--image shell=IMAGE'],
  },
  {
    name: "the shell's image is not to be had",
    check: OTHER,
    world: (world) =>
      world.refuseShells(new HelperPodFailure('node-shell-x', 'n2', 'toomanyrequests', 'image-pull-later')),
    outcome: 'inconclusive',
    code: 'helper-image',
    says: ['toomanyrequests', 'on Node n2'],
  },
  {
    name: 'the quota leaves no room for a Pod of ours, neither a shell nor one to probe',
    check: OWN,
    world: (world) => {
      world.refuseShells(denied(QUOTA));
      without(denied(QUOTA))(world);
    },
    outcome: 'blocked',
    code: 'quota-exhausted',
    says: 'exceeded quota',
  },
  {
    name: 'the quota wants to be told what a Pod of ours does not tell',
    check: OWN,
    world: (world) => {
      world.refuseShells(denied(UNSAID));
      without(denied(UNSAID))(world);
    },
    outcome: 'blocked',
    code: 'quota-exhausted',
    says: 'must specify limits.cpu',
  },
  {
    name: 'the Node is not Ready: nothing is started there, and nobody waits',
    check: OTHER,
    world: (world) => {
      world.lose('n2');
      world.connection.put(pod({ name: 'other', ip: '10.0.2.7', node: 'n2' }));
      world.refuseShells(new Error('a shell was asked for'));
    },
    outcome: 'skipped',
    code: 'one-node',
  },
  {
    name: "the Pod's own Node is not Ready",
    check: OWN,
    world: (world) => {
      world.lose('n1');
      world.refuseShells(new Error('a shell was asked for'));
      without(new Error('a probe was asked for'))(world);
    },
    outcome: 'inconclusive',
    code: 'node-not-ready',
    says: ['Node n1 is not Ready', 'NodeStatusUnknown', 'kubectl describe node n1'],
  },
  {
    name: 'the Node is lost while a shell is made there',
    check: OTHER,
    world: (world) => {
      world.nodes.shell = (node) => {
        world.lose(node);
        return Promise.reject(helperFailure(node));
      };
    },
    outcome: 'inconclusive',
    code: 'node-not-ready',
    says: 'Node n2 is not Ready',
  },
  {
    name: "no answer, and the Pod's Node is lost: nobody's mistake",
    check: OTHER,
    world: (world) => {
      answers(TIMEOUT)(world);
      world.lose('n1');
    },
    outcome: 'inconclusive',
    code: 'node-not-ready',
    says: ['Node n1 is not Ready', 'Timeout was reached'],
  },
  {
    name: 'the small Pod does not appear',
    check: OWN,
    world: (world) => world.kubelet(undefined),
    outcome: 'inconclusive',
    code: 'helper-pod',
    says: 'within 60 s',
  },
  {
    name: 'the shell does not start',
    check: OTHER,
    world: (world) => world.refuseShells(helperFailure('n2')),
    outcome: 'inconclusive',
    code: 'helper-pod',
    says: 'did not get to work on Node n2',
  },
  {
    name: 'Pod Security forbids the shell and the probe',
    check: OTHER,
    world: (world) => {
      world.refuseShells(denied(SECURITY));
      without(denied(SECURITY))(world);
    },
    outcome: 'blocked',
    code: 'pod-security',
    says: 'hostNetwork=true',
  },
  {
    name: 'Pod Security forbids the probe, too',
    check: OWN,
    world: without(denied('pods "x" is forbidden: violates PodSecurity "baseline:latest": probe host')),
    outcome: 'blocked',
    code: 'pod-security',
    says: 'Node n1',
  },
  {
    name: 'no Pods may be made',
    check: OWN,
    world: without(denied('pods is forbidden: User "jane" cannot create resource "pods"')),
    outcome: 'blocked',
    code: 'forbidden',
    says: 'create pods',
  },
  {
    name: 'one Node',
    check: OTHER,
    world: (world) => void world.connection.nodes.pop(),
    outcome: 'skipped',
    code: 'one-node',
    says: 'there is one Node, n1',
  },
  {
    name: 'another Node that takes no Pods now',
    check: OTHER,
    world: (world) => {
      world.connection.nodes[1]!.spec = { unschedulable: true };
    },
    outcome: 'skipped',
    code: 'one-node',
    says: 'of 2 Nodes only n1 takes Pods now',
  },
  {
    name: 'Nodes may not be read',
    check: OTHER,
    world: (world) => {
      world.connection.intercept = ({ path }) =>
        path === '/api/v1/nodes' ? statusAnswer(403, 'Forbidden', 'nodes is forbidden') : undefined;
    },
    outcome: 'blocked',
    code: 'forbidden',
  },
  {
    name: 'no Node has taken the Pod yet',
    check: OWN,
    world: (world) => {
      const { spec, ...rest } = pod();
      world.connection.put({ ...rest, spec: { containers: spec.containers } });
    },
    outcome: 'inconclusive',
    code: 'pod-no-node',
  },
  {
    name: 'the Pod has no address yet',
    check: OWN,
    world: (world) => {
      const { podIP: _, podIPs: __, ...status } = pod().status ?? {};
      world.connection.put({ ...pod(), status });
    },
    outcome: 'inconclusive',
    code: 'pod-no-address',
  },
  {
    name: 'there is no such Pod',
    check: OTHER,
    world: (world) => world.remove('web'),
    outcome: 'fail',
    code: 'pod-missing',
  },
];

const podToNode: Row<NodeWorld>[] = [
  {
    name: "the Node sees the Pod's own address",
    check: TO_OTHER,
    world: shells,
    outcome: 'pass',
    code: 'node-saw-pod',
    says: ['Node n2 saw 10.0.1.5', 'the Pod'],
  },
  {
    name: "the Node sees the Pod's own address, mapped to IPv6",
    check: TO_OTHER,
    world: seen('0:0:0:0:0:ffff:0a00:0105'),
    outcome: 'pass',
    code: 'node-saw-pod',
    says: 'Node n2 saw 10.0.1.5',
  },
  {
    name: "the Node sees the Pod's own Node",
    check: TO_OTHER,
    world: seen('192.168.7.1'),
    outcome: 'pass',
    code: 'node-saw-node',
    says: ['Node n2 saw 192.168.7.1: Node n1', 'sees the address of Node n1'],
  },
  {
    name: "the Node sees the bridge of the Pod's own Node",
    check: TO_OTHER,
    world: seen('10.0.1.1'),
    outcome: 'pass',
    code: 'node-saw-node',
    says: 'Node n1 (its own address in 10.0.1.0/24)',
  },
  {
    name: 'the Node sees a third one',
    check: TO_OTHER,
    world: seen('192.168.7.2'),
    outcome: 'fail',
    code: 'source-unknown',
    says: 'which is Node n2',
  },
  {
    name: 'the Node sees a stranger',
    check: TO_OTHER,
    world: seen('203.0.113.9'),
    outcome: 'fail',
    code: 'source-unknown',
    says: 'Node n2 saw 203.0.113.9"',
  },
  {
    name: 'the Node sees another Pod',
    check: TO_OTHER,
    world: seen('10.0.2.7'),
    outcome: 'fail',
    code: 'source-unknown',
  },
  {
    name: "the Node sees the Pod's own Node, and Nodes may not be read",
    check: { ...TO_OTHER, to: 'node-of/other' },
    world: (world) => {
      seen('192.168.7.1')(world);
      world.connection.intercept = ({ path }) =>
        path === '/api/v1/nodes' ? statusAnswer(403, 'Forbidden', 'nodes is forbidden') : undefined;
    },
    outcome: 'pass',
    code: 'node-saw-node',
    says: 'Node n2 saw 192.168.7.1',
  },
  {
    name: 'the Node sees an address that only the list of Nodes could explain, and that may not be read',
    check: { ...TO_OTHER, to: 'node-of/other' },
    world: (world) => {
      seen('10.0.1.1')(world);
      world.connection.intercept = ({ path }) =>
        path === '/api/v1/nodes' ? statusAnswer(403, 'Forbidden', 'nodes is forbidden') : undefined;
    },
    outcome: 'inconclusive',
    code: 'owner-hidden',
    says: 'Node n2 saw 10.0.1.1',
  },
  {
    name: 'refused, as somebody else was first',
    check: TO_OTHER,
    world: (world) => {
      world.allowShells();
      world.arrives = () => 'GET /scan HTTP/1.1\r\n\r\n';
      const { network } = world;
      world.network = (call, from) => {
        network(call, from);
        return refused('192.168.7.2', 20_000);
      };
    },
    outcome: 'inconclusive',
    code: 'somebody-else',
  },
  {
    name: "its own Node sees the Pod's address",
    check: { ...TO_OTHER, to: 'node-of/web' },
    world: shells,
    outcome: 'pass',
    code: 'node-saw-pod',
    says: 'Node n1 saw 10.0.1.5',
  },
  {
    name: 'the kernel shows nobody',
    check: TO_OTHER,
    world: (world) => {
      world.allowShells();
      world.connections = () => '';
    },
    outcome: 'inconclusive',
    code: 'caller-unseen',
  },
  {
    name: 'the kernel shows two',
    check: TO_OTHER,
    world: (world) => {
      world.allowShells();
      world.connections = (port) => procRow(port, '10.0.1.5') + procRow(port, '192.168.7.1');
    },
    outcome: 'inconclusive',
    code: 'caller-unseen',
  },
  {
    name: 'the request that arrived is not ours',
    check: TO_OTHER,
    world: (world) => {
      world.allowShells();
      world.arrives = () => 'GET /?k8snet-tutor=guessed HTTP/1.1\r\n\r\n';
    },
    outcome: 'inconclusive',
    code: 'caller-unseen',
  },
  {
    name: 'no request arrived',
    check: TO_OTHER,
    world: (world) => {
      world.allowShells();
      world.arrives = () => '';
    },
    outcome: 'inconclusive',
    code: 'caller-unseen',
  },
  {
    name: 'our server does not start',
    check: TO_OTHER,
    world: (world) => {
      world.allowShells();
      world.start = { code: 1, stderr: 'nc: bind: Address already in use\n' };
    },
    outcome: 'inconclusive',
    code: 'listener-failed',
    says: 'Address already in use',
  },
  {
    name: 'our server says nothing and does not listen',
    check: TO_OTHER,
    world: (world) => {
      world.allowShells();
      world.start = { code: 1, stderr: '' };
    },
    outcome: 'inconclusive',
    code: 'listener-failed',
    says: 'nothing listened on port',
  },
  {
    name: 'the shell hangs',
    check: TO_OTHER,
    world: (world) => {
      world.allowShells();
      world.connection.interceptExec = () => ({ end: { kind: 'timeout' }, stdout: '', stderr: '' });
    },
    outcome: 'inconclusive',
    code: 'exec-timeout',
    says: 'node-shell-n2',
  },
  {
    name: 'somebody else answers',
    check: TO_OTHER,
    world: answers({ status: 200, body: 'hello from a proxy', ...HELLO }),
    outcome: 'inconclusive',
    code: 'somebody-else',
  },
  ...[TIMEOUT, refused('192.168.7.2', 20_000)].map((answer) => ({
    name: 'a firewall lets the port of the kubelet through, and no other',
    check: TO_OTHER,
    world: (world: NodeWorld) => {
      world.allowShells();
      const { network } = world;
      world.network = (call, from) => (new URL(call.url).port === '10250' ? network(call, from) : answer);
    },
    outcome: 'inconclusive' as const,
    code: 'node-port-filtered',
    says: 'https://192.168.7.2:10250/',
  })),
  {
    name: 'refused, though our server listens: a REJECT on the way',
    check: TO_OTHER,
    world: answers(refused('192.168.7.2', 20_000)),
    outcome: 'fail',
    code: 'node-rejects',
    says: ['Connection refused', 'but a server listens on port'],
  },
  {
    name: 'refused, because our own server has ended',
    check: TO_OTHER,
    world: (world) => {
      world.allowShells();
      world.ends = true;
    },
    outcome: 'inconclusive',
    code: 'listener-failed',
    says: 'it had ended when it was called',
  },
  {
    name: 'silence, and a policy that selects the Pod',
    check: TO_OTHER,
    world: (world) => {
      answers(TIMEOUT)(world);
      world.connection.policies.push(policy('deny-all') as never);
    },
    outcome: 'fail',
    code: 'policy-in-the-way',
    says: 'deny-all (from Pod',
  },
  {
    name: 'connected, and no answer from our server',
    check: TO_OTHER,
    world: answers({ exit: 52, stderr: 'curl: (52) Empty reply from server\n', connect: '0.000259' }),
    outcome: 'fail',
    code: 'no-http-answer',
  },
  {
    name: 'without a shell the kubelet answers Unauthorized',
    check: TO_OTHER,
    outcome: 'pass',
    code: 'node-answered',
    says: ['https://192.168.7.2:10250/', 'HTTP 401', 'weaker evidence', 'curl -k https://192.168.7.2:10250/'],
  },
  {
    name: 'where Pod Security forbids a shell, the kubelet answers',
    check: TO_OTHER,
    world: (world) => world.refuseShells(denied(SECURITY)),
    outcome: 'pass',
    code: 'node-answered',
    says: 'violates PodSecurity',
  },
  {
    name: 'the kubelet is closed, kube-proxy answers',
    check: TO_OTHER,
    world: ports({ 10256: { status: 200, body: '{}', ...HELLO } }),
    outcome: 'pass',
    code: 'node-answered',
    says: ['kube-proxy on Node n2', 'Connection refused'],
  },
  {
    name: 'refused twice proves nothing',
    check: TO_OTHER,
    world: ports({}),
    outcome: 'inconclusive',
    code: 'node-refuses',
    says: ['10250', '10256'],
  },
  {
    name: 'refused once and silent once proves nothing',
    check: TO_OTHER,
    world: ports({ 10250: TIMEOUT }),
    outcome: 'inconclusive',
    code: 'node-refuses',
  },
  {
    name: 'a bare connection, as a sidecar takes it, proves nothing',
    check: TO_OTHER,
    world: (world) => {
      const empty = { exit: 35, stderr: 'curl: (35) SSL connect error\n', connect: '0.000259' };
      world.ports = { 10250: empty, 10256: { ...empty, exit: 52 } };
    },
    outcome: 'inconclusive',
    code: 'node-refuses',
  },
  {
    name: 'the Node is not Ready, and answers: that is all there is to know',
    check: { ...TO_OTHER, to: 'node-of/other' },
    world: (world) => {
      world.lose('n2');
      world.refuseShells(new Error('a shell was asked for'));
    },
    outcome: 'pass',
    code: 'node-answered',
    says: 'Node n2 is not Ready',
  },
  {
    name: 'the Node is not Ready, and silent',
    check: { ...TO_OTHER, to: 'node-of/other' },
    world: (world) => {
      world.lose('n2');
      world.ports = { 10250: TIMEOUT, 10256: TIMEOUT };
    },
    outcome: 'inconclusive',
    code: 'node-not-ready',
  },
  {
    name: 'silent twice',
    check: TO_OTHER,
    world: (world) => {
      world.ports = { 10250: TIMEOUT, 10256: TIMEOUT };
      world.connection.policies.push(policy('deny-all') as never);
    },
    outcome: 'fail',
    code: 'policy-in-the-way',
    says: 'deny-all (from Pod',
  },
  {
    name: 'no other Node to call',
    check: TO_OTHER,
    world: (world) => void world.connection.nodes.pop(),
    outcome: 'skipped',
    code: 'one-node',
  },
];

const nodeServer: Row<NodeWorld>[] = [
  {
    name: 'a server on a Node sends the file, with HTTP',
    check: SERVER,
    world: ports({ 8000: { status: 200, body: FILE, ...HELLO } }),
    outcome: 'pass',
    code: 'node-serves',
    says: ['HTTP 200', 'http://192.168.7.2:8000/'],
  },
  {
    name: 'a server on a Node sends the file, but curl by itself asks a proxy',
    check: SERVER,
    world: (world) => {
      ports({ 8000: { status: 200, body: FILE, ...HELLO } })(world);
      proxied(PROXY_REFUSED)(world);
    },
    outcome: 'fail',
    code: 'proxy-in-the-way',
    says: ["curl --noproxy '*' http://192.168.7.2:8000/", 'Node n2 answers'],
  },
  {
    name: 'a server on a Node sends the bare file',
    check: SERVER,
    world: (world) => {
      world.network = ({ args }) =>
        args.includes('--http0.9')
          ? { status: 0, body: FILE, ...HELLO }
          : { exit: 1, stderr: 'curl: (1) Received HTTP/0.9 when not allowed\n' };
    },
    outcome: 'pass',
    code: 'node-serves',
    says: 'without HTTP around it',
  },
  {
    name: 'a server that does not hang up',
    check: SERVER,
    world: ports({
      8000: { exit: 28, stdout: FILE, stderr: 'curl: (28) Operation timed out\n', connect: '0.000212' },
    }),
    outcome: 'pass',
    code: 'node-serves',
  },
  {
    name: 'nobody listens on the Node',
    check: SERVER,
    outcome: 'fail',
    code: 'node-port-closed',
    says: ['port 8000 of Node n2', 'k8snet-tutor shell --node n2'],
  },
  {
    name: 'nobody listens there, as far as a shell on the Node can tell',
    check: SERVER,
    world: shells,
    outcome: 'fail',
    code: 'node-port-closed',
  },
  {
    name: 'it listens for its own Node only',
    check: SERVER,
    world: (world) => {
      world.allowShells();
      world.listening['node-shell-n2'] = [
        ['127.0.0.1', 8000],
        ['0.0.0.0', 22],
      ];
    },
    outcome: 'fail',
    code: 'node-server-loopback',
    says: ['listens at 127.0.0.1 only', 'nc -l -p 8000'],
  },
  {
    name: 'it listens on another port',
    check: SERVER,
    world: (world) => {
      world.allowShells();
      world.listening['node-shell-n2'] = [
        ['0.0.0.0', 22],
        ['0:0:0:0:0:0:0:0', 8080],
      ];
      world.running['n2'] = ["sh -c { printf 'HTTP/1.0 200 OK'; } | nc -l -p 8080", 'nc -l -p 8080'];
    },
    outcome: 'fail',
    code: 'node-server-port',
    says: [
      'port 8080 of Node n2, and port 8000 was called',
      'nc -l -p 8000',
      'nc -l -p 8080: port 8080 is open',
    ],
  },
  {
    name: 'it listens at another address of the Node',
    check: SERVER,
    world: (world) => {
      world.allowShells();
      world.listening['node-shell-n2'] = [['203.0.113.2', 8000]];
    },
    outcome: 'fail',
    code: 'node-server-loopback',
    says: ['listens at 203.0.113.2 only', 'listening: 203.0.113.2:8000'],
  },
  {
    name: 'it listens at the very address, and somebody refuses on the way',
    check: SERVER,
    world: (world) => {
      world.allowShells();
      world.listening['node-shell-n2'] = [['192.168.7.2', 8000]];
    },
    outcome: 'fail',
    code: 'node-rejects',
  },
  {
    name: 'something else listens on another port',
    check: SERVER,
    world: (world) => {
      world.allowShells();
      world.listening['node-shell-n2'] = [['0.0.0.0', 8080]];
      world.running['n2'] = ['ping 10.0.8080.1', 'nc -l -p 18080', 'wget port8080'];
      world.answerAt('192.168.7.2:8080', { status: 200, body: FILE, ...HELLO });
    },
    outcome: 'fail',
    code: 'node-port-closed',
    says: 'listening: 0.0.0.0:8080',
    not: 'port 8080',
  },
  {
    name: 'a server of ours, which answers once, is left alone',
    check: SERVER,
    world: (world) => {
      world.allowShells();
      world.listening['node-shell-n2'] = [['0.0.0.0', 21_225]];
      world.running['n2'] = ['nc -l -p 21225'];
    },
    outcome: 'fail',
    code: 'node-port-closed',
  },
  {
    name: 'it runs on another Node',
    check: SERVER,
    world: elsewhere,
    outcome: 'fail',
    code: 'node-server-elsewhere',
    says: ['Your server runs on Node n1, and Node n2 was called', 'k8snet-tutor shell --node n2'],
  },
  {
    name: "somebody else's server on another Node is neither called nor named",
    check: SERVER,
    world: (world) => {
      world.allowShells();
      world.listening['node-shell-n1'] = [['0.0.0.0', 8000]];
      world.network = (call, from) => {
        if (new URL(call.url).host === '192.168.7.1:8000') throw new Error('called');
        return from.metadata.name === 'web' ? refused('192.168.7.2', 8000) : world.nginx(call, from);
      };
    },
    outcome: 'fail',
    code: 'node-port-closed',
  },
  {
    name: 'whose a server is can not be told where a shell sees all of its Node',
    check: SERVER,
    world: (world) => {
      elsewhere(world);
      for (const name of ['node-shell-n1', 'node-shell-n2']) {
        const shell = world.connection.pod('k8snet-test', name)!;
        world.connection.put({ ...shell, spec: { ...shell.spec, hostPID: true } });
      }
    },
    outcome: 'fail',
    code: 'node-port-closed',
  },
  {
    name: 'it answered when it was checked before',
    check: SERVER,
    world: (world) => {
      world.before['it'] = { outcome: 'pass', code: 'node-serves' };
    },
    outcome: 'fail',
    code: 'node-server-ended',
    says: ['answered before, and is gone now', 'while true'],
  },
  {
    name: 'it is still gone',
    check: SERVER,
    world: (world) => {
      world.before['it'] = { outcome: 'fail', code: 'node-server-ended' };
    },
    outcome: 'fail',
    code: 'node-server-ended',
  },
  {
    name: 'it had never answered',
    check: SERVER,
    world: (world) => {
      world.before['it'] = { outcome: 'fail', code: 'node-port-closed' };
    },
    outcome: 'fail',
    code: 'node-port-closed',
  },
  {
    name: 'it starts again between two looks, as in a loop',
    check: SERVER,
    world: (world) => {
      world.allowShells();
      world.listening['node-shell-n2'] = [['0.0.0.0', 8000]];
      const { network } = world;
      let calls = 0;
      world.network = (call, from) =>
        ++calls === 1 ? network(call, from) : { status: 200, body: FILE, ...HELLO };
    },
    outcome: 'pass',
    code: 'node-serves',
  },
  {
    name: 'it listens, and somebody refuses on the way',
    check: SERVER,
    world: (world) => {
      world.allowShells();
      world.listening['node-shell-n2'] = [['0.0.0.0', 8000]];
    },
    outcome: 'fail',
    code: 'node-rejects',
    says: 'a server listens on port 8000 of Node n2',
  },
  {
    name: 'no shell is to be had to look closer, which is no trouble of its own',
    check: SERVER,
    world: (world) => world.refuseShells(helperFailure('n2')),
    outcome: 'fail',
    code: 'node-port-closed',
  },
  {
    name: 'the Node is lost',
    check: SERVER,
    world: (world) => world.lose('n2'),
    outcome: 'inconclusive',
    code: 'node-not-ready',
    says: 'Node n2 is not Ready',
  },
  {
    name: 'silence of a Node',
    check: SERVER,
    world: ports({ 8000: TIMEOUT }),
    outcome: 'fail',
    code: 'connection-timeout',
  },
  {
    name: 'another text',
    check: SERVER,
    world: ports({ 8000: { status: 404, body: '<h1>Not found</h1>', ...HELLO } }),
    outcome: 'fail',
    code: 'node-serves-other',
    says: ['Not found', 'not with the text "kind: Pod"'],
  },
  {
    name: 'another text, by the sidecar of the Pod that asked',
    check: SERVER,
    world: (world) => {
      const headers = ['server: envoy'];
      ports({ 8000: { status: 503, body: 'upstream connect error', headers, ...HELLO } })(world);
      world.connection.put(meshed('istio-proxy', { name: 'web' }));
    },
    outcome: 'inconclusive',
    code: 'mesh-in-the-way',
    says: ['server: envoy', 'in Pod web'],
  },
  {
    name: 'an empty text',
    check: SERVER,
    world: ports({ 8000: { status: 200, body: '\n', ...HELLO } }),
    outcome: 'fail',
    code: 'node-serves-other',
    says: 'an empty answer',
  },
  {
    name: 'a demonstration, and nobody could start a server',
    check: SERVER,
    world: (world) => {
      world.nodes.performer = 'tutor';
    },
    outcome: 'skipped',
    code: 'nobody-listens',
    says: '--allow-node-network',
  },
  {
    name: 'a demonstration with a shell on the Node',
    check: SERVER,
    world: (world) => {
      world.allowShells();
      world.nodes.performer = 'tutor';
      world.ports[8000] = { status: 200, body: FILE, ...HELLO };
    },
    outcome: 'pass',
    code: 'node-serves',
  },
];

const views: Row<NodeWorld>[] = [
  {
    name: 'two Nodes, as the statement needs',
    check: { ...SOURCE, placement: 'other-node' },
    outcome: 'pass',
    code: 'source-seen',
  },
  {
    name: 'one Node, where two are needed',
    check: { ...SOURCE, placement: 'other-node' },
    world: (world) => world.connection.put(pod({ name: 'other', ip: '10.0.1.7' })),
    outcome: 'skipped',
    code: 'not-two-nodes',
    says: 'both run on Node n1',
  },
  {
    name: 'two Nodes, where one is needed',
    check: { ...SOURCE, placement: 'same-node' },
    outcome: 'skipped',
    code: 'not-one-node',
    says: 'they run on Nodes n1 and n2',
  },
  {
    name: 'one Node, as the statement needs',
    check: { ...SOURCE, placement: 'same-node' },
    world: (world) => world.connection.put(pod({ name: 'other', ip: '10.0.1.7' })),
    outcome: 'pass',
    code: 'source-seen',
  },
  {
    name: 'containers, API and peer agree',
    check: PEER,
    outcome: 'pass',
    code: 'three-views',
    says: 'Pod other saw 10.0.1.5',
  },
  {
    name: 'the peer sees a Node',
    check: PEER,
    world: (world) => {
      world.network = (call, from) => world.nginx(call, from, { seen: '192.168.7.1' });
    },
    outcome: 'fail',
    code: 'peer-sees-other',
    says: 'Pod other saw 192.168.7.1, which is Node n1',
  },
  {
    name: 'the peer does not answer',
    check: PEER,
    world: (world) => {
      world.network = () => TIMEOUT;
    },
    outcome: 'fail',
    code: 'connection-timeout',
  },
  {
    name: "the peer's log shows only another request",
    check: PEER,
    world: (world) => {
      world.network = () => {
        world.connection.log('other', 'nginx', accessLine('10.0.1.5', 'http://x/?k8snet-tutor=guessed'));
        return { status: 200, body: '', remote: '10.0.2.7', local: '10.0.1.5' };
      };
    },
    outcome: 'inconclusive',
    code: 'witness-silent',
  },
];

/** Every verdict there is on Nodes, on where Pods run, and on what a peer sees. */
export const NODE_ROWS: Row<NodeWorld>[] = [...nodeToPod, ...podToNode, ...nodeServer, ...views];
