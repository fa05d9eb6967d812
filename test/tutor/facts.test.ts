import { beforeAll, describe, expect, test } from 'vitest';
import type { Connection } from '../../src/cluster/connection.ts';
import type { Lesson } from '../../src/lesson/lesson.ts';
import { type FactReference, parseFact } from '../../src/lesson/fact-reference.ts';
import { type Fact, lookUpFacts } from '../../src/tutor/facts.ts';
import { checkContext } from '../../src/tutor/check-context.ts';
import { cut, FakeCluster, forbidden } from './fake-cluster.ts';
import { MemoryState } from './memory-state.ts';
import { BORROWED, testLesson, testSession, testWorkshop } from './test-workshop.ts';

let lesson: Lesson;
beforeAll(async () => {
  lesson = await testLesson();
});

function reference(text: string): FactReference {
  const fact = parseFact(text);
  if (!fact.ok) throw new Error(fact.message);
  return fact.value;
}

function look(fake: FakeCluster, ...texts: string[]): Promise<Fact[]> {
  const session = testSession({ namespace: BORROWED, borrowed: true });
  const workshop = testWorkshop({ connection: fake, folder: new MemoryState(), lesson, session });
  return lookUpFacts(texts.map(reference), checkContext(workshop), 'v1.34.0');
}

async function one(fake: FakeCluster, text: string): Promise<Pick<Fact, 'known' | 'values'>> {
  const [fact] = await look(fake, text);
  return { known: fact!.known, values: fact!.values };
}

/** Two nodes and a Pod at 10.0.0.5 on the first. */
function cluster(subnets: string[] = ['10.0.0.0/24']): FakeCluster {
  const fake = new FakeCluster();
  fake.add('Namespace', undefined, BORROWED);
  fake.add('Node', undefined, 'node-1', {
    spec: subnets.length === 0 ? {} : { podCIDR: subnets[0], podCIDRs: subnets },
    status: {
      addresses: [
        { type: 'InternalIP', address: '192.0.2.1' },
        { type: 'ExternalIP', address: '198.51.100.1' },
      ],
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  });
  fake.add('Node', undefined, 'node-2', {
    spec: { podCIDR: '10.0.1.0/24' },
    status: { addresses: [{ type: 'InternalIP', address: '192.0.2.2' }] },
  });
  fake.add('Pod', BORROWED, 'web', { spec: { containers: [{ name: 'shell', image: 'curl' }] } });
  return fake;
}

describe('known', () => {
  test.each([
    ['cluster.version', ['Kubernetes v1.34.0']],
    ['cluster.nodes', ['2 (1 ready): node-1, node-2']],
    [
      'nodes.addresses',
      ['node-1: internal 192.0.2.1, external 198.51.100.1', 'node-2: internal 192.0.2.2, external none'],
    ],
    ['nodes.subnets', ['node-1: 10.0.0.0/24', 'node-2: 10.0.1.0/24']],
    ['pod/web.ip', ['10.0.0.5']],
    ['pod/web.node', ['node-1']],
    ['pod/web.phase', ['Running']],
    ['pod/web.subnet', ['10.0.0.0/24, the subnet of Node node-1']],
  ])('%s', async (text, values) => expect(await one(cluster(), text)).toEqual({ known: true, values }));

  test('cluster.network names what says so, or that nothing does', async () => {
    const fake = cluster();
    expect((await one(fake, 'cluster.network')).values[0]).toMatch(/^unknown/);
    fake.add('DaemonSet', 'kube-system', 'kindnet');
    expect((await one(fake, 'cluster.network')).values).toEqual([
      'kindnet (DaemonSet kindnet in namespace kube-system)',
    ]);
  });
});

/** What the kernel of a Pod at 10.0.0.5 prints, behind a bridge. */
const TABLES = [
  'mtu /sys/class/net/eth0/mtu 1450',
  'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
  'eth0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0',
  'eth0\t0000000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
].join('\n');

/** Every container that is asked prints this, in the frame of our exec; `undefined` for one that has no shell. */
function printing(fake: FakeCluster, print: (container: string) => string | undefined): FakeCluster {
  const exec: Connection['exec'] = ({ container, command }) => {
    const text = print(container);
    const mark = /^m=(\w+)$/m.exec(command.at(-1) ?? '')?.[1];
    if (text === undefined)
      return Promise.resolve({
        end: { kind: 'status', status: { status: 'Failure', message: 'no such program: sh' } },
        stdout: '',
        stderr: '',
      });
    const stdout = `\nk8snet-${mark} begin\n${text}\nk8snet-${mark} end 0\n`;
    return Promise.resolve({ end: { kind: 'status', status: { status: 'Success' } }, stdout, stderr: '' });
  };
  return Object.assign(fake, { exec });
}

describe("a Pod's way out", () => {
  const WAY =
    'its packets leave by eth0, MTU 1450, to the gateway 10.0.0.1; 10.0.0.0/24 is on the link, as where a bridge on the Node joins its Pods';

  test('from the tables of its kernel', async () =>
    expect(
      await one(
        printing(cluster(), () => TABLES),
        'pod/web.route',
      ),
    ).toEqual({ known: true, values: [WAY] }));

  test('a container without a shell: the next one is asked', async () => {
    const fake = cluster();
    fake.add('Pod', BORROWED, 'two', {
      spec: {
        containers: [
          { name: 'bare', image: 'bare' },
          { name: 'shell', image: 'curl' },
        ],
      },
    });
    printing(fake, (container) => (container === 'bare' ? undefined : TABLES));
    expect(await one(fake, 'pod/two.route')).toEqual({ known: true, values: [WAY] });
  });

  test.each([
    ['no container with a shell', undefined, 'no such program: sh'],
    ['no way out', '', "the kernel's tables name no way out"],
  ])('%s', async (_, text, why) =>
    expect(
      await one(
        printing(cluster(), () => text),
        'pod/web.route',
      ),
    ).toEqual({ known: false, values: [why] }),
  );

  test("a Pod in its Node's network, one that does not run, one that is not there", async () => {
    const fake = printing(cluster(), () => TABLES);
    const containers = [{ name: 'shell', image: 'curl' }];
    fake.add('Pod', BORROWED, 'host', { spec: { hostNetwork: true, containers } });
    fake.add('Pod', BORROWED, 'new', { spec: { containers }, status: { phase: 'Pending' } });
    expect(await look(fake, 'pod/host.route', 'pod/new.route', 'pod/gone.route')).toMatchObject([
      { known: false, values: ["it has its Node's network (hostNetwork)"] },
      { known: false, values: ['no container of it is running'] },
      { known: false, values: ['not there yet'] },
    ]);
  });
});

describe('cluster.path', () => {
  /** A second Pod, on the second Node. */
  function twoPods(fake: FakeCluster, address = '10.0.1.7'): FakeCluster {
    fake.add('Pod', BORROWED, 'peer', {
      spec: { nodeName: 'node-2', containers: [] },
      status: { phase: 'Pending', podIP: address },
    });
    return fake;
  }
  const SUGGESTION =
    'Pod web: MTU 1450 is 1500 - 50, as for VXLAN, which suggests that packets for other Nodes are wrapped.';

  test('a network that says how, the Nodes of two Pods, and what the MTU suggests', async () => {
    const fake = printing(twoPods(cluster()), () => TABLES);
    fake.add('DaemonSet', 'kube-system', 'weave-net');
    const { known, values } = await one(fake, 'cluster.path');
    expect(known).toBe(true);
    expect(values).toEqual([
      expect.stringMatching(/^Weave wraps packets/),
      'Packets for Pods in 10.0.1.0/24 go from Node node-1 (192.0.2.1) to Node node-2 (192.0.2.2).',
      SUGGESTION,
    ]);
  });

  test('an unknown network: the MTU still suggests something', async () => {
    const { known, values } = await one(
      printing(cluster(), () => TABLES),
      'cluster.path',
    );
    expect(known).toBe(true);
    expect(values).toEqual([expect.stringMatching(/does not say who it is/), SUGGESTION]);
  });

  test('a Pod that goes is no example', async () => {
    const fake = printing(cluster(), () => TABLES);
    fake.add('Pod', BORROWED, 'a-helper', {
      metadata: { name: 'a-helper', deletionTimestamp: '2026-01-01T00:00:00Z' },
      spec: { nodeName: 'node-2', containers: [{ name: 'shell', image: 'curl' }] },
      status: {
        phase: 'Running',
        podIP: '10.0.1.8',
        containerStatuses: [{ name: 'shell', state: { running: {} } }],
      },
    });
    const { values } = await one(fake, 'cluster.path');
    expect(values).toEqual([expect.stringMatching(/does not say who it is/), SUGGESTION]);
  });

  test('addresses outside the subnets that Nodes name: the Pod is named instead', async () => {
    const { values } = await one(twoPods(cluster(), '10.9.9.9'), 'cluster.path');
    expect(values).toContain(
      'Packets for 10.9.9.9 (Pod peer) go from Node node-1 (192.0.2.1) to Node node-2 (192.0.2.2).',
    );
  });

  test('an unknown network and no MTU: unknown, and why', async () => {
    const { known, values } = await one(
      printing(cluster(), () => undefined),
      'cluster.path',
    );
    expect(known).toBe(false);
    expect(values.at(-1)).toBe('The MTU of Pod web could not be read: no such program: sh.');
  });

  test('Pods hidden', async () => {
    const fake = cluster();
    fake.add('DaemonSet', 'kube-system', 'weave-net');
    fake.before = ({ path }) => (path.endsWith('/pods') ? forbidden('list', 'pods') : undefined);
    const { known, values } = await one(fake, 'cluster.path');
    expect(known).toBe(true);
    expect(values.at(-1)).toMatch(/^No running Pod/);
  });

  test('one Node', async () => {
    const fake = cluster();
    fake.remove('Node', undefined, 'node-2');
    expect((await one(fake, 'cluster.path')).values).toContain(
      'There is one Node only, node-1: no packet of a Pod has to travel to another.',
    );
  });

  test("Cilium's Pods keep their MTU", async () => {
    const fake = printing(cluster(), () => TABLES);
    fake.add('DaemonSet', 'kube-system', 'cilium');
    expect((await one(fake, 'cluster.path')).values.at(-1)).toMatch(/says nothing about wrapping/);
  });
});

describe('whether the cluster runs a network', () => {
  test.each([
    ['kube-flannel-ds', ['yes', 'no', 'no']],
    ['calico-node', ['no', 'no', 'yes']],
    ['kindnet', ['no', 'no', 'no']],
  ])('%s', async (set, answers) => {
    const fake = cluster();
    fake.add('DaemonSet', 'kube-system', set);
    const facts = await look(fake, 'cluster.flannel', 'cluster.gce', 'cluster.calico');
    expect(facts.map(({ values }) => /^(yes|no)\b/.exec(values[0] ?? '')?.[0])).toEqual(answers);
    for (const { known, values } of facts) {
      expect(known).toBe(true);
      expect(values[0]).toContain(`(DaemonSet ${set} in namespace kube-system)`);
    }
    expect(fake.requests.filter((request) => request.endsWith('daemonsets'))).toHaveLength(1);
  });

  test('nothing to go by', async () => {
    expect(await one(cluster(), 'cluster.flannel')).toEqual({
      known: false,
      values: ['no known network has left a trace in the API'],
    });
  });
});

describe("a Pod's subnet", () => {
  test.each([
    [
      'the one of several that holds it',
      ['fd00::/64', '10.0.0.0/24'],
      /^10\.0\.0\.0\/24, the subnet of Node node-1$/,
    ],
    [
      'none that holds it',
      ['10.9.0.0/24'],
      /^10\.0\.0\.5 lies outside 10\.9\.0\.0\/24, which Node node-1 names/,
    ],
    ['none at all', [], /^Node node-1 names no subnet/],
  ])('%s', async (_, subnets, expected) => {
    const { known, values } = await one(cluster(subnets), 'pod/web.subnet');
    expect(known).toBe(true);
    expect(values[0]).toMatch(expected);
  });
});

describe('unknown', () => {
  test.each(['pod/gone.ip', 'pod/gone.node', 'pod/gone.phase', 'pod/gone.subnet', 'container/gone:shell.ip'])(
    '%s: a Pod that is not there',
    async (text) => expect(await one(cluster(), text)).toEqual({ known: false, values: ['not there yet'] }),
  );

  test('a Pod without an address or a node yet', async () => {
    const fake = cluster();
    fake.add('Pod', BORROWED, 'new', {
      status: { phase: 'Pending' },
      spec: { containers: [], nodeName: undefined },
    });
    expect(await look(fake, 'pod/new.ip', 'pod/new.node', 'pod/new.subnet', 'pod/new.phase')).toMatchObject([
      { known: false, values: ['none yet'] },
      { known: false, values: ['none yet'] },
      { known: false, values: ['no address yet'] },
      { known: true, values: ['Pending'] },
    ]);
  });

  test('not permitted: the missing right is named, and the other facts are shown all the same', async () => {
    const fake = cluster();
    fake.before = ({ path }) => (path === '/api/v1/nodes' ? forbidden('list', 'nodes') : undefined);
    const facts = await look(fake, 'nodes.addresses', 'cluster.nodes', 'pod/web.subnet', 'pod/web.ip');
    expect(facts.map((fact) => fact.known)).toEqual([false, false, false, true]);
    for (const { values } of facts.slice(0, 3))
      expect(values).toEqual([expect.stringMatching(/^you may not: list nodes/)]);
  });

  test('the connection is lost', async () => {
    const fake = cluster();
    fake.before = () => {
      throw cut();
    };
    expect(await one(fake, 'pod/web.ip')).toEqual({ known: false, values: ['read ECONNRESET'] });
  });

  test('a container that does not answer', async () => {
    const { known, values } = await one(cluster(), 'container/web:shell.ip');
    expect(known).toBe(false);
    expect(values[0]).not.toBe('');
  });

  test('a bug of ours is not swallowed', async () => {
    const fake = cluster();
    fake.before = () => {
      throw new TypeError('ours');
    };
    await expect(look(fake, 'pod/web.ip')).rejects.toThrow('ours');
  });
});

test('Nodes are read once for a whole page, and a Pod once', async () => {
  const fake = cluster();
  await look(fake, 'cluster.nodes', 'nodes.addresses', 'nodes.subnets', 'pod/web.ip', 'pod/web.subnet');
  expect([...fake.requests].sort()).toEqual(['GET /api/v1/namespaces/lab/pods/web', 'GET /api/v1/nodes']);
});

test('a Pod is asked for its way out once for a whole page', async () => {
  let asked = 0;
  const fake = printing(cluster(), () => {
    asked++;
    return TABLES;
  });
  await look(fake, 'pod/web.route', 'cluster.path', 'pod/web.route');
  expect(asked).toBe(1);
});

test('each fact has its full name, and a kubectl line that shows the same', async () => {
  const facts = await look(cluster(), 'pod/web.ip', 'nodes.subnets', 'container/web:shell.ip');
  expect(facts.map((fact) => fact.name)).toEqual(['pod/web.ip', 'nodes.subnets', 'container/web:shell.ip']);
  expect(facts[0]?.command).toBe('kubectl -n lab get pod web -o wide');
  for (const { command, origin } of facts) {
    expect(command).toMatch(/^kubectl /);
    expect(origin).toBe('measured');
  }
});
