import { Api } from '../../src/cluster/api.ts';
import type { Pod } from '../../src/cluster/pod.ts';
import type { CheckContext, NodeAccess } from '../../src/checks/context.ts';
import { runCheck } from '../../src/checks/run-check.ts';
import type { Verdict } from '../../src/checks/verdict.ts';
import { checkSchema } from '../../src/lesson/check.ts';
import type { CurlAnswer, CurlCall } from '../support/container-shell.ts';
import { ScriptedConnection } from '../support/scripted-connection.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const NAMESPACE = 'k8snet-test';

interface PodParts {
  name?: string;
  namespace?: string;
  ip?: string;
  node?: string;
  metadata?: Partial<Pod['metadata']>;
  spec?: Partial<Pod['spec']>;
  status?: Pod['status'];
}

const HOST_IPS: Record<string, string> = { n1: '192.168.7.1', n2: '192.168.7.2' };

/** A Pod with the containers `shell` and `nginx` that has been Ready for long. */
export function pod(parts: PodParts = {}): Pod {
  const { name = 'web', namespace = NAMESPACE, ip = '10.0.1.5', node = 'n1', spec } = parts;
  const containers = spec?.containers ?? [{ name: 'shell' }, { name: 'nginx' }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, uid: `uid-${name}`, ...parts.metadata },
    spec: { nodeName: node, containers, ...spec },
    status: {
      phase: 'Running',
      podIP: ip,
      podIPs: [{ ip }],
      hostIP: HOST_IPS[node] ?? '192.168.7.9',
      conditions: [
        { type: 'PodScheduled', status: 'True' },
        { type: 'Ready', status: 'True' },
      ],
      containerStatuses: containers.map((each) => ({
        name: each.name,
        ready: true,
        restartCount: 0,
        image: `registry.example/${each.name}:1`,
        state: { running: { startedAt: '2029-12-31T23:00:00Z' } },
      })),
      ...parts.status,
    },
  };
}

/** A Pod that is not ready, with its first container in this state. */
export function podWaiting(state: object, more: Pod['status'] = {}): Pod {
  const [first, second] = pod().status?.containerStatuses ?? [];
  return pod({
    status: {
      phase: 'Pending',
      conditions: [
        { type: 'PodScheduled', status: 'True' },
        { type: 'Ready', status: 'False', reason: 'ContainersNotReady' },
      ],
      containerStatuses: [{ ...first!, ready: false, ...state }, second!],
      ...more,
    },
  });
}

/** What the kernel of a Pod with this address writes in /proc/net/fib_trie. */
export function fibTrie(address: string): string {
  const leaf = (ip: string): string => `           |-- ${ip}\n              /32 host LOCAL\n`;
  return `Main:\n  +-- 0.0.0.0/0 3 0 5\n${leaf(address)}${leaf('127.0.0.1')}Local:\n${leaf(address)}${leaf('127.0.0.1')}`;
}

/** A small cluster with two Nodes, two Pods and nginx in each of them. */
export class World {
  readonly clock = new VirtualClock();
  readonly connection = new ScriptedConnection(this.clock);
  readonly waited: string[] = [];
  readonly expected: string[] = [];
  /** Nobody has allowed shells on Nodes, unless a test says so. */
  nodes: NodeAccess = {
    performer: 'learner',
    shell: () => Promise.resolve(undefined),
    withProbe: (_node, _probe, use) => use('kubelet-probe'),
  };
  /** What the checks found the last time, by id. */
  before: Record<string, Pick<Verdict, 'outcome' | 'code'>> = {};
  /** What the network does with a request, and whom the server sees; by default as Kubernetes asks. */
  network: (call: CurlCall, from: Pod) => CurlAnswer = (call, from) => this.nginx(call, from);
  /** The kernel's view of a container's own addresses. */
  files: (pod: Pod, container: string) => Record<string, string> = (from) => ({
    '/proc/net/fib_trie': fibTrie(from.status?.podIP ?? ''),
  });
  /** The programs that run in a container. */
  processes: (pod: Pod) => string[] = () => ['sleep 9999999'];
  readonly controller = new AbortController();
  private nonces = 0;

  constructor() {
    for (const [name, address] of Object.entries(HOST_IPS))
      this.connection.nodes.push({
        metadata: { name },
        status: {
          addresses: [{ type: 'InternalIP', address }],
          conditions: [{ type: 'Ready', status: 'True' }],
        },
      });
    this.connection.put(pod());
    this.connection.put(pod({ name: 'other', ip: '10.0.2.7', node: 'n2' }));
    this.connection.programs = (from, container) => ({
      curl: (call) => this.network(call, from),
      cat: this.files(from, container),
      ps: this.processes(from),
    });
  }

  /** nginx answers, and logs as it does; `seen` is the address it sees. */
  nginx(
    call: CurlCall,
    from: Pod,
    options: { seen?: string; status?: number; body?: string } = {},
  ): CurlAnswer {
    const { hostname } = new URL(call.url);
    const local = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
    const server = local ? from : this.podAt(hostname);
    const status = options.status ?? 200;
    const address = options.seen ?? (local ? '127.0.0.1' : (from.status?.podIP ?? ''));
    this.connection.log(server?.metadata.name ?? 'none', 'nginx', accessLine(address, call.url, status));
    return {
      status,
      body: options.body ?? '<title>Welcome to nginx!</title>\n<h1>Welcome to nginx!</h1>',
      remote: local ? '127.0.0.1' : hostname,
      local: address,
    };
  }

  get context(): CheckContext {
    return {
      api: new Api(this.connection, this.controller.signal, this.clock),
      namespace: NAMESPACE,
      otherNamespaces: ['default'],
      lessonPods: new Map([
        ['web', { page: 2, maker: 'learner' }],
        ['other', { page: 1, maker: 'tutor' }],
      ]),
      origin: 'measured',
      nonce: () => `nonce${++this.nonces}x`,
      kubectl: (...args) => ['kubectl', '-n', NAMESPACE, ...args].join(' '),
      waiting: (what) => void this.waited.push(what),
      expecting: (what) => void this.expected.push(what),
      nodes: this.nodes,
      before: (check) => this.before[check],
    };
  }

  private podAt(address: string): Pod | undefined {
    return ['web', 'other']
      .map((name) => this.connection.pod(NAMESPACE, name))
      .find((each) => each?.status?.podIP === address);
  }

  /** Runs a check, given as a lesson writes it. */
  run(check: object): Promise<Verdict> {
    return runCheck(checkSchema.parse({ id: 'it', ...check }), this.context);
  }

  remove(name: string): void {
    this.connection.remove(NAMESPACE, name);
  }
}

/** A line of nginx's access log in its format `combined`. */
export function accessLine(address: string, url: string, status = 200): string {
  const { pathname, search } = new URL(url);
  return `${address} - - [01/Jan/2030:00:00:01 +0000] "GET ${pathname}${search} HTTP/1.1" ${status} 612 "-" "k8snet-tutor" "-"`;
}
