import { describe, expect, it } from 'vitest';
import { listableResources } from '../../src/cluster/discovery.ts';
import { endpoints } from '../support/endpoints.ts';

const all = ['create', 'get', 'list', 'watch'];

/** As Kubernetes 1.27 and later answer. */
const AGGREGATED = {
  '/api': {
    kind: 'APIGroupDiscoveryList',
    items: [
      {
        metadata: {},
        versions: [
          {
            version: 'v1',
            resources: [
              { resource: 'pods', responseKind: { kind: 'Pod' }, scope: 'Namespaced', verbs: all },
              { resource: 'nodes', responseKind: { kind: 'Node' }, scope: 'Cluster', verbs: all },
              {
                resource: 'bindings',
                responseKind: { kind: 'Binding' },
                scope: 'Namespaced',
                verbs: ['create'],
              },
            ],
          },
        ],
      },
    ],
  },
  '/apis': {
    kind: 'APIGroupDiscoveryList',
    items: [
      {
        metadata: { name: 'apps' },
        versions: [
          {
            version: 'v1',
            resources: [
              {
                resource: 'deployments',
                responseKind: { kind: 'Deployment' },
                scope: 'Namespaced',
                verbs: all,
              },
            ],
          },
          {
            version: 'v1beta1',
            resources: [
              {
                resource: 'deployments',
                responseKind: { kind: 'Deployment' },
                scope: 'Namespaced',
                verbs: all,
              },
              { resource: 'olds', responseKind: { kind: 'Old' }, scope: 'Cluster', verbs: all },
            ],
          },
        ],
      },
      { metadata: { name: 'down.example' }, versions: [{ version: 'v1' }] },
      { metadata: { name: 'empty.example' }, versions: [] },
    ],
  },
};

/** As Kubernetes 1.20 answers. */
const LEGACY = {
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': {
    kind: 'APIGroupList',
    groups: [
      {
        name: 'batch',
        preferredVersion: { groupVersion: 'batch/v1' },
        versions: [{ groupVersion: 'batch/v1' }, { groupVersion: 'batch/v1beta1' }],
      },
      {
        name: 'metrics.k8s.io',
        preferredVersion: { groupVersion: 'metrics.k8s.io/v1beta1' },
        versions: [{ groupVersion: 'metrics.k8s.io/v1beta1' }],
      },
    ],
  },
  '/api/v1': {
    resources: [
      { name: 'pods', kind: 'Pod', namespaced: true, verbs: all },
      { name: 'pods/log', kind: 'Pod', namespaced: true, verbs: ['get'] },
      { name: 'nodes', kind: 'Node', namespaced: false, verbs: all },
      { name: 'bindings', kind: 'Binding', namespaced: true, verbs: ['create'] },
    ],
  },
  '/apis/batch/v1': {
    resources: [
      { name: 'jobs', kind: 'Job', namespaced: true, verbs: all },
      { name: 'jobs/status', kind: 'Job', namespaced: true, verbs: ['get', 'list'] },
    ],
  },
  '/apis/batch/v1beta1': {
    resources: [
      { name: 'jobs', kind: 'Job', namespaced: true, verbs: all },
      { name: 'cronjobs', kind: 'CronJob', namespaced: true, verbs: all },
    ],
  },
  '/apis/metrics.k8s.io/v1beta1': 503,
};

describe('listableResources', () => {
  it('reads the aggregated form in two requests', async () => {
    const { api, requests } = endpoints(AGGREGATED);
    expect(await listableResources(api)).toEqual([
      { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true },
      { apiVersion: 'v1', kind: 'Node', plural: 'nodes', namespaced: false },
      { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments', namespaced: true },
      { apiVersion: 'apps/v1beta1', kind: 'Old', plural: 'olds', namespaced: false },
    ]);
    expect(requests).toHaveLength(2);
    for (const { accept } of requests) {
      expect(accept).toContain('as=APIGroupDiscoveryList');
      expect(accept).toMatch(/,application\/json$/);
    }
  });

  it('reads the form before 1.27, with kinds that are not in the preferred version', async () => {
    const { api } = endpoints(LEGACY);
    expect(await listableResources(api)).toEqual([
      { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true },
      { apiVersion: 'v1', kind: 'Node', plural: 'nodes', namespaced: false },
      { apiVersion: 'batch/v1', kind: 'Job', plural: 'jobs', namespaced: true },
      { apiVersion: 'batch/v1beta1', kind: 'CronJob', plural: 'cronjobs', namespaced: true },
    ]);
  });

  it('throws when discovery itself is not permitted', async () => {
    const { api } = endpoints({ ...LEGACY, '/apis': 403 });
    await expect(listableResources(api)).rejects.toMatchObject({ status: 403 });
  });
});
