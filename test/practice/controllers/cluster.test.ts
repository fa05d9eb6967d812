import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  CONFIG_MAPS,
  EVENTS,
  LEASES,
  NAMESPACES,
  NODES,
  PODS,
  SERVICE_ACCOUNTS,
} from '../../../src/practice/api/registry.ts';
import { TestCluster } from './support/cluster.ts';

let cluster: TestCluster;
beforeEach(async () => void (cluster = await TestCluster.ready()));
afterEach(() => cluster.stop());

const names = (resource: typeof PODS, namespace?: string): string[] =>
  cluster.registry.list(resource, namespace).map(({ metadata }) => metadata.name);

test('a new cluster has its Nodes, namespaces, service accounts and CA', () => {
  expect(names(NODES)).toEqual(['node-1', 'node-2', 'node-3']);
  expect(names(NAMESPACES)).toEqual(['default', 'kube-node-lease', 'kube-public', 'kube-system', 'learner']);
  expect(names(SERVICE_ACCOUNTS)).toEqual(Array.from({ length: 5 }, () => 'default'));
  expect(cluster.registry.get(CONFIG_MAPS, 'learner', 'kube-root-ca.crt')['data']).toEqual({
    'ca.crt': 'CERTIFICATE',
  });
});

test('a Node says all that a real one says', () => {
  expect(cluster.registry.get(NODES, undefined, 'node-1')).toMatchSnapshot();
  expect(cluster.events('node-1')).toEqual([
    'Normal Starting Starting kubelet.',
    'Normal NodeHasSufficientMemory Node node-1 status is now: NodeHasSufficientMemory',
    'Normal NodeHasNoDiskPressure Node node-1 status is now: NodeHasNoDiskPressure',
    'Normal NodeHasSufficientPID Node node-1 status is now: NodeHasSufficientPID',
    'Normal NodeAllocatableEnforced Updated Node Allocatable limit across pods',
    'Normal NodeReady Node node-1 status is now: NodeReady',
    'Normal RegisteredNode Node node-1 event: Registered Node node-1 in Controller',
  ]);
});

test('Nodes renew their leases every ten seconds and their status every five minutes', async () => {
  const lease = (): unknown => cluster.registry.get(LEASES, 'kube-node-lease', 'node-2')['spec'];
  expect(lease()).toEqual({
    holderIdentity: 'node-2',
    leaseDurationSeconds: 40,
    renewTime: '2030-01-01T00:00:00.000000Z',
  });
  await cluster.clock.advance(10_000);
  expect(lease()).toMatchObject({ renewTime: '2030-01-01T00:00:10.000000Z' });
  await cluster.clock.advance(300_000);
  expect(cluster.registry.get(NODES, undefined, 'node-2')['status']).toMatchObject({
    conditions: Array.from({ length: 5 }, () => ({
      lastHeartbeatTime: '2030-01-01T00:05:00Z',
      lastTransitionTime: '2030-01-01T00:00:00Z',
    })),
  });
});

test('a pulled image shows in the status of its Node', async () => {
  cluster.create('web', { nodeName: 'node-1', containers: [{ name: 'c', image: 'nginx:1' }] });
  await cluster.clock.advance(11_000);
  expect(cluster.registry.get(NODES, undefined, 'node-1')['status']).toMatchObject({
    images: [{ names: [expect.stringContaining('@sha256:'), 'docker.io/library/nginx:1'], sizeBytes: 1234 }],
  });
});

describe('namespaces', () => {
  const make = async (): Promise<void> => {
    const metadata = { name: 'mine' };
    cluster.registry.create(NAMESPACES, undefined, { apiVersion: 'v1', kind: 'Namespace', metadata });
    await cluster.clock.advance(20);
  };
  const find = (): unknown => cluster.registry.find(NAMESPACES, undefined, 'mine');

  test('get a service account and the CA a moment after they appear, and again when they are deleted', async () => {
    await make();
    expect(names(SERVICE_ACCOUNTS, 'mine')).toEqual(['default']);
    cluster.registry.delete(SERVICE_ACCOUNTS, 'mine', 'default');
    cluster.registry.delete(CONFIG_MAPS, 'mine', 'kube-root-ca.crt');
    await cluster.clock.advance(20);
    expect(names(SERVICE_ACCOUNTS, 'mine')).toEqual(['default']);
    expect(names(CONFIG_MAPS, 'mine')).toEqual(['kube-root-ca.crt']);
  });

  test('an empty one goes at once', async () => {
    await make();
    cluster.registry.delete(NAMESPACES, undefined, 'mine');
    await cluster.clock.advance(20);
    expect(find()).toBeUndefined();
    expect(names(SERVICE_ACCOUNTS, 'mine')).toEqual([]);
    await cluster.clock.advance(1_000);
    expect(names(SERVICE_ACCOUNTS, 'mine')).toEqual([]);
  });

  test('one with Pods goes when they have gone, and says what it waits for', async () => {
    await make();
    const spec = { containers: [{ name: 'c', image: 'busybox:1', command: ['sleep', '9'] }] };
    cluster.registry.create(PODS, 'mine', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec });
    await cluster.clock.advance(2_000);
    cluster.registry.delete(NAMESPACES, undefined, 'mine');
    await cluster.clock.advance(1_000);
    expect(find()).toMatchObject({
      status: {
        phase: 'Terminating',
        conditions: [
          { type: 'NamespaceDeletionDiscoveryFailure', status: 'False' },
          { type: 'NamespaceDeletionGroupVersionParsingFailure', status: 'False' },
          { type: 'NamespaceDeletionContentFailure', status: 'False' },
          {
            type: 'NamespaceContentRemaining',
            status: 'True',
            message: 'Some resources are remaining: pods. has 1 resource instances',
          },
          { type: 'NamespaceFinalizersRemaining', status: 'False' },
        ],
      },
    });
    expect(await cluster.clock.until(() => find() === undefined)).toBe(29_000);
    for (const resource of [PODS, CONFIG_MAPS, SERVICE_ACCOUNTS, EVENTS])
      expect(names(resource, 'mine')).toEqual([]);
  });

  test('one whose content has finalizers waits for whoever set them', async () => {
    await make();
    const metadata = { name: 'held', finalizers: ['example.com/mine'] };
    const held = cluster.registry.create(CONFIG_MAPS, 'mine', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata,
    });
    cluster.registry.delete(NAMESPACES, undefined, 'mine');
    await cluster.clock.advance(60_000);
    expect(JSON.stringify(find())).toContain(
      'Some content in the namespace has finalizers remaining: example.com/mine in 1 resource instances',
    );
    const now = cluster.registry.get(CONFIG_MAPS, 'mine', 'held');
    const released = { ...now, metadata: { ...now.metadata, finalizers: [] } };
    cluster.registry.update(CONFIG_MAPS, 'mine', held.metadata.name, released);
    await cluster.clock.advance(20);
    expect(find()).toBeUndefined();
  });
});

describe('events', () => {
  test('are counted, cut off when there are too many, and gone after an hour', async () => {
    cluster.create('web', { nodeSelector: { disk: 'ssd' }, containers: [{ name: 'c', image: 'nginx:1' }] });
    cluster.create('crash', { containers: [{ name: 'c', image: 'busybox:1', command: ['exit', '1'] }] });
    await cluster.clock.advance(3_000);
    const event = cluster.registry.list(EVENTS, 'default').find((each) => each['reason'] === 'Started');
    expect(event).toMatchObject({
      count: 2,
      firstTimestamp: '2030-01-01T00:00:00Z',
      lastTimestamp: '2030-01-01T00:00:01Z',
      eventTime: null,
      involvedObject: {
        kind: 'Pod',
        namespace: 'default',
        name: 'crash',
        apiVersion: 'v1',
        fieldPath: 'spec.containers{c}',
      },
      reportingComponent: 'kubelet',
      source: { component: 'kubelet', host: cluster.pod('crash').spec.nodeName },
      type: 'Normal',
    });
    expect(event?.metadata.name).toMatch(/^crash\.[0-9a-f]{16}$/);
    const scheduled = cluster.registry.list(EVENTS).find((each) => each['reason'] === 'Scheduled');
    expect(scheduled).toMatchObject({
      action: 'Binding',
      firstTimestamp: null,
      reportingComponent: 'default-scheduler',
      source: {},
    });
    await cluster.clock.advance(3_650_000);
    expect(cluster.events('web')).toEqual([]);
    expect(cluster.events('node-1')).toEqual([]);
    expect(cluster.events('crash').join('\n')).toContain('BackOff');
    expect(cluster.events('crash').length).toBeLessThan(25);
  });
});

describe('the cluster is stopped and comes back with its objects', () => {
  test('what ran is started anew, with the same address', async () => {
    for (const name of ['a', 'b', 'c', 'd'])
      cluster.create(name, { nodeName: 'node-1', containers: [{ name: 'c', image: 'nginx:1' }] });
    await cluster.untilRunning('d');
    cluster.delete('b');
    await cluster.clock.advance(100);
    const before = cluster.pod('c').status;
    await cluster.clock.advance(60_000);
    await cluster.restart();
    await cluster.clock.advance(1_000);
    const after = cluster.pod('c').status;
    expect(after?.podIP).toBe(before?.podIP);
    expect(after?.startTime).toBe(before?.startTime);
    expect(after?.containerStatuses?.[0]).toMatchObject({
      restartCount: 1,
      ready: true,
      state: { running: { startedAt: '2030-01-01T00:01:00Z' } },
      lastState: {
        terminated: {
          exitCode: 255,
          reason: 'Unknown',
          startedAt: '2030-01-01T00:00:00Z',
          finishedAt: '2030-01-01T00:01:00Z',
          containerID: before?.containerStatuses?.[0]?.containerID,
        },
      },
    });
    expect(cluster.events('c')).toContain(
      'Normal SandboxChanged Pod sandbox changed, it will be killed and re-created.',
    );
    expect(new Set([...cluster.network.pods.values()])).toEqual(
      new Set(['10.0.0.2', '10.0.0.4', '10.0.0.5']),
    );
  });

  test('the Nodes still have the images they had', async () => {
    const containers = [{ name: 'c', image: 'nginx:1' }];
    cluster.create('a', { nodeName: 'node-1', containers });
    await cluster.untilRunning('a');
    await cluster.clock.advance(11_000);
    await cluster.restart();
    cluster.create('b', { nodeName: 'node-1', containers });
    await cluster.untilRunning('b');
    expect(cluster.events('b')).toContain(
      'Normal Pulled Container image "nginx:1" already present on machine',
    );
  });

  test('init containers run again', async () => {
    cluster.create('web', {
      initContainers: [{ name: 'i', image: 'busybox:1', command: ['exit', '0'] }],
      containers: [{ name: 'c', image: 'nginx:1' }],
    });
    await cluster.untilRunning('web');
    await cluster.restart();
    await cluster.clock.until(
      () => cluster.condition('web', 'Ready') === 'True' && cluster.runtime.started.length === 2,
    );
    const { initContainerStatuses, containerStatuses } = cluster.pod('web').status ?? {};
    expect(initContainerStatuses?.[0]).toMatchObject({ restartCount: 1, ready: true });
    expect(containerStatuses?.[0]).toMatchObject({ restartCount: 1, ready: true });
  });

  test('what is never started again has failed', async () => {
    cluster.create('job', { restartPolicy: 'Never', containers: [{ name: 'c', image: 'nginx:1' }] });
    await cluster.untilRunning('job');
    await cluster.restart();
    await cluster.clock.advance(1_000);
    expect(cluster.pod('job').status?.phase).toBe('Failed');
    expect(cluster.pod('job').status?.containerStatuses?.[0]?.state.terminated).toMatchObject({
      exitCode: 255,
      reason: 'Unknown',
    });
  });

  test('what had ended stays as it is', async () => {
    cluster.create('job', {
      restartPolicy: 'Never',
      containers: [{ name: 'c', image: 'busybox:1', command: ['exit', '0'] }],
    });
    await cluster.clock.advance(2_000);
    const before = cluster.pod('job');
    expect(before.status?.phase).toBe('Succeeded');
    await cluster.restart();
    await cluster.clock.advance(2_000);
    expect(cluster.pod('job')).toEqual(before);
    expect(cluster.runtime.started).toEqual([]);
  });

  test('what was being deleted goes', async () => {
    cluster.create('web', { containers: [{ name: 'c', image: 'busybox:1', command: ['sleep', '9'] }] });
    await cluster.untilRunning('web');
    cluster.delete('web');
    await cluster.clock.advance(1_000);
    await cluster.restart();
    await cluster.clock.advance(1_000);
    expect(cluster.find('web')).toBeUndefined();
    expect(cluster.runtime.started).toEqual([]);
    expect(cluster.network.pods.size).toBe(0);
  });

  test('a stopped cluster writes nothing and leaves no timer', async () => {
    cluster.create('web', {
      containers: [{ name: 'c', image: 'nginx:1', readinessProbe: { tcpSocket: { port: 80 } } }],
    });
    cluster.create('forced', { containers: [{ name: 'c', image: 'busybox:1', command: ['sleep', '9'] }] });
    await cluster.untilRunning('web');
    await cluster.untilRunning('forced');
    cluster.delete('forced', 0);
    const before = cluster.pod('web');
    await cluster.controllers.stop();
    await cluster.clock.advance(0);
    expect(cluster.runtime.started.map(({ running }) => running)).toEqual([false, false]);
    await cluster.clock.advance(600_000);
    expect(cluster.pod('web')).toEqual(before);
    expect(cluster.clock.waiting).toBe(0);
  });
});
