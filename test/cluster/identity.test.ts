import { describe, expect, it } from 'vitest';
import { identifyCluster } from '../../src/cluster/identity.ts';
import { endpoints } from '../support/endpoints.ts';

const PATH = '/api/v1/namespaces/kube-system';
const REAL = {
  '/version': { gitVersion: 'v1.20.2' },
  [PATH]: { metadata: { name: 'kube-system', uid: 'u-1' } },
};

describe('identifyCluster', () => {
  it('names a cluster by the uid of its namespace kube-system', async () => {
    expect(await identifyCluster(endpoints(REAL).api)).toEqual({
      id: 'kube-system/u-1',
      version: 'v1.20.2',
      origin: 'measured',
    });
  });

  it.each([
    ['v1.34.0+k8snet-practice', 'simulated'],
    ['v1.34.0+k3s1', 'measured'],
    ['v1.34.0+k8snet-practice-not', 'measured'],
  ])('%s is %s', async (gitVersion, origin) => {
    const { api } = endpoints({ ...REAL, '/version': { gitVersion } });
    expect((await identifyCluster(api)).origin).toBe(origin);
  });

  it('names it by its address where that namespace may not be read, always the same', async () => {
    const { id } = await identifyCluster(endpoints({ ...REAL, [PATH]: 403 }).api);
    expect(id).toMatch(/^server\/[0-9a-f]{32}$/);
    expect(id).not.toContain('127.0.0.1');
    expect((await identifyCluster(endpoints({ ...REAL, [PATH]: 403 }).api)).id).toBe(id);
  });

  it.each([401, 404, 500])('throws at %i', async (status) => {
    await expect(identifyCluster(endpoints({ ...REAL, [PATH]: status }).api)).rejects.toMatchObject({
      status,
    });
  });
});
