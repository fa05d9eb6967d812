import { expect, test } from 'vitest';
import { TestCluster } from './support/cluster.ts';

test('a thousand Pods on a hundred Nodes come up, with a few timers and no time lost', async () => {
  const nodes = Array.from({ length: 100 }, (_, index) => ({
    name: `node-${index}`,
    internalIP: `10.128.1.${index}`,
    externalIP: `203.0.113.${index}`,
    podCIDR: `10.1.${index}.0/24`,
    zone: 'us-central1-a',
  }));
  const cluster = await TestCluster.ready({ nodes });
  const timers = cluster.clock.waiting;
  const began = performance.now();
  for (let index = 0; index < 1_000; index++)
    cluster.create(`p-${index}`, { containers: [{ name: 'c', image: 'nginx:1' }] });
  await cluster.clock.advance(5_000);
  const up = performance.now();
  for (let index = 0; index < 1_000; index++) expect(cluster.condition(`p-${index}`, 'Ready')).toBe('True');
  expect(cluster.clock.waiting).toBeLessThanOrEqual(timers + 1);
  expect(up - began).toBeLessThan(10_000);
  await cluster.stop();
});
