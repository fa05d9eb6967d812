import { expect, test } from 'vitest';
import { TestCluster } from './support/cluster.ts';

const PODS = 300;
const NODES = 100;

test('hundreds of Pods on a hundred Nodes come up together, evenly spread, and leave no timer each', async () => {
  const nodes = Array.from({ length: NODES }, (_, index) => ({
    name: `node-${index}`,
    internalIP: `10.128.1.${index}`,
    externalIP: `203.0.113.${index}`,
    podCIDR: `10.1.${index}.0/24`,
    zone: 'us-central1-a',
  }));
  const cluster = await TestCluster.ready({ nodes });
  const timers = cluster.clock.waiting;
  for (let index = 0; index < PODS; index++)
    cluster.create(`p-${index}`, { containers: [{ name: 'c', image: 'nginx:1' }] });
  await cluster.clock.advance(5_000);
  for (let index = 0; index < PODS; index++) expect(cluster.condition(`p-${index}`, 'Ready')).toBe('True');
  const perNode = new Map<string, number>();
  for (let index = 0; index < PODS; index++) {
    const { nodeName = '' } = cluster.pod(`p-${index}`).spec;
    perNode.set(nodeName, (perNode.get(nodeName) ?? 0) + 1);
  }
  expect(new Set(perNode.values())).toEqual(new Set([PODS / NODES]));
  expect(cluster.clock.waiting).toBeLessThanOrEqual(timers + 1);
  await cluster.stop();
});
