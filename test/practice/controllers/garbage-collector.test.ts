import { afterEach, beforeEach, expect, test } from 'vitest';
import { CONFIG_MAPS, DEPLOYMENTS, PODS, REPLICA_SETS } from '../../../src/practice/api/registry.ts';
import type { TestCluster } from './support/cluster.ts';
import { createDeployment, pods, replicaSets, workloadCluster } from './support/workloads.ts';

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await workloadCluster();
});
afterEach(() => cluster.stop());

const settle = (): Promise<void> => cluster.clock.advance(60_000);

test('background: the Deployment goes at once, and what it owned after it', async () => {
  createDeployment(cluster);
  await settle();
  cluster.registry.delete(DEPLOYMENTS, 'default', 'web', { propagationPolicy: 'Background' });
  expect(cluster.registry.find(DEPLOYMENTS, 'default', 'web')).toBeUndefined();
  await settle();
  expect(replicaSets(cluster)).toEqual([]);
  expect(cluster.registry.list(PODS)).toEqual([]);
});

test('foreground: it goes when all that it owned is gone, from the Pods on', async () => {
  createDeployment(cluster);
  await settle();
  const gone: string[] = [];
  const stops = [DEPLOYMENTS, REPLICA_SETS, PODS].map((resource) =>
    cluster.registry.follow(resource, ({ type, object }) => {
      if (type === 'DELETED') gone.push(object.kind);
    }),
  );
  cluster.registry.delete(DEPLOYMENTS, 'default', 'web', { propagationPolicy: 'Foreground' });
  expect(cluster.registry.get(DEPLOYMENTS, 'default', 'web').metadata).toMatchObject({
    finalizers: ['foregroundDeletion'],
    deletionTimestamp: expect.any(String),
  });
  await settle();
  for (const stop of stops) stop();
  expect(gone).toEqual(['Pod', 'Pod', 'ReplicaSet', 'Deployment']);
});

test('orphan: what it owned stays, and belongs to nobody', async () => {
  createDeployment(cluster);
  await settle();
  const before = pods(cluster).map(({ metadata }) => metadata.name);
  cluster.registry.delete(DEPLOYMENTS, 'default', 'web', { propagationPolicy: 'Orphan' });
  await settle();
  expect(cluster.registry.find(DEPLOYMENTS, 'default', 'web')).toBeUndefined();
  expect(replicaSets(cluster)).toMatchObject([{ metadata: { labels: { app: 'web' } } }]);
  expect(replicaSets(cluster)[0]!.metadata.ownerReferences).toBeUndefined();
  expect(pods(cluster).map(({ metadata }) => metadata.name)).toEqual(before);
  createDeployment(cluster);
  await settle();
  expect(replicaSets(cluster)).toMatchObject([{ metadata: { ownerReferences: [{ kind: 'Deployment' }] } }]);
  expect(pods(cluster).map(({ metadata }) => metadata.name)).toEqual(before);
});

test('the old way to orphan: orphanDependents', async () => {
  createDeployment(cluster);
  await settle();
  cluster.registry.delete(DEPLOYMENTS, 'default', 'web', { orphanDependents: true });
  await settle();
  expect(replicaSets(cluster)).toHaveLength(1);
});

function configMap(name: string, owners: object[] = []): string {
  const { metadata } = cluster.registry.create(CONFIG_MAPS, 'default', {
    metadata: { name, ownerReferences: owners },
  });
  return metadata.uid;
}
const owner = (name: string, uid: string): object => ({ apiVersion: 'v1', kind: 'ConfigMap', name, uid });
const isThere = (name: string): boolean => cluster.registry.find(CONFIG_MAPS, 'default', name) !== undefined;

test.each([
  { what: 'nobody of that name', reference: () => owner('none', 'x'), stays: false },
  { what: 'one of that name, but not that one', reference: () => owner('a', 'x'), stays: false },
  { what: 'one that is there', reference: (uid: string) => owner('a', uid), stays: true },
  {
    what: 'something of a kind that is not known',
    reference: () => ({ apiVersion: 'example.com/v1', kind: 'Thing', name: 'a', uid: 'x' }),
    stays: true,
  },
])('what belongs to $what stays: $stays', async ({ reference, stays }) => {
  const uid = configMap('a');
  configMap('b', [reference(uid)]);
  await settle();
  expect(isThere('b')).toBe(stays);
});

test('of two owners the last one takes it along', async () => {
  const [a, b] = [configMap('a'), configMap('b')];
  configMap('c', [owner('a', a), owner('b', b)]);
  cluster.registry.delete(CONFIG_MAPS, 'default', 'a');
  await settle();
  expect(cluster.registry.get(CONFIG_MAPS, 'default', 'c').metadata.ownerReferences).toEqual([owner('b', b)]);
  cluster.registry.delete(CONFIG_MAPS, 'default', 'b');
  await settle();
  expect(isThere('c')).toBe(false);
});

test('a cascade that a power cut ended is carried on', async () => {
  createDeployment(cluster);
  await settle();
  await cluster.controllers.stop();
  cluster.registry.delete(DEPLOYMENTS, 'default', 'web');
  cluster.start();
  await settle();
  expect(replicaSets(cluster)).toEqual([]);
});
