import { beforeAll, describe, expect, test } from 'vitest';
import type { Lesson } from '../../src/lesson/lesson.ts';
import { type FactReference, parseFact } from '../../src/lesson/fact-reference.ts';
import { type Fact, lookUpFacts } from '../../src/tutor/facts.ts';
import { checkContext } from '../../src/tutor/step.ts';
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

test('each fact has its full name, and a kubectl line that shows the same', async () => {
  const facts = await look(cluster(), 'pod/web.ip', 'nodes.subnets', 'container/web:shell.ip');
  expect(facts.map((fact) => fact.name)).toEqual(['pod/web.ip', 'nodes.subnets', 'container/web:shell.ip']);
  expect(facts[0]?.command).toBe('kubectl -n lab get pod web -o wide');
  for (const { command, origin } of facts) {
    expect(command).toMatch(/^kubectl /);
    expect(origin).toBe('measured');
  }
});
