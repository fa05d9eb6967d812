import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NAMESPACES, PODS, REPLICA_SETS, RESOURCE_QUOTAS } from '../../../src/practice/api/registry.ts';
import { asReplicaSet, type ReplicaSet } from '../../../src/practice/api/resources/workload.ts';
import type { TestCluster } from './support/cluster.ts';
import { createReplicaSet, pods, template, workloadCluster } from './support/workloads.ts';

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await workloadCluster();
});
afterEach(() => cluster.stop());

const settle = (): Promise<void> => cluster.clock.advance(60_000);
const replicaSet = (): ReplicaSet => asReplicaSet(cluster.registry.get(REPLICA_SETS, 'default', 'web'));
const names = (): string[] => pods(cluster).map(({ metadata }) => metadata.name);

function change(spec: object): void {
  const before = replicaSet();
  cluster.registry.update(REPLICA_SETS, 'default', 'web', { ...before, spec: { ...before.spec, ...spec } });
}

test('it makes the Pods that it asks for, and again what somebody deletes', async () => {
  createReplicaSet(cluster);
  await settle();
  const [first] = pods(cluster);
  expect(first).toMatchObject({
    metadata: {
      generateName: 'web-',
      labels: { app: 'web' },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: 'web',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
  });
  expect(replicaSet().status).toEqual({
    replicas: 2,
    fullyLabeledReplicas: 2,
    readyReplicas: 2,
    availableReplicas: 2,
    observedGeneration: 1,
  });
  expect(cluster.events('web').sort()).toEqual(
    names()
      .map((name) => `Normal SuccessfulCreate Created pod: ${name}`)
      .sort(),
  );
  cluster.delete(first!.metadata.name);
  await settle();
  expect(names()).toHaveLength(2);
  expect(names()).not.toContain(first!.metadata.name);
});

test('a Pod that nobody looks after is taken in, one whose label is changed let go and replaced', async () => {
  cluster.create(
    'stray',
    { containers: [{ name: 'c', image: 'nginx', command: ['sleep'] }] },
    { labels: { app: 'web' } },
  );
  createReplicaSet(cluster);
  await settle();
  expect(names()).toHaveLength(2);
  expect(cluster.pod('stray').metadata.ownerReferences).toMatchObject([{ kind: 'ReplicaSet', name: 'web' }]);
  const stray = cluster.pod('stray');
  cluster.registry.update(PODS, 'default', 'stray', {
    ...stray,
    metadata: { ...stray.metadata, labels: { app: 'x' } },
  });
  await settle();
  expect(cluster.pod('stray').metadata.ownerReferences).toBeUndefined();
  expect(names()).toHaveLength(3);
  expect(replicaSet().status.replicas).toBe(2);
});

test('a Pod counts as available when it has been ready for minReadySeconds', async () => {
  createReplicaSet(cluster, { minReadySeconds: 20 });
  await cluster.clock.until(() => replicaSet().status.readyReplicas === 2);
  await cluster.clock.advance(15_000);
  expect(replicaSet().status).not.toHaveProperty('availableReplicas');
  await cluster.clock.advance(10_000);
  expect(replicaSet().status.availableReplicas).toBe(2);
});

test('scaled down, it ends what serves least first', async () => {
  createReplicaSet(cluster, { replicas: 3 });
  await settle();
  const before = names();
  change({ template: template('nginx', { nodeSelector: { no: 'such' } }), replicas: 4 });
  await settle();
  expect(names()).toHaveLength(4);
  change({ replicas: 3 });
  await settle();
  expect(names()).toEqual(before);
  const dear = cluster.pod(before[1]!);
  const annotations = { 'controller.kubernetes.io/pod-deletion-cost': '-1' };
  cluster.registry.update(PODS, 'default', before[1]!, {
    ...dear,
    metadata: { ...dear.metadata, annotations },
  });
  change({ replicas: 2 });
  await settle();
  expect(names()).toEqual([before[0], before[2]]);
  expect(cluster.events('web')).toContain(`Normal SuccessfulDelete Deleted pod: ${before[1]}`);
});

describe('Pods that are refused', () => {
  test('by a quota: an event and a condition say so, and it tries again', async () => {
    cluster.registry.create(RESOURCE_QUOTAS, 'default', {
      metadata: { name: 'q' },
      spec: { hard: { pods: '1' } },
    });
    createReplicaSet(cluster);
    await cluster.clock.advance(100);
    expect(names()).toHaveLength(1);
    expect(cluster.events('web')).toContainEqual(
      expect.stringMatching(
        /^Warning FailedCreate Error creating: pods "web-\w{5}" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1$/,
      ),
    );
    expect(replicaSet().status.conditions).toMatchObject([
      {
        type: 'ReplicaFailure',
        status: 'True',
        reason: 'FailedCreate',
        message: expect.stringMatching(/^pods "web-/),
      },
    ]);
    cluster.registry.delete(RESOURCE_QUOTAS, 'default', 'q');
    await settle();
    expect(names()).toHaveLength(2);
    expect(replicaSet().status.conditions).toBeUndefined();
  });

  test('by Pod Security', async () => {
    const namespace = cluster.registry.get(NAMESPACES, undefined, 'default');
    const labels = { ...namespace.metadata.labels, 'pod-security.kubernetes.io/enforce': 'restricted' };
    cluster.registry.update(NAMESPACES, undefined, 'default', {
      ...namespace,
      metadata: { ...namespace.metadata, labels },
    });
    createReplicaSet(cluster);
    await cluster.clock.advance(100);
    expect(names()).toEqual([]);
    expect(cluster.events('web')[0]).toMatch(
      /^Warning FailedCreate Error creating: pods "web-\w{5}" is forbidden: violates PodSecurity "restricted:latest"/,
    );
  });
});

test('it goes with its namespace, and makes no Pods in one that goes', async () => {
  cluster.registry.create(NAMESPACES, undefined, { metadata: { name: 'space' } });
  await cluster.clock.advance(50);
  cluster.registry.create(REPLICA_SETS, 'space', {
    metadata: { name: 'web' },
    spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: template() },
  });
  await settle();
  expect(cluster.registry.list(PODS, 'space')).toHaveLength(2);
  cluster.registry.delete(NAMESPACES, undefined, 'space');
  await settle();
  expect(cluster.registry.find(NAMESPACES, undefined, 'space')).toBeUndefined();
  expect(cluster.registry.list(PODS)).toEqual([]);
});
