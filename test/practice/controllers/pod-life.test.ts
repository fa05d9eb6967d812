import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestCluster } from './support/cluster.ts';

let cluster: TestCluster;
beforeEach(async () => void (cluster = await TestCluster.ready()));
afterEach(() => cluster.stop());

test('a Pod is scheduled, pulled, started and ready; its events tell it in order', async () => {
  cluster.create('web', { containers: [{ name: 'nginx', image: 'nginx' }] });
  await cluster.clock.until(() => cluster.condition('web', 'Ready') === 'True', 2_000);
  const pod = cluster.pod('web');
  expect(cluster.events('web')).toEqual([
    `Normal Scheduled Successfully assigned default/web to ${pod.spec.nodeName}`,
    'Normal Pulling Pulling image "nginx"',
    'Normal Pulled Successfully pulled image "nginx" in 250ms (250ms including waiting). Image size: 1234 bytes.',
    'Normal Created Created container: nginx',
    'Normal Started Started container nginx',
  ]);
  expect(pod.status).toMatchSnapshot();
});

test('a Pod that ignores SIGTERM goes when its grace period is over, with SIGKILL', async () => {
  cluster.create('web', { containers: [{ name: 'shell', image: 'curl', command: ['sleep', '9'] }] });
  await cluster.untilRunning('web');
  cluster.delete('web');
  expect(await cluster.clock.until(() => cluster.find('web') === undefined)).toBe(30_000);
  expect(cluster.network.pods.size).toBe(0);
});
