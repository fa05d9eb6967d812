import { afterEach, beforeEach, expect, test } from 'vitest';
import { PODS } from '../../../src/practice/api/registry.ts';
import { TestCluster } from './support/cluster.ts';

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await TestCluster.ready();
  cluster.create('web', { containers: [{ name: 'c', image: 'busybox:1', command: ['serve'] }] });
  await cluster.untilRunning('web');
});
afterEach(() => cluster.stop());

function add(name: string, command: string[]): void {
  const pod = structuredClone(cluster.pod('web'));
  const containers = [...(pod.spec.ephemeralContainers ?? []), { name, image: 'busybox:1', command }];
  pod.spec.ephemeralContainers = containers;
  cluster.registry.update(PODS, 'default', 'web', pod, { subresource: 'ephemeralcontainers' });
}

const statuses = (): object[] => cluster.pod('web').status?.ephemeralContainerStatuses ?? [];
const runs = (program: string): number =>
  cluster.runtime.started.filter(({ options }) => options.command?.[0] === program).length;

test('one is started in a Pod that runs, and never again', async () => {
  add('look', ['exit', '3']);
  await cluster.clock.advance(60_000);
  expect(statuses()).toEqual([
    expect.objectContaining({
      name: 'look',
      ready: false,
      restartCount: 0,
      state: { terminated: expect.objectContaining({ exitCode: 3, reason: 'Error' }) },
    }),
  ]);
  expect(statuses()[0]).not.toHaveProperty('started');
  expect(runs('exit')).toBe(1);
  // The Pod does not mind.
  expect([cluster.pod('web').status?.phase, cluster.condition('web', 'Ready')]).toEqual(['Running', 'True']);
  expect(cluster.events('web')).toContain('Normal Started Started container look');
});

test('its log and its running process are there to be asked for, beside those of another', async () => {
  add('one', ['serve']);
  add('two', ['serve']);
  await cluster.clock.advance(2_000);
  const { kubelets } = cluster.controllers;
  for (const name of ['one', 'two']) {
    const [line] = kubelets.log(cluster.reference('web'), name, { previous: false }).lines();
    expect(Buffer.from(line!.bytes).toString()).toBe('serve begins\n');
    expect(statuses()).toContainEqual(
      expect.objectContaining({ name, state: { running: expect.anything() } }),
    );
  }
});

test('one ends with its Pod', async () => {
  add('look', ['serve']);
  await cluster.clock.advance(2_000);
  cluster.delete('web', 5);
  await cluster.clock.advance(6_000);
  expect(cluster.find('web')).toBeUndefined();
  expect(cluster.runtime.started.map(({ running }) => running)).toEqual([false, false]);
});

test('after the power was away one is over, and is not started again', async () => {
  add('look', ['serve']);
  await cluster.clock.advance(2_000);
  await cluster.restart();
  await cluster.clock.advance(10_000);
  expect(statuses()).toEqual([
    expect.objectContaining({ state: { terminated: expect.objectContaining({ exitCode: 255 }) } }),
  ]);
  expect(runs('serve')).toBe(1);
});

test('one that comes before the Pod has a network waits for it', async () => {
  cluster.create('late', { containers: [{ name: 'c', image: 'bad:1' }] });
  const pod = structuredClone(cluster.pod('late'));
  pod.spec.ephemeralContainers = [{ name: 'look', image: 'busybox:1', command: ['serve'] }];
  cluster.registry.update(PODS, 'default', 'late', pod, { subresource: 'ephemeralcontainers' });
  await cluster.clock.advance(5_000);
  expect(cluster.pod('late').status?.ephemeralContainerStatuses).toEqual([
    expect.objectContaining({ state: { running: expect.anything() } }),
  ]);
});
