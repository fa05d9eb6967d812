import { describe, expect, it } from 'vitest';
import { entryKey, takeInventory, takeNamespaceInventory } from '../../src/cluster/inventory.ts';
import { type Endpoint, endpoints, listOf } from '../support/endpoints.ts';

const kind = (resource: string, name: string, scope = 'Namespaced'): object => ({
  resource,
  responseKind: { kind: name },
  scope,
  verbs: ['list'],
});
const group = (name: string, ...resources: object[]): object => ({
  metadata: { name },
  versions: [{ version: 'v1', resources }],
});
const discovered = (items: object[]): object => ({ kind: 'APIGroupDiscoveryList', items });
const object = (name: string, namespace?: string, more: object = {}): object => ({
  metadata: { name, uid: `uid-${name}`, ...(namespace === undefined ? {} : { namespace }), ...more },
});

const CLUSTER: Record<string, Endpoint> = {
  '/api': discovered([
    group(
      '',
      kind('pods', 'Pod'),
      kind('secrets', 'Secret'),
      kind('nodes', 'Node', 'Cluster'),
      kind('events', 'Event'),
    ),
  ]),
  '/apis': discovered([
    group('events.k8s.io', kind('events', 'Event')),
    group('coordination.k8s.io', kind('leases', 'Lease')),
    group('extensions', kind('ingresses', 'Ingress')),
    group('networking.k8s.io', kind('ingresses', 'Ingress')),
    group('metrics.k8s.io', kind('pods', 'PodMetrics')),
  ]),
  '/api/v1/pods': listOf(
    object('web', 'a', { labels: { app: 'x' } }),
    object('old', 'b', { deletionTimestamp: 'now' }),
  ),
  '/api/v1/secrets': listOf(object('key', 'a')),
  '/api/v1/nodes': listOf(object('n1')),
  '/apis/extensions/v1/ingresses': listOf(object('door', 'a')),
  '/apis/metrics.k8s.io/v1/pods': listOf({ metadata: { name: 'web', namespace: 'a' } }),
};
const names = ({ entries }: { entries: { kind: string; name: string }[] }): string[] =>
  entries.map((entry) => `${entry.kind} ${entry.name}`);

describe('takeInventory', () => {
  it('lists all objects of all kinds once, sorted', async () => {
    const { api, requests } = endpoints(CLUSTER);
    const inventory = await takeInventory(api);
    expect(names(inventory)).toEqual(['Ingress door', 'Node n1', 'Pod web', 'Pod old', 'Secret key']);
    expect(inventory.unseen).toEqual([]);
    expect(inventory.entries.find((entry) => entry.name === 'web')).toEqual({
      kind: 'Pod',
      apiVersion: 'v1',
      plural: 'pods',
      namespace: 'a',
      name: 'web',
      uid: 'uid-web',
      labels: { app: 'x' },
      going: false,
    });
    expect(inventory.entries.find((entry) => entry.name === 'old')?.going).toBe(true);
    // Events and Leases come and go, and Ingresses are the same in both groups.
    expect(
      requests.map((request) => request.path).filter((path) => /events|leases|networking/.test(path)),
    ).toEqual([]);
  });

  it('asks for metadata only', async () => {
    const { api, requests } = endpoints(CLUSTER);
    await takeInventory(api);
    for (const { path, accept } of requests.slice(2))
      expect([path, accept]).toEqual([
        path,
        expect.stringMatching(/^application\/json;as=PartialObjectMetadataList;/),
      ]);
  });

  it('reads all pages', async () => {
    const { api } = endpoints({
      ...CLUSTER,
      '/api/v1/pods': ({ query }) =>
        query?.['continue'] === undefined
          ? { metadata: { continue: 'more' }, items: [object('one', 'a')] }
          : { metadata: {}, items: [object('two', 'a')] },
    });
    expect(names(await takeInventory(api))).toEqual(expect.arrayContaining(['Pod one', 'Pod two']));
  });

  it.each([403, 404, 405, 406, 503])('names what it could not see: %i', async (status) => {
    const { api } = endpoints({ ...CLUSTER, '/api/v1/secrets': status });
    const inventory = await takeInventory(api);
    expect(inventory.unseen).toEqual(['secrets']);
    expect(names(inventory)).not.toContain('Secret key');
  });

  it('looks into the namespaces it was given where it may not see all', async () => {
    const { api, requests } = endpoints({
      ...CLUSTER,
      '/api/v1/pods': 403,
      '/api/v1/nodes': 403,
      '/api/v1/namespaces/a/pods': listOf(object('web', 'a')),
      '/api/v1/namespaces/b/pods': 403,
    });
    const inventory = await takeInventory(api, ['a', 'b']);
    expect(names(inventory)).toEqual(['Ingress door', 'Pod web', 'Secret key']);
    expect(inventory.unseen.sort()).toEqual(['nodes', 'pods']);
    expect(requests.map((request) => request.path)).not.toContain('/api/v1/namespaces/a/nodes');
  });

  it('throws at any other error', async () => {
    const { api } = endpoints({ ...CLUSTER, '/api/v1/pods': 500 });
    await expect(takeInventory(api)).rejects.toMatchObject({ status: 500 });
  });
});

describe('takeNamespaceInventory', () => {
  it('lists the objects of one namespace', async () => {
    const { api, requests } = endpoints({
      ...CLUSTER,
      '/api/v1/namespaces/a/pods': listOf(object('web', 'a')),
      '/api/v1/namespaces/a/secrets': 403,
      '/apis/extensions/v1/namespaces/a/ingresses': listOf(),
      '/apis/metrics.k8s.io/v1/namespaces/a/pods': listOf(),
    });
    const inventory = await takeNamespaceInventory(api, 'a');
    expect(names(inventory)).toEqual(['Pod web']);
    expect(inventory.unseen).toEqual(['secrets']);
    expect(requests.some((request) => request.path.includes('nodes'))).toBe(false);
  });
});

describe('entryKey', () => {
  it.each([
    [{ kind: 'Pod', namespace: 'a', name: 'web', uid: '1' }, 'Pod a/web 1'],
    [{ kind: 'Node', namespace: undefined, name: 'n1', uid: '2' }, 'Node /n1 2'],
  ])('%j', (entry, key) => {
    expect(entryKey(entry)).toBe(key);
  });
});
