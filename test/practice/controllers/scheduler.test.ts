import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EVENTS, NODES } from '../../../src/practice/api/registry.ts';
import type { KubernetesObject } from '../../../src/practice/api/object.ts';
import type { Affinity, PodSpec } from '../../../src/practice/controllers/pod.ts';
import { refusalMessage } from '../../../src/practice/controllers/scheduler.ts';
import { TestCluster } from './support/cluster.ts';

let cluster: TestCluster;
beforeEach(async () => void (cluster = await TestCluster.ready()));
afterEach(() => cluster.stop());

const CONTAINERS: PodSpec['containers'] = [{ name: 'c', image: 'nginx:1' }];

const place = async (name: string, spec: Partial<PodSpec> = {}, labels = {}): Promise<string | undefined> => {
  cluster.create(name, { containers: CONTAINERS, ...spec }, { labels });
  await cluster.clock.advance(0);
  return cluster.pod(name).spec.nodeName;
};
const change = (
  name: string,
  edit: (node: KubernetesObject & { spec: Record<string, unknown> }) => void,
): void => {
  const node = structuredClone(cluster.registry.get(NODES, undefined, name)) as KubernetesObject & {
    spec: Record<string, unknown>;
  };
  edit(node);
  cluster.registry.update(NODES, undefined, name, node);
};
const taint = (name: string, effect: string): void =>
  change(name, (node) => (node.spec['taints'] = [{ key: 'k', value: 'v', effect }]));
const message = (name: string): string | undefined =>
  cluster.pod(name).status?.conditions?.find(({ type }) => type === 'PodScheduled')?.message;
const request = (cpu: string): PodSpec['containers'] => [
  { name: 'c', image: 'nginx:1', resources: { requests: { cpu } } },
];
const TAIL = 'no new claims to deallocate, preemption: 0/3 nodes are available:';
const UNHELPFUL = `${TAIL} 3 Preemption is not helpful for scheduling.`;
const NO_VICTIMS = `${TAIL} 3 No preemption victims found for incoming pod.`;

test('Pods spread over the Nodes', async () => {
  const counts = new Map<string | undefined, number>();
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
    const node = await place(name);
    counts.set(node, (counts.get(node) ?? 0) + 1);
  }
  expect(Object.fromEntries(counts)).toEqual({ 'node-1': 2, 'node-2': 2, 'node-3': 2 });
});

describe('refusals, in the words of Kubernetes 1.34', () => {
  const hostPort: PodSpec['containers'] = [
    { name: 'c', image: 'nginx:1', ports: [{ containerPort: 80, hostPort: 8080 }] },
  ];
  const cases: { what: string; prepare(): void | Promise<unknown>; spec: Partial<PodSpec>; says: string }[] =
    [
      {
        what: 'a label that no Node has',
        prepare: () => undefined,
        spec: { nodeSelector: { disk: 'ssd' } },
        says: `0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector. ${UNHELPFUL}`,
      },
      {
        what: 'taints',
        prepare: () => [1, 2, 3].forEach((number) => taint(`node-${number}`, 'NoSchedule')),
        spec: {},
        says: `0/3 nodes are available: 3 node(s) had untolerated taint {k: v}. ${UNHELPFUL}`,
      },
      {
        what: 'cordoned Nodes, and others',
        prepare: () => {
          change('node-1', ({ spec }) => (spec['unschedulable'] = true));
          taint('node-2', 'NoExecute');
        },
        spec: { nodeSelector: { disk: 'ssd' } },
        says: `0/3 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) had untolerated taint {k: v}, 1 node(s) were unschedulable. ${UNHELPFUL}`,
      },
      {
        what: 'more CPU than any Node has',
        prepare: () => undefined,
        spec: { containers: request('3') },
        says: `0/3 nodes are available: 3 Insufficient cpu. ${UNHELPFUL}`,
      },
      {
        what: 'more CPU than is left',
        prepare: async () => {
          for (const name of ['a', 'b', 'c']) await place(name, { containers: request('1500m') });
        },
        spec: { containers: request('600m') },
        says: `0/3 nodes are available: 3 Insufficient cpu. ${NO_VICTIMS}`,
      },
      {
        what: 'a host port that is taken',
        prepare: async () => {
          for (const name of ['a', 'b', 'c']) await place(name, { containers: hostPort });
        },
        spec: { containers: hostPort },
        says: `0/3 nodes are available: 3 node(s) didn't have free ports for the requested pod ports. ${NO_VICTIMS}`,
      },
      {
        what: 'company that is not there',
        prepare: () => undefined,
        spec: { affinity: { podAffinity: required({ app: 'db' }) } },
        says: `0/3 nodes are available: 3 node(s) didn't match pod affinity rules. ${UNHELPFUL}`,
      },
      {
        what: 'company it does not want',
        prepare: async () => {
          for (const name of ['a', 'b', 'c']) await place(name, {}, { app: 'noisy' });
        },
        spec: { affinity: { podAntiAffinity: required({ app: 'noisy' }) } },
        says: `0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules. ${NO_VICTIMS}`,
      },
      {
        what: 'company that does not want it',
        prepare: async () => {
          const affinity = { podAntiAffinity: required({ app: 'pending' }) };
          for (const name of ['a', 'b', 'c']) await place(name, { affinity });
        },
        spec: {},
        says: `0/3 nodes are available: 3 node(s) didn't satisfy existing pods anti-affinity rules. ${NO_VICTIMS}`,
      },
    ];
  test.each(cases)('$what', async ({ prepare, spec, says }) => {
    await prepare();
    expect(await place('pending', spec, { app: 'pending' })).toBeUndefined();
    expect(message('pending')).toBe(says);
    expect(cluster.pod('pending').status).toMatchObject({
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', observedGeneration: 1 }],
    });
    expect(cluster.events('pending')).toEqual([`Warning FailedScheduling ${says}`]);
  });

  test('no Nodes at all', () => expect(refusalMessage([])).toBe('no nodes available to schedule pods'));
});

function required(matchLabels: Record<string, string>): NonNullable<Affinity['podAffinity']> {
  const term = { labelSelector: { matchLabels }, topologyKey: 'kubernetes.io/hostname' };
  return { requiredDuringSchedulingIgnoredDuringExecution: [term] };
}

describe('what leads a Pod to a Node', () => {
  test('nodeName, whatever the scheduler thinks of it', async () => {
    taint('node-3', 'NoSchedule');
    expect(await place('web', { nodeName: 'node-3' })).toBe('node-3');
    await cluster.untilRunning('web');
    expect(cluster.events('web').join()).not.toContain('Scheduled');
  });

  test('tolerations', async () => {
    for (const number of [1, 2, 3]) taint(`node-${number}`, 'NoSchedule');
    expect(await place('a', { tolerations: [{ key: 'k', value: 'v', effect: 'NoSchedule' }] })).toBeDefined();
    expect(await place('b', { tolerations: [{ operator: 'Exists' }] })).toBeDefined();
    expect(await place('c', { tolerations: [{ key: 'k', value: 'w' }] })).toBeUndefined();
  });

  test('a taint that is only a preference', async () => {
    taint('node-1', 'PreferNoSchedule');
    taint('node-2', 'PreferNoSchedule');
    expect(await place('a')).toBe('node-3');
  });

  test('node affinity: required terms, then the heaviest preference', async () => {
    const hostname = (operator: string, ...values: string[]): object => ({
      matchExpressions: [{ key: 'kubernetes.io/hostname', operator, values }],
    });
    const nodeAffinity = {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [hostname('NotIn', 'node-2')] },
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 5, preference: hostname('In', 'node-1') },
        { weight: 50, preference: hostname('In', 'node-3') },
      ],
    };
    for (const name of ['a', 'b', 'c'])
      expect(await place(name, { affinity: { nodeAffinity } })).toBe('node-3');
  });

  test('preferred anti-affinity, as the observers of the lesson have it', async () => {
    const term = {
      labelSelector: { matchLabels: { app: 'observer' } },
      topologyKey: 'kubernetes.io/hostname',
    };
    const affinity = {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }],
      },
    };
    const labels = { app: 'observer' };
    const nodes = [];
    for (const name of ['a', 'b', 'c', 'd']) nodes.push(await place(name, { affinity }, labels));
    expect(new Set(nodes.slice(0, 3)).size).toBe(3);
    expect(nodes[3]).toBeDefined();
  });

  test('required affinity: the first of a group goes anywhere, the others follow', async () => {
    const affinity = { podAffinity: required({ app: 'group' }) };
    const first = await place('a', { affinity }, { app: 'group' });
    expect(first).toBeDefined();
    for (const name of ['b', 'c']) expect(await place(name, { affinity }, { app: 'group' })).toBe(first);
  });
});

describe('topology spread constraints', () => {
  const spread = (
    whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway',
    key = 'kubernetes.io/hostname',
  ): Partial<PodSpec> => ({
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: key, whenUnsatisfiable, labelSelector: { matchLabels: { app: 'web' } } },
    ],
  });
  const labels = { app: 'web' };

  test('hold Pods back that would make the skew too great', async () => {
    for (const number of [2, 3]) change(`node-${number}`, ({ spec }) => (spec['unschedulable'] = true));
    expect(await place('a', spread('DoNotSchedule'), labels)).toBe('node-1');
    expect(await place('b', spread('DoNotSchedule'), labels)).toBeUndefined();
    expect(message('b')).toBe(
      `0/3 nodes are available: 1 node(s) didn't match pod topology spread constraints, 2 node(s) were unschedulable. ${TAIL} 1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.`,
    );
    expect(await place('c', spread('DoNotSchedule'), { app: 'other' })).toBe('node-1');
  });

  test('or only prefer the emptier places', async () => {
    for (const name of ['a', 'b']) await place(name, { nodeName: 'node-1' }, labels);
    for (const name of ['x', 'y', 'z']) await place(name, { nodeName: 'node-2' });
    await place('w', { nodeName: 'node-3' }, labels);
    expect(await place('c', spread('ScheduleAnyway'), labels)).toBe('node-2');
  });

  test('ask for a label that every Node has', async () => {
    expect(await place('a', spread('DoNotSchedule', 'rack'), labels)).toBeUndefined();
    expect(message('a')).toContain(
      "3 node(s) didn't match pod topology spread constraints (missing required label).",
    );
  });
});

describe('a Pod that fits nowhere is tried again', () => {
  test('when a Node changes', async () => {
    expect(await place('web', { nodeSelector: { disk: 'ssd' } })).toBeUndefined();
    change('node-2', ({ metadata }) => (metadata.labels = { ...metadata.labels, disk: 'ssd' }));
    await cluster.clock.advance(0);
    expect(cluster.pod('web').spec.nodeName).toBe('node-2');
    await cluster.untilRunning('web');
    expect(cluster.condition('web', 'PodScheduled')).toBe('True');
  });

  test('when another Pod goes', async () => {
    for (const name of ['a', 'b', 'c']) await place(name, { containers: request('2') });
    expect(await place('d', { containers: request('1') })).toBeUndefined();
    await cluster.untilRunning('c');
    cluster.delete('b');
    await cluster.clock.advance(100);
    expect(cluster.pod('d').spec.nodeName).toBeDefined();
  });

  test('when a Pod came that it wants to be near, not when any other came', async () => {
    const affinity = { podAffinity: required({ app: 'cache' }) };
    expect(await place('near', { affinity })).toBeUndefined();
    expect(await place('big', { containers: request('100') })).toBeUndefined();
    const node = await place('cache', {}, { app: 'cache' });
    await cluster.clock.advance(100);
    expect(cluster.pod('near').spec.nodeName).toBe(node);
    // More tries would be a series.
    const tried = cluster.registry.list(EVENTS).find(({ metadata }) => metadata.name.startsWith('big.'));
    expect(tried).toMatchObject({ reason: 'FailedScheduling' });
    expect(tried?.['series']).toBeUndefined();
  });

  test('not when its own status was written: that would never end', async () => {
    await place('web', { nodeSelector: { disk: 'ssd' } });
    await cluster.clock.advance(600_000);
    expect(cluster.events('web')).toHaveLength(1);
  });
});

test('Pods with scheduling gates wait until they are open', async () => {
  expect(await place('web', { schedulingGates: [{ name: 'example.com/gate' }] })).toBeUndefined();
  expect(cluster.events('web')).toEqual([]);
});

test('Pods of another scheduler wait for it', async () => {
  expect(await place('web', { schedulerName: 'mine' })).toBeUndefined();
  expect(cluster.events('web')).toEqual([]);
});
