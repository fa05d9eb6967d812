import { afterEach, beforeEach, expect, test } from 'vitest';
import type { KubernetesObject } from '../../../src/practice/api/object.ts';
import { NODES } from '../../../src/practice/api/registry.ts';
import type { NodeCondition } from '../../../src/practice/controllers/node-status.ts';
import type { Taint } from '../../../src/practice/controllers/taint.ts';
import { TestCluster } from './support/cluster.ts';

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await TestCluster.ready();
  for (const node of ['node-1', 'node-2']) {
    const containers = [{ name: 'c', image: 'nginx:1' }];
    cluster.create(`on-${node}`, { nodeName: node, containers });
    await cluster.untilRunning(`on-${node}`);
  }
});
afterEach(() => cluster.stop());

const node = (name: string): KubernetesObject => cluster.registry.get(NODES, undefined, name);
const ready = (name: string): NodeCondition | undefined =>
  (node(name)['status'] as { conditions: NodeCondition[] }).conditions.find(({ type }) => type === 'Ready');
const taints = (name: string): string[] =>
  ((node(name)['spec'] as { taints?: Taint[] }).taints ?? []).map(({ key, effect }) => `${key}:${effect}`);
const log = (pod: string): unknown =>
  cluster.controllers.kubelets.log(cluster.reference(pod), 'c', { previous: false });

test('a Node without power is believed in for 40 s, then it is NotReady, and so are its Pods', async () => {
  cluster.controllers.stopNode('node-2');
  expect(() => log('on-node-2')).toThrow(
    'error dialing backend: dial tcp 10.128.0.12:10250: connect: no route to host',
  );
  expect(() => log('on-node-1')).not.toThrow();
  await cluster.clock.advance(30_000);
  expect(ready('node-2')?.status).toBe('True');
  expect(cluster.condition('on-node-2', 'Ready')).toBe('True');
  await cluster.clock.advance(20_000);
  expect(ready('node-2')).toMatchObject({
    status: 'Unknown',
    reason: 'NodeStatusUnknown',
    message: 'Kubelet stopped posting node status.',
  });
  expect(taints('node-2')).toEqual([
    'node.kubernetes.io/unreachable:NoSchedule',
    'node.kubernetes.io/unreachable:NoExecute',
  ]);
  expect(cluster.condition('on-node-2', 'Ready')).toBe('False');
  expect(cluster.events('on-node-2')).toContain('Warning NodeNotReady Node is not ready');
  expect(ready('node-1')?.status).toBe('True');
  expect(cluster.condition('on-node-1', 'Ready')).toBe('True');
});

test('what is put on it, or taken away, waits until it boots', async () => {
  cluster.controllers.stopNode('node-2');
  await cluster.clock.advance(50_000);
  cluster.create('late', { nodeName: 'node-2', containers: [{ name: 'c', image: 'nginx:1' }] });
  cluster.delete('on-node-2');
  await cluster.clock.advance(120_000);
  expect(cluster.pod('late').status?.phase).toBe('Pending');
  expect(cluster.pod('on-node-2').metadata.deletionTimestamp).toBeDefined();
  cluster.controllers.startNode('node-2');
  await cluster.untilRunning('late');
  await cluster.clock.until(() => cluster.find('on-node-2') === undefined, 60_000);
  expect(cluster.faults).toEqual([]);
});

test('a Node that boots is Ready at once, and its Pods run again at their addresses', async () => {
  const before = cluster.pod('on-node-2').status?.podIP;
  cluster.controllers.stopNode('node-2');
  await cluster.clock.advance(50_000);
  cluster.controllers.startNode('node-2');
  expect(ready('node-2')?.status).toBe('True');
  expect(taints('node-2')).toEqual([]);
  await cluster.clock.until(() => cluster.condition('on-node-2', 'Ready') === 'True', 60_000);
  expect(cluster.pod('on-node-2').status).toMatchObject({
    podIP: before,
    containerStatuses: [{ restartCount: 1 }],
  });
  expect(cluster.faults).toEqual([]);
});

test('its Pods go when their five minutes are over, as soon as it can end them', async () => {
  cluster.controllers.stopNode('node-2');
  await cluster.clock.advance(50_000);
  expect(cluster.pod('on-node-2').metadata.deletionTimestamp).toBeUndefined();
  await cluster.clock.advance(310_000);
  expect(cluster.pod('on-node-2').metadata.deletionTimestamp).toBeDefined();
  cluster.controllers.startNode('node-2');
  await cluster.clock.until(() => cluster.find('on-node-2') === undefined, 60_000);
});
