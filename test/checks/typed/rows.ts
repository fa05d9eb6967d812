import { meshed, RESET } from '../mesh-rows.ts';
import { type NodeWorld, refused } from '../node-world.ts';
import { proxied, PROXY_REFUSED } from '../proxy-rows.ts';
import type { Row } from '../verdict-row.ts';
import { pod } from '../world.ts';
import { statusAnswer } from '../../support/scripted-connection.ts';

/** A line that somebody typed, where and on which page, and the verdict there must be. */
export interface TypedRow extends Omit<Row<NodeWorld>, 'check'> {
  typed: string;
  /** On a Node instead of in container `shell` of Pod `web`. */
  node?: string;
  /** The page, as a lesson writes it. */
  checks?: object[];
  type?: string[];
  former?: Record<string, string[]>;
}

const LOCAL = {
  id: 'page',
  kind: 'http',
  from: 'pod/web:shell',
  to: 'http://localhost',
  expect: { status: 200 },
};
const OTHER_POD = {
  id: 'other',
  kind: 'http',
  from: 'pod/web:shell',
  to: 'http://pod/other',
  expect: { status: 200 },
};
const FROM_NODE = { id: 'node', kind: 'node-to-pod', from: 'node-of/web', to: 'pod/web' };
const TO_NODE = { id: 'any', kind: 'pod-to-node', from: 'pod/web:shell', to: 'node-of/other' };
const SERVER = {
  id: 'server',
  kind: 'node-server',
  from: 'pod/web:shell',
  to: 'node-of/other:8000',
  body: 'kind: Pod',
};
const POD_ID = "POD_ID=$(kubectl get pod web -o jsonpath='{.status.podIP}')";
const NODE_IP = "NODE_IP=$(kubectl get pod other -o jsonpath='{.status.hostIP}')";

const HELLO = { remote: '192.168.7.2', local: '10.0.1.5' };
const SILENCE = { exit: 28, stderr: 'curl: (28) Failed to connect after 4001 ms: Timeout was reached\n' };
const NO_ROUTE = { exit: 7, stderr: '* connect to 10.0.1.77 port 80 failed: No route to host\n' };
const NO_NAME = { exit: 6, stderr: 'curl: (6) Could not resolve host: x\n' };
const connected = (
  exit: number,
  message: string,
): object & { exit: number; stderr: string; connect: string } => ({
  exit,
  stderr: `curl: (${exit}) ${message}\n`,
  connect: '0.000259',
});

const answers = (answer: ReturnType<NodeWorld['network']>) => (world: NodeWorld) => {
  world.network = () => answer;
};
const at = (place: string, answer: ReturnType<NodeWorld['network']>) => (world: NodeWorld) =>
  world.answerAt(place, answer);
const external = (world: NodeWorld): void => {
  world.connection.nodes[1]!.status!.addresses!.push({ type: 'ExternalIP', address: '203.0.113.7' });
};

const answered: TypedRow[] = [
  {
    name: 'localhost answers',
    typed: 'curl -s localhost',
    outcome: 'pass',
    code: 'answered',
    says: ['Welcome to nginx', 'localhost is Pod web itself'],
  },
  {
    name: 'a Pod answers',
    typed: 'curl 10.0.2.7/page?a=b',
    outcome: 'pass',
    code: 'answered',
    says: ['http://10.0.2.7/page?a=b', '10.0.2.7 is Pod other in namespace k8snet-test'],
  },
  {
    name: 'a Node answers in HTTPS',
    typed: 'curl https://192.168.7.2:10250',
    outcome: 'pass',
    code: 'answered',
    says: ['HTTP 401', '192.168.7.2 is Node n2', 'as with curl -k'],
  },
  {
    name: 'a Pod of another namespace answers',
    typed: 'curl 10.0.9.9',
    world: (world) => {
      world.connection.put(pod({ name: 'stranger', namespace: 'default', ip: '10.0.9.9' }));
      answers({ status: 200, body: 'hello', remote: '10.0.9.9', local: '10.0.1.5' })(world);
    },
    outcome: 'pass',
    code: 'answered',
    says: '10.0.9.9 is Pod stranger in namespace default',
  },
  {
    name: 'a name answers',
    typed: 'curl other-service',
    world: answers({ status: 200, body: 'hello', remote: '10.0.2.7', local: '10.0.1.5' }),
    outcome: 'pass',
    code: 'answered',
    says: '10.0.2.7 is Pod other',
  },
  {
    name: 'somebody answers whom nobody knows',
    typed: 'curl 10.99.0.1',
    world: answers({ status: 200, body: 'hello', remote: '10.99.0.1', local: '10.0.1.5' }),
    outcome: 'pass',
    code: 'answered',
    says: 'no Pod and no Node that is known has the address 10.99.0.1',
  },
  {
    name: 'an old curl takes bare text',
    typed: 'curl 192.168.7.2:8000',
    world: (world) =>
      world.answerAt('192.168.7.2:8000', { exit: 0, stderr: '', stdout: 'kind: Pod\n', connect: '0.0002' }),
    outcome: 'pass',
    code: 'answered-bare',
  },
];

const empty: TypedRow[] = [
  {
    name: 'the variable for a Pod is empty',
    typed: 'curl',
    checks: [FROM_NODE],
    type: [POD_ID],
    outcome: 'fail',
    code: 'variable-empty',
    says: ['curl names no server: $POD_ID is empty', POD_ID, 'POD_ID=10.0.1.5'],
  },
  {
    name: 'the variable for a Node is empty',
    typed: 'curl :8000',
    checks: [SERVER],
    type: [POD_ID, NODE_IP],
    outcome: 'fail',
    code: 'variable-empty',
    says: ['$NODE_IP is empty', 'NODE_IP=192.168.7.2'],
    not: 'POD_ID',
  },
  {
    name: 'a variable is empty, and the page sets none',
    typed: 'curl http://:8000/',
    outcome: 'fail',
    code: 'variable-empty',
    says: ['the variable is empty', 'k8snet-tutor page'],
  },
  {
    name: 'a variable is empty, and its Pod is not there',
    typed: 'curl',
    type: [POD_ID],
    world: (world) => world.remove('web'),
    outcome: 'fail',
    code: 'variable-empty',
    says: POD_ID,
  },
];

const names: TypedRow[] = [
  {
    name: "a Pod's name",
    typed: 'curl other:8080',
    world: answers(NO_NAME),
    outcome: 'fail',
    code: 'name-of-pod',
    says: ['other is the name of a Pod', 'curl 10.0.2.7:8080', 'kubectl get pod other'],
  },
  {
    name: "a Pod's name, and a DNS server that does not answer",
    typed: 'curl other',
    world: answers({ exit: 28, stderr: 'curl: (28) Resolving timed out after 4000 milliseconds\n' }),
    outcome: 'fail',
    code: 'name-of-pod',
  },
  {
    name: "a container's name",
    typed: 'curl nginx',
    world: answers(NO_NAME),
    outcome: 'fail',
    code: 'name-of-pod',
    says: ['nginx is the name of a container', 'curl localhost'],
  },
  {
    name: "a container's name, on a Node",
    typed: 'curl nginx',
    node: 'n1',
    world: answers(NO_NAME),
    outcome: 'fail',
    code: 'name-of-pod',
    says: 'curl 10.0.',
  },
  {
    name: "a Node's name",
    typed: 'curl n2:8000',
    world: answers(NO_NAME),
    outcome: 'fail',
    code: 'name-of-node',
    says: 'curl 192.168.7.2:8000',
  },
  {
    name: 'a Service has that name, and DNS does not say so',
    typed: 'curl other',
    world: (world) => {
      answers(NO_NAME)(world);
      world.connection.intercept = ({ path }) =>
        path.endsWith('/services/other')
          ? { status: 200, headers: {}, body: '{"metadata":{"name":"other"}}' }
          : undefined;
    },
    outcome: 'fail',
    code: 'name-unknown',
    says: '/etc/resolv.conf',
  },
  {
    name: "nobody's name, and one that is near",
    typed: 'curl locahost',
    world: answers(NO_NAME),
    outcome: 'fail',
    code: 'name-unknown',
    says: 'Did you mean localhost?',
  },
  {
    name: "nobody's name on a Node",
    typed: 'curl observatory',
    node: 'n1',
    world: answers(NO_NAME),
    outcome: 'fail',
    code: 'name-unknown',
    says: ["Node n1 can't resolve", 'k8snet-tutor shell --node n1'],
    not: 'Did you mean',
  },
];

const addresses: TypedRow[] = [
  {
    name: 'the Pod was made anew',
    typed: 'curl 10.0.1.77',
    checks: [FROM_NODE],
    type: [POD_ID],
    former: { other: ['10.0.1.77'], web: ['10.0.1.77', '10.0.1.5'] },
    world: answers(NO_ROUTE),
    outcome: 'fail',
    code: 'address-gone',
    says: [
      '10.0.1.77 was the address of Pod web, which was made anew and has 10.0.1.5 now',
      POD_ID,
      'curl 10.0.1.5',
    ],
  },
  {
    name: 'the Pod is gone',
    typed: 'curl 10.0.1.77:8080',
    former: { lost: ['10.0.1.77'] },
    world: answers(SILENCE),
    outcome: 'fail',
    code: 'address-gone',
    says: ['Pod lost, which is not there any more', 'kubectl get pod lost'],
  },
  {
    name: "nobody's address",
    typed: 'curl 10.0.2.8',
    world: answers(SILENCE),
    outcome: 'fail',
    code: 'address-unknown',
    says: ['No Pod and no Node has the address 10.0.2.8', 'Did you mean 10.0.2.7? That is Pod other.'],
  },
  {
    name: "nobody's address, and somebody refuses there",
    typed: 'curl 172.16.99.99',
    world: answers(refused('172.16.99.99', 80)),
    outcome: 'fail',
    code: 'address-unknown',
    not: 'that you may see',
  },
  {
    name: "nobody's address, as far as one may see",
    typed: 'curl 172.16.99.99',
    world: (world) => {
      answers(SILENCE)(world);
      world.connection.intercept = ({ path }) =>
        path === '/api/v1/nodes' ? statusAnswer(403, 'Forbidden', 'nodes is forbidden') : undefined;
    },
    outcome: 'inconclusive',
    code: 'address-unknown',
    says: 'No Pod and no Node that you may see has',
  },
  {
    name: "nobody's address, where Pods of other namespaces may not be read",
    typed: 'curl 172.16.99.99',
    world: (world) => {
      answers(refused('172.16.99.99', 80))(world);
      world.connection.intercept = ({ path }) =>
        path === '/api/v1/pods' ? statusAnswer(403, 'Forbidden', 'pods is forbidden') : undefined;
    },
    outcome: 'inconclusive',
    code: 'address-unknown',
    says: 'that you may see',
  },
  {
    name: "another Pod's address, which refuses",
    typed: 'curl 10.0.2.7',
    checks: [LOCAL],
    world: answers(refused('10.0.2.7', 80)),
    outcome: 'fail',
    code: 'address-of-other',
    says: ['10.0.2.7 is the address of Pod other, which refused', 'this page means Pod web', 'curl 10.0.1.5'],
  },
  {
    name: "another Node's address",
    typed: 'curl 192.168.7.1:8000',
    checks: [SERVER],
    outcome: 'fail',
    code: 'address-of-other',
    says: ['address of Node n1', 'this page means Node n2', 'curl 192.168.7.2:8000'],
  },
  {
    name: "another Node's address, on a page that calls all Nodes, and one of them at this port",
    typed: 'curl 192.168.7.1:8000',
    checks: [{ ...TO_NODE, to: 'node-of/web' }, SERVER],
    outcome: 'fail',
    code: 'address-of-other',
    says: 'this page means Node n2',
  },
  {
    name: "a Node's address for the world outside, silent",
    typed: 'curl 203.0.113.7:8000',
    checks: [SERVER],
    world: (world) => {
      external(world);
      answers(SILENCE)(world);
    },
    outcome: 'fail',
    code: 'external-address',
    says: ['external address of Node n2', 'curl 192.168.7.2:8000'],
  },
  {
    name: 'a Node has an address for the world outside, and no other',
    typed: 'curl 203.0.113.7',
    world: (world) => {
      world.connection.nodes[1]!.status!.addresses = [{ type: 'ExternalIP', address: '203.0.113.7' }];
      answers(SILENCE)(world);
    },
    outcome: 'fail',
    code: 'external-address',
    not: 'Call it so',
  },
  {
    name: "a Node's address for the world outside, refused",
    typed: 'curl 203.0.113.7:8000',
    world: (world) => {
      external(world);
      answers(refused('203.0.113.7', 8000))(world);
    },
    outcome: 'fail',
    code: 'external-address',
  },
];

const refusals: TypedRow[] = [
  {
    name: 'localhost in a container, and a Node is meant',
    typed: 'curl localhost:8000',
    checks: [TO_NODE, SERVER],
    world: at('localhost:8000', refused('localhost', 8000)),
    outcome: 'fail',
    code: 'localhost-is-here',
    says: ['localhost is Pod web, where nothing listens on port 8000', 'Node n2', 'curl 192.168.7.2:8000'],
  },
  {
    name: 'localhost on a Node, and a Pod is meant',
    typed: 'curl localhost',
    node: 'n1',
    checks: [FROM_NODE],
    world: at('localhost', refused('localhost', 80)),
    outcome: 'fail',
    code: 'localhost-is-here',
    says: ['localhost is Node n1', 'Pod web', 'curl 10.0.1.5'],
  },
  {
    name: 'localhost, which is meant, and nobody listens',
    typed: 'curl 127.0.0.1',
    checks: [LOCAL],
    world: at('127.0.0.1', refused('127.0.0.1', 80)),
    outcome: 'fail',
    code: 'connection-refused',
  },
  {
    name: 'localhost on a Node, where nobody listens',
    typed: 'curl localhost:8000',
    node: 'n2',
    checks: [SERVER],
    world: at('localhost:8000', refused('localhost', 8000)),
    outcome: 'fail',
    code: 'node-port-closed',
    says: 'port 8000 of Node n2',
  },
  {
    name: 'the Pod that is meant refuses',
    typed: 'curl 10.0.2.7',
    checks: [OTHER_POD],
    world: answers(refused('10.0.2.7', 80)),
    outcome: 'fail',
    code: 'connection-refused',
    says: 'kubectl logs other',
  },
  {
    name: 'the Pod that is meant hangs up, or the sidecar in it',
    typed: 'curl 10.0.2.7',
    checks: [OTHER_POD],
    world: (world) => {
      answers(RESET)(world);
      world.connection.put(meshed('istio-proxy'));
    },
    outcome: 'inconclusive',
    code: 'mesh-in-the-way',
    says: 'kubectl logs other -c istio-proxy',
  },
  {
    name: "one's own address refuses, which is always meant",
    typed: 'curl 10.0.1.5:8080',
    checks: [OTHER_POD],
    world: answers(refused('10.0.1.5', 8080)),
    outcome: 'fail',
    code: 'connection-refused',
  },
  {
    name: 'a name that is known refuses',
    typed: 'curl kubernetes.default',
    checks: [OTHER_POD],
    world: answers(refused('kubernetes.default', 80)),
    outcome: 'fail',
    code: 'connection-refused',
  },
  {
    name: 'the Node that is meant refuses',
    typed: 'curl 192.168.7.2:8000',
    checks: [SERVER],
    outcome: 'fail',
    code: 'node-port-closed',
    says: 'Start it on Node n2',
  },
  {
    name: "the page's port was left out",
    typed: 'curl 192.168.7.2',
    checks: [{ ...TO_NODE, to: 'node-of/other' }, SERVER],
    outcome: 'fail',
    code: 'port-of-page',
    says: ['port 80 of Node n2; this page means port 8000', 'curl 192.168.7.2:8000'],
  },
  {
    name: 'the page says no port for this Node',
    typed: 'curl 192.168.7.2',
    checks: [TO_NODE],
    outcome: 'fail',
    code: 'node-port-closed',
  },
  {
    name: 'the Node refuses, and the server runs on another one',
    typed: 'curl 192.168.7.2:8000',
    checks: [SERVER],
    world: (world) => {
      world.allowShells();
      world.listening['node-shell-n1'] = [['0.0.0.0', 8000]];
      world.running['n1'] = ['nc -l -p 8000'];
    },
    outcome: 'fail',
    code: 'node-server-elsewhere',
    says: 'Your server runs on Node n1',
  },
  {
    name: 'the Node refuses, and its server had answered',
    typed: 'curl 192.168.7.2:8000',
    checks: [SERVER],
    world: (world) => {
      world.before['server'] = { outcome: 'pass', code: 'node-serves' };
    },
    outcome: 'fail',
    code: 'node-server-ended',
  },
  {
    name: 'a firewall refuses before a server that listens',
    typed: 'curl 192.168.7.2:8000',
    checks: [SERVER],
    world: (world) => {
      world.allowShells();
      world.listening['node-shell-n2'] = [['0.0.0.0', 8000]];
    },
    outcome: 'fail',
    code: 'node-rejects',
  },
  {
    name: 'the server comes between two looks, as in a loop',
    typed: 'curl 192.168.7.2:8000',
    checks: [SERVER],
    world: (world) => {
      world.allowShells();
      world.listening['node-shell-n2'] = [['0.0.0.0', 8000]];
      const { network } = world;
      let calls = 0;
      world.network = (call, from) =>
        ++calls === 1 ? network(call, from) : { status: 200, body: 'kind: Pod', ...HELLO };
    },
    outcome: 'pass',
    code: 'answered',
  },
  {
    name: 'silence of a Pod',
    typed: 'curl 10.0.2.7',
    world: answers(SILENCE),
    outcome: 'fail',
    code: 'connection-timeout',
  },
];

const languages: TypedRow[] = [
  {
    name: 'HTTP to a TLS port of nginx or Go, which says so',
    typed: 'curl 192.168.7.2:10250',
    world: (world) => {
      world.ports[10250] = {
        status: 400,
        body: 'Client sent an HTTP request to an HTTPS server.\n',
        ...HELLO,
      };
    },
    outcome: 'fail',
    code: 'https-spoken',
    says: 'curl -k https://192.168.7.2:10250/',
  },
  {
    name: 'HTTP to a TLS port that hangs up',
    typed: 'curl 192.168.7.2:10250',
    world: (world) => {
      world.network = ({ url }) =>
        url.startsWith('https:')
          ? { status: 401, body: 'Unauthorized', ...HELLO }
          : connected(52, 'Empty reply from server');
    },
    outcome: 'fail',
    code: 'https-spoken',
    says: 'asked by https, it answered HTTP 401',
  },
  {
    name: 'HTTPS to a plain port',
    typed: 'curl https://10.0.2.7:80',
    world: (world) => {
      const { network } = world;
      world.network = (call, from) =>
        call.url.startsWith('https:') ? connected(35, 'SSL: wrong version number') : network(call, from);
    },
    outcome: 'fail',
    code: 'http-spoken',
    says: 'curl http://10.0.2.7:80/',
  },
  {
    name: 'neither of the two',
    typed: 'curl 10.0.2.7:6379',
    world: answers(connected(52, 'Empty reply from server')),
    outcome: 'fail',
    code: 'no-http-answer',
  },
  {
    name: 'bare text, which curl does not take',
    typed: 'curl 192.168.7.2:8000',
    world: answers(connected(1, 'Received HTTP/0.9 when not allowed')),
    outcome: 'fail',
    code: 'http09-refused',
    says: ["printf 'HTTP/1.0 200 OK", 'nc -l -p 8000 &', 'curl --http0.9 http://192.168.7.2:8000/'],
  },
];

const places: TypedRow[] = [
  {
    name: 'the Node of the Pod where it is typed is without power',
    typed: 'curl localhost',
    world: (world) => {
      world.lose('n1');
      world.connection.interceptExec = () => ({
        end: {
          kind: 'status',
          status: { status: 'Failure', message: 'error dialing backend: no route to host' },
        },
        stdout: '',
        stderr: '',
      });
    },
    outcome: 'inconclusive',
    code: 'node-not-ready',
    says: 'kubectl describe node n1',
  },
  {
    name: 'the Node of the Pod that is called is without power',
    typed: 'curl 10.0.2.7',
    world: (world) => {
      world.lose('n2');
      answers(SILENCE)(world);
    },
    outcome: 'inconclusive',
    code: 'node-not-ready',
    says: 'Node n2 is not Ready',
  },
  {
    name: 'the Pod where it is typed is not there',
    typed: 'curl localhost',
    world: (world) => world.remove('web'),
    outcome: 'fail',
    code: 'pod-missing',
  },
  {
    name: 'there is no curl',
    typed: 'curl localhost',
    world: (world) => {
      world.connection.programs = () => ({});
    },
    outcome: 'inconclusive',
    code: 'program-missing',
  },
];

/** Every verdict on lines that people type. */
export const TYPED_ROWS: TypedRow[] = [
  {
    name: 'a Pod that answers, but not the line as it is typed: that asks a proxy',
    typed: 'curl 10.0.2.7',
    world: proxied(PROXY_REFUSED),
    outcome: 'fail',
    code: 'proxy-in-the-way',
    says: ['Pod other answers', 'port 3128'],
    not: 'pa55',
  },
  ...answered,
  ...empty,
  ...names,
  ...addresses,
  ...refusals,
  ...languages,
  ...places,
];
