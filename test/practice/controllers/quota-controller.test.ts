import { afterEach, beforeEach, expect, test } from 'vitest';
import { NAMESPACES, PODS, RESOURCE_QUOTAS } from '../../../src/practice/api/registry.ts';
import { TestCluster } from './support/cluster.ts';

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await TestCluster.ready();
});
afterEach(() => cluster.stop());

const containers = [
  { name: 'c', image: 'nginx', command: ['sleep'], resources: { requests: { cpu: '100m' } } },
];

function quota(hard: Record<string, string>): void {
  cluster.registry.create(RESOURCE_QUOTAS, 'default', { metadata: { name: 'q' }, spec: { hard } });
}

async function status(): Promise<unknown> {
  await cluster.clock.advance(0);
  return cluster.registry.get(RESOURCE_QUOTAS, 'default', 'q')['status'];
}

test('the status of a quota follows the Pods, from their creation to their end', async () => {
  const hard = { pods: '5', 'count/pods': '5', 'requests.cpu': '1' };
  quota(hard);
  expect(await status()).toEqual({ hard, used: { pods: '0', 'count/pods': '0', 'requests.cpu': '0' } });
  for (const name of ['a', 'b', 'c']) cluster.create(name, { containers });
  expect(await status()).toEqual({ hard, used: { pods: '3', 'count/pods': '3', 'requests.cpu': '300m' } });
  cluster.registry.updateStatus(PODS, 'default', 'a', () => ({ phase: 'Failed' }));
  expect(await status()).toMatchObject({ used: { pods: '2', 'count/pods': '3', 'requests.cpu': '200m' } });
  cluster.delete('a', 0);
  cluster.delete('b', 0);
  expect(await status()).toMatchObject({ used: { pods: '1', 'count/pods': '1', 'requests.cpu': '100m' } });
});

test('another limit is in the status at once, and what nothing changes is not written again', async () => {
  quota({ pods: '5' });
  await status();
  const { resourceVersion } = cluster.registry.get(RESOURCE_QUOTAS, 'default', 'q').metadata;
  cluster.registry.updateStatus(RESOURCE_QUOTAS, 'default', 'q', (status) => status);
  await status();
  expect(cluster.registry.get(RESOURCE_QUOTAS, 'default', 'q').metadata.resourceVersion).toBe(
    resourceVersion,
  );
  const changed = cluster.registry.get(RESOURCE_QUOTAS, 'default', 'q');
  cluster.registry.update(RESOURCE_QUOTAS, 'default', 'q', { ...changed, spec: { hard: { pods: '1' } } });
  expect(await status()).toEqual({ hard: { pods: '1' }, used: { pods: '0' } });
});

test('Pods whose Node is lost cease to count some minutes after they should be gone', async () => {
  quota({ pods: '5' });
  cluster.controllers.stopNode('node-1');
  for (const name of ['a', 'b']) {
    cluster.create(name, { containers, nodeName: 'node-1' });
    cluster.delete(name, 30);
    expect(await status()).toMatchObject({ used: { pods: '1' } });
    await cluster.clock.advance(6 * 60_000);
    expect(await status()).toMatchObject({ used: { pods: '0' } });
  }
});

test('a quota goes with its namespace', async () => {
  cluster.registry.create(NAMESPACES, undefined, { metadata: { name: 'space' } });
  await cluster.clock.advance(50);
  cluster.registry.create(RESOURCE_QUOTAS, 'space', {
    metadata: { name: 'q' },
    spec: { hard: { pods: '1' } },
  });
  cluster.registry.delete(NAMESPACES, undefined, 'space');
  await cluster.clock.advance(1_000);
  expect(cluster.registry.find(NAMESPACES, undefined, 'space')).toBeUndefined();
  expect(cluster.registry.list(RESOURCE_QUOTAS)).toEqual([]);
});
