import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ENDPOINT_SLICES, ENDPOINTS, NAMESPACES, SERVICES } from '../../../src/practice/api/registry.ts';
import { asEndpoints } from '../../../src/practice/api/resources/endpoints.ts';
import { asEndpointSlice } from '../../../src/practice/api/resources/endpoint-slices.ts';
import type { PodSpec } from '../../../src/practice/controllers/pod.ts';
import { TestCluster } from './support/cluster.ts';

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await TestCluster.ready();
});
afterEach(() => cluster.stop());

const port = { name: 'http', port: 80, targetPort: 'web' };
const spec: PodSpec = {
  containers: [
    { name: 'c', image: 'nginx', command: ['sleep'], ports: [{ name: 'web', containerPort: 8080 }] },
  ],
};

function service(more: object = {}, name = 'web'): void {
  const metadata = { name, labels: { team: 'blue' } };
  cluster.registry.create(SERVICES, 'default', {
    metadata,
    spec: { selector: { app: 'web' }, ports: [port], ...more },
  });
}

async function pod(name: string, more: Partial<PodSpec> = {}): Promise<void> {
  cluster.create(name, { ...spec, ...more }, { labels: { app: 'web' } });
  await cluster.untilRunning(name);
  await settled();
}

function settled(): Promise<void> {
  return cluster.clock.advance(100);
}

const subsets = (name = 'web'): unknown =>
  (asEndpoints(cluster.registry.get(ENDPOINTS, 'default', name)).subsets ?? []).map(
    ({ addresses = [], notReadyAddresses = [], ports }) => ({
      ready: addresses.map(({ targetRef }) => targetRef?.name),
      notReady: notReadyAddresses.map(({ targetRef }) => targetRef?.name),
      ports: (ports ?? []).map((each) => `${each.name ?? ''}:${each.port}`),
    }),
  );

function slices(name = 'web'): ReturnType<typeof asEndpointSlice>[] {
  return cluster.registry
    .list(ENDPOINT_SLICES, 'default')
    .map(asEndpointSlice)
    .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name);
}

const conditions = (): unknown =>
  slices().flatMap(({ endpoints = [] }) =>
    endpoints.map((each) => [each.targetRef?.name, each.conditions?.ready, each.conditions?.terminating]),
  );

test('a Service without Pods has Endpoints without subsets and one empty slice', async () => {
  service();
  await settled();
  expect(subsets()).toEqual([]);
  expect(slices().map(({ endpoints, ports }) => [endpoints, ports])).toEqual([[[], undefined]]);
});

test('Endpoints and slice name the ready Pods, their Node and zone, and the number of a named port', async () => {
  service();
  await pod('one');
  await pod('two');
  await pod('other', { containers: [{ name: 'c', image: 'nginx', command: ['sleep'] }] });
  expect(subsets()).toEqual([{ ready: ['one', 'two'], notReady: [], ports: ['http:8080'] }]);
  const slice = slices().find(({ ports }) => ports !== undefined)!;
  expect(slice.metadata).toMatchObject({
    generateName: 'web-',
    labels: { team: 'blue', 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io' },
    ownerReferences: [{ kind: 'Service', name: 'web', controller: true }],
  });
  expect(slice.ports).toEqual([{ name: 'http', port: 8080, protocol: 'TCP' }]);
  const one = cluster.pod('one');
  expect(slice.endpoints?.[0]).toEqual({
    addresses: [one.status?.podIP],
    conditions: { ready: true, serving: true, terminating: false },
    nodeName: one.spec.nodeName,
    zone: expect.stringMatching(/^us-central1-/),
    targetRef: { kind: 'Pod', namespace: 'default', name: 'one', uid: one.metadata.uid },
  });
});

describe('readiness', () => {
  const unready = {
    containers: [{ ...spec.containers[0]!, readinessProbe: { tcpSocket: { port: 9 }, periodSeconds: 1 } }],
  };

  test('a Pod that is not ready is told apart', async () => {
    service();
    await pod('one', unready);
    expect(subsets()).toEqual([{ ready: [], notReady: ['one'], ports: ['http:8080'] }]);
    expect(conditions()).toEqual([['one', false, false]]);
  });

  test('publishNotReadyAddresses takes it as ready', async () => {
    service({ publishNotReadyAddresses: true });
    await pod('one', unready);
    expect(subsets()).toEqual([{ ready: ['one'], notReady: [], ports: ['http:8080'] }]);
    expect(conditions()).toEqual([['one', true, false]]);
  });

  test('a Pod that goes is no endpoint of Endpoints any more, and a terminating one of the slice', async () => {
    service();
    await pod('one');
    cluster.delete('one', 30);
    await settled();
    expect(conditions()).toEqual([['one', false, true]]);
    expect(subsets()).toEqual([]);
  });
});

describe('what changes', () => {
  test('a label that goes, a selector that comes: the endpoints follow', async () => {
    service({ selector: { app: 'none' } });
    await pod('one');
    expect(subsets()).toEqual([]);
    const found = cluster.registry.get(SERVICES, 'default', 'web');
    cluster.registry.update(SERVICES, 'default', 'web', {
      ...found,
      spec: { ...(found['spec'] as object), selector: { app: 'web' } },
    });
    await settled();
    expect(conditions()).toEqual([['one', true, false]]);
    const { metadata, ...rest } = cluster.pod('one');
    cluster.registry.update({ group: '', plural: 'pods' }, 'default', 'one', {
      ...rest,
      metadata: { ...metadata, labels: {} },
    });
    await settled();
    expect([subsets(), conditions()]).toEqual([[], []]);
  });

  test('nothing is written when nothing changes', async () => {
    service();
    await pod('one');
    const versions = (): string[] =>
      [cluster.registry.get(ENDPOINTS, 'default', 'web'), ...slices()].map(
        ({ metadata }) => metadata.resourceVersion,
      );
    const before = versions();
    const found = cluster.registry.get(SERVICES, 'default', 'web');
    cluster.registry.update(SERVICES, 'default', 'web', {
      ...found,
      metadata: { ...found.metadata, annotations: { a: 'b' } },
    });
    await settled();
    expect(versions()).toEqual(before);
  });

  test('Endpoints and slices that somebody deletes come back; with their Service they go', async () => {
    service();
    await pod('one');
    cluster.registry.delete(ENDPOINTS, 'default', 'web');
    for (const { metadata } of slices()) cluster.registry.delete(ENDPOINT_SLICES, 'default', metadata.name);
    await settled();
    expect([subsets(), conditions()]).toEqual([
      [{ ready: ['one'], notReady: [], ports: ['http:8080'] }],
      [['one', true, false]],
    ]);
    cluster.registry.delete(SERVICES, 'default', 'web');
    await settled();
    expect([cluster.registry.find(ENDPOINTS, 'default', 'web'), slices()]).toEqual([undefined, []]);
  });

  test('without a selector they are whose who made the Service', async () => {
    service({ selector: {} });
    cluster.registry.create(ENDPOINTS, 'default', {
      metadata: { name: 'web' },
      subsets: [{ addresses: [{ ip: '10.9.9.9' }], ports: [{ port: 80 }] }],
    });
    await settled();
    expect(asEndpoints(cluster.registry.get(ENDPOINTS, 'default', 'web')).subsets?.[0]?.addresses).toEqual([
      { ip: '10.9.9.9' },
    ]);
  });

  test('all go with their namespace', async () => {
    cluster.registry.create(NAMESPACES, undefined, { metadata: { name: 'space' } });
    await settled();
    cluster.registry.create(SERVICES, 'space', {
      metadata: { name: 'web' },
      spec: { selector: { app: 'web' }, ports: [port] },
    });
    await settled();
    cluster.registry.delete(NAMESPACES, undefined, 'space');
    await cluster.clock.advance(10_000);
    expect(cluster.registry.find(NAMESPACES, undefined, 'space')).toBeUndefined();
    expect(cluster.registry.list(ENDPOINT_SLICES, 'space')).toEqual([]);
  });
});

describe('the first Services', () => {
  test.each([
    ['default', 'kubernetes', '10.96.0.1', [443]],
    ['kube-system', 'kube-dns', '10.96.0.10', [53, 53]],
  ])('%s/%s is at %s', (namespace, name, address, numbers) => {
    const { spec } = cluster.registry.get(SERVICES, namespace, name) as unknown as {
      spec: { clusterIP: string; ports: { port: number }[] };
    };
    expect([spec.clusterIP, spec.ports.map((each) => each.port)]).toEqual([address, numbers]);
    expect(cluster.registry.find(ENDPOINTS, namespace, name)).toBeDefined();
    expect(cluster.registry.find(ENDPOINT_SLICES, namespace, name)).toBeDefined();
  });

  test('kubernetes comes back', async () => {
    cluster.registry.delete(SERVICES, 'default', 'kubernetes');
    expect(cluster.registry.find(SERVICES, 'default', 'kubernetes')).toBeUndefined();
    await cluster.clock.advance(10_000);
    expect(cluster.registry.find(SERVICES, 'default', 'kubernetes')).toBeDefined();
    expect(cluster.registry.find(ENDPOINTS, 'default', 'kubernetes')).toBeDefined();
  });
});
