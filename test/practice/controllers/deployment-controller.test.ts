import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DEPLOYMENTS, PODS, REPLICA_SETS } from '../../../src/practice/api/registry.ts';
import type { TestCluster } from './support/cluster.ts';
import {
  changeDeployment,
  condition,
  createDeployment,
  deployment,
  images,
  pods,
  replicaSets,
  template,
  workloadCluster,
} from './support/workloads.ts';

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await workloadCluster();
});
afterEach(() => cluster.stop());

const REVISION = 'deployment.kubernetes.io/revision';
/** No Node takes its Pods. */
const nowhere = template('nginx:1.27', { nodeSelector: { no: 'such' } });
const settle = (): Promise<void> => cluster.clock.advance(60_000);
const name = (): string => replicaSets(cluster)[0]!.metadata.name;

test('a Deployment has a ReplicaSet, that has Pods, and its status says so', async () => {
  createDeployment(cluster);
  await settle();
  const [replicaSet] = replicaSets(cluster);
  const hash = replicaSet!.metadata.labels!['pod-template-hash'];
  expect(replicaSet).toMatchObject({
    metadata: {
      name: `web-${hash}`,
      labels: { app: 'web', 'pod-template-hash': hash },
      annotations: {
        [REVISION]: '1',
        'deployment.kubernetes.io/desired-replicas': '2',
        'deployment.kubernetes.io/max-replicas': '3',
      },
      ownerReferences: [{ kind: 'Deployment', name: 'web', controller: true, blockOwnerDeletion: true }],
    },
    spec: { replicas: 2, selector: { matchLabels: { app: 'web', 'pod-template-hash': hash } } },
  });
  expect(pods(cluster).map(({ metadata }) => metadata.labels)).toEqual([
    { app: 'web', 'pod-template-hash': hash },
    { app: 'web', 'pod-template-hash': hash },
  ]);
  expect(deployment(cluster)).toMatchObject({
    metadata: { generation: 1, annotations: { [REVISION]: '1' } },
    status: {
      observedGeneration: 1,
      replicas: 2,
      updatedReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 2,
    },
  });
  expect(condition(cluster, 'Available')).toBe(
    'True MinimumReplicasAvailable Deployment has minimum availability.',
  );
  expect(condition(cluster, 'Progressing')).toBe(
    `True NewReplicaSetAvailable ReplicaSet "${name()}" has successfully progressed.`,
  );
  expect(cluster.events('web')).toEqual([
    `Normal ScalingReplicaSet Scaled up replica set ${name()} from 0 to 2`,
  ]);
});

test('the same template gives the same hash, another one another', async () => {
  createDeployment(cluster);
  await settle();
  const first = name();
  cluster.registry.delete(DEPLOYMENTS, 'default', 'web');
  await settle();
  expect(replicaSets(cluster)).toEqual([]);
  createDeployment(cluster);
  await settle();
  expect(name()).toBe(first);
  changeDeployment(cluster, { template: template('nginx:1.27') });
  await settle();
  expect(new Set(replicaSets(cluster).map(({ metadata }) => metadata.name)).size).toBe(2);
});

describe('a rolling update', () => {
  test.each([
    { maxSurge: '25%', maxUnavailable: '25%', most: 5, least: 3 },
    { maxSurge: 0, maxUnavailable: 1, most: 4, least: 3 },
    { maxSurge: 2, maxUnavailable: 0, most: 6, least: 4 },
    { maxSurge: '100%', maxUnavailable: '50%', most: 8, least: 2 },
  ])(
    'keeps to maxSurge $maxSurge and maxUnavailable $maxUnavailable',
    async ({ maxSurge, maxUnavailable, most, least }) => {
      const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } };
      createDeployment(cluster, { replicas: 4, strategy });
      await settle();
      const counts: [all: number, ready: number][] = [];
      const stop = cluster.registry.follow(PODS, () => {
        const all = pods(cluster);
        counts.push([
          all.length,
          all.filter((pod) => cluster.condition(pod.metadata.name, 'Ready') === 'True').length,
        ]);
      });
      counts.length = 0;
      changeDeployment(cluster, { template: template('nginx:1.27') });
      await settle();
      stop();
      expect(images(cluster)).toEqual(Array.from({ length: 4 }, () => 'nginx:1.27'));
      expect(Math.max(...counts.map(([all]) => all))).toBe(most);
      expect(Math.min(...counts.map(([, ready]) => ready))).toBe(least);
      expect(
        replicaSets(cluster)
          .map(({ spec }) => spec.replicas)
          .sort((a, b) => a - b),
      ).toEqual([0, 4]);
    },
  );

  test('that cannot go on leaves what serves alone, and is said to have failed after its deadline', async () => {
    createDeployment(cluster, { progressDeadlineSeconds: 30 });
    await settle();
    changeDeployment(cluster, { template: nowhere });
    await cluster.clock.advance(20_000);
    expect(condition(cluster, 'Progressing')).toMatch(
      /^True ReplicaSetUpdated ReplicaSet "web-\w+" is progressing\.$/,
    );
    await settle();
    expect(condition(cluster, 'Progressing')).toMatch(
      /^False ProgressDeadlineExceeded ReplicaSet "web-\w+" has timed out progressing\.$/,
    );
    expect(images(cluster)).toEqual(['nginx', 'nginx', 'nginx:1.27']);
    changeDeployment(cluster, { template: template() });
    await settle();
    expect(images(cluster)).toEqual(['nginx', 'nginx']);
    expect(condition(cluster, 'Progressing')).toMatch(/^True NewReplicaSetAvailable /);
    expect(deployment(cluster).metadata.annotations).toEqual({ [REVISION]: '3' });
    expect(replicaSets(cluster).map(({ metadata }) => metadata.annotations)).toContainEqual(
      expect.objectContaining({ [REVISION]: '3', 'deployment.kubernetes.io/revision-history': '1' }),
    );
  });
});

test('Recreate makes no new Pod before the last old one is gone', async () => {
  createDeployment(cluster, { strategy: { type: 'Recreate' } });
  await settle();
  const seen = new Set<string>();
  const stop = cluster.registry.follow(PODS, () =>
    seen.add(
      [...new Set(cluster.registry.list(PODS, 'default').map((pod) => JSON.stringify(pod['spec'])))].filter(
        (spec) => spec.includes('1.27'),
      ).length > 0 &&
        cluster.registry.list(PODS, 'default').some((pod) => !JSON.stringify(pod['spec']).includes('1.27'))
        ? 'both'
        : 'one',
    ),
  );
  changeDeployment(cluster, { template: template('nginx:1.27') });
  await settle();
  stop();
  expect(images(cluster)).toEqual(['nginx:1.27', 'nginx:1.27']);
  expect([...seen]).toEqual(['one']);
});

test('scaling changes the ReplicaSet and is no rollout', async () => {
  createDeployment(cluster);
  await settle();
  changeDeployment(cluster, { replicas: 5 });
  await settle();
  expect(pods(cluster)).toHaveLength(5);
  changeDeployment(cluster, { replicas: 0 });
  await settle();
  expect(pods(cluster)).toHaveLength(0);
  expect(deployment(cluster).metadata.annotations).toEqual({ [REVISION]: '1' });
  expect(cluster.events('web')).toEqual([
    `Normal ScalingReplicaSet Scaled up replica set ${name()} from 0 to 2`,
    `Normal ScalingReplicaSet Scaled up replica set ${name()} from 2 to 5`,
    `Normal ScalingReplicaSet Scaled down replica set ${name()} from 5 to 0`,
  ]);
});

test('a rollout under way is scaled in proportion', async () => {
  createDeployment(cluster, {
    replicas: 10,
    strategy: { rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } },
  });
  await settle();
  changeDeployment(cluster, { template: nowhere });
  await settle();
  expect(
    replicaSets(cluster)
      .map(({ spec }) => spec.replicas)
      .sort((a, b) => a - b),
  ).toEqual([5, 8]);
  changeDeployment(cluster, { replicas: 15 });
  await cluster.clock.advance(100);
  expect(
    replicaSets(cluster)
      .map(({ spec }) => spec.replicas)
      .sort((a, b) => a - b),
  ).toEqual([7, 11]);
});

test('a paused one is scaled, but not rolled out, until it is resumed', async () => {
  createDeployment(cluster, { paused: false });
  await settle();
  changeDeployment(cluster, { paused: true, template: template('nginx:1.27') });
  await settle();
  expect(condition(cluster, 'Progressing')).toBe('Unknown DeploymentPaused Deployment is paused');
  changeDeployment(cluster, { replicas: 3 });
  await settle();
  expect(images(cluster)).toEqual(['nginx', 'nginx', 'nginx']);
  changeDeployment(cluster, { paused: false });
  await settle();
  expect(images(cluster)).toEqual(['nginx:1.27', 'nginx:1.27', 'nginx:1.27']);
});

test('of former ReplicaSets as many are kept as revisionHistoryLimit says', async () => {
  createDeployment(cluster, { revisionHistoryLimit: 1 });
  await settle();
  for (const image of ['nginx:1.25', 'nginx:1.26', 'nginx:1.27']) {
    changeDeployment(cluster, { template: template(image) });
    await settle();
  }
  expect(
    replicaSets(cluster)
      .map(({ metadata }) => Number(metadata.annotations?.[REVISION]))
      .sort((a, b) => a - b),
  ).toEqual([3, 4]);
});

test('the annotations of a Deployment are those of its newest ReplicaSet, and count as a generation', async () => {
  createDeployment(cluster);
  await settle();
  const before = deployment(cluster);
  const annotations = { ...before.metadata.annotations, note: 'hi' };
  cluster.registry.update(DEPLOYMENTS, 'default', 'web', {
    ...before,
    metadata: { ...before.metadata, annotations },
  });
  await settle();
  expect(deployment(cluster).metadata.generation).toBe(2);
  expect(deployment(cluster).status.observedGeneration).toBe(2);
  expect(replicaSets(cluster)[0]!.metadata.annotations).toMatchObject({ note: 'hi', [REVISION]: '1' });
});

test('it goes on after a power cut', async () => {
  createDeployment(cluster);
  await cluster.clock.advance(0);
  await cluster.restart();
  await settle();
  expect(pods(cluster)).toHaveLength(2);
  expect(condition(cluster, 'Available')).toMatch(/^True/);
  expect(cluster.registry.list(REPLICA_SETS)).toHaveLength(1);
});
