import { beforeEach, describe, expect, it } from 'vitest';
import { PODS, RESOURCE_QUOTAS } from '../../../../src/practice/api/registry.ts';
import { Api, podManifest, refusal, VIEWER } from '../support/api.ts';

let api: Api;
beforeEach(() => {
  api = new Api();
});

function quota(name: string, hard: Record<string, string>, spec: object = {}): void {
  api.registry.create(RESOURCE_QUOTAS, 'space', { metadata: { name }, spec: { hard, ...spec } });
}

/** Why a Pod is refused, without `pods "x" is forbidden: `. */
function refused(spec?: object): string {
  const { code, message } = refusal(() => api.pod('x', spec));
  expect(code).toBe(403);
  const [, reason] = /^pods "x" is forbidden: (.*)$/s.exec(message) ?? [];
  return reason ?? message;
}

const container = (name: string, resources: object = {}): object => ({ name, image: 'nginx', resources });
const asking = (requests: object, limits: object = {}): object => ({
  containers: [container('c', { requests, limits })],
});

describe('a quota of Pods', () => {
  beforeEach(() => quota('few', { pods: '3' }));

  it('lets so many in, and no more', () => {
    for (const name of ['a', 'b', 'c']) api.pod(name);
    expect(refused()).toBe('exceeded quota: few, requested: pods=1, used: pods=3, limited: pods=3');
  });

  it('does not count the Pods of other namespaces', () => {
    api.namespace('other');
    for (const name of ['a', 'b', 'c']) api.registry.create(PODS, 'other', podManifest(name));
    api.pod('x');
  });

  it.each(['Succeeded', 'Failed'])('does not count one that is %s, unlike count/pods', (phase) => {
    quota('ever', { 'count/pods': '4' });
    for (const name of ['a', 'b', 'c']) api.pod(name);
    api.registry.updateStatus(PODS, 'space', 'a', () => ({ phase }));
    api.pod('d');
    expect(refused()).toBe(
      'exceeded quota: ever, requested: count/pods=1, used: count/pods=4, limited: count/pods=4',
    );
  });

  it('counts a Pod that is going until twice its grace period is over', async () => {
    for (const name of ['a', 'b', 'c']) api.pod(name, { nodeName: 'gone' });
    api.registry.delete(PODS, 'space', 'a', { gracePeriodSeconds: 30 });
    await api.clock.advance(59_000);
    expect(refused()).toContain('exceeded quota');
    await api.clock.advance(2_000);
    api.pod('x');
  });

  it('goes before a name that is taken, after what is wrong with the Pod, and holds for a dry run', () => {
    for (const name of ['x', 'b', 'c']) api.pod(name);
    expect(refused()).toContain('exceeded quota');
    expect(refusal(() => api.pod('x', { containers: [] })).code).toBe(422);
    expect(
      refusal(() => api.registry.create(PODS, 'space', podManifest('y'), { dryRun: true })).message,
    ).toContain('exceeded quota');
  });

  it('lets a Pod be changed', () => {
    for (const name of ['a', 'b', 'c']) api.pod(name);
    const pod = api.registry.get(PODS, 'space', 'a');
    const labels = { app: 'a' };
    api.registry.update(PODS, 'space', 'a', { ...pod, metadata: { ...pod.metadata, labels } });
    expect(api.registry.get(PODS, 'space', 'a').metadata.labels).toEqual(labels);
  });
});

describe('a quota of CPU and memory', () => {
  it.each([
    [{ 'requests.cpu': '1' }, asking({ cpu: '1500m' }), 'requests.cpu=1500m', 'requests.cpu=0', '1'],
    [{ cpu: '1' }, asking({ cpu: '1.5' }), 'cpu=1500m', 'cpu=0', '1'],
    [{ memory: '1Gi' }, asking({ memory: '2Gi' }), 'memory=2Gi', 'memory=0', '1Gi'],
    [
      { 'limits.memory': '1Gi' },
      asking({}, { memory: '1025Mi' }),
      'limits.memory=1025Mi',
      'limits.memory=0',
      '1Gi',
    ],
    // What is only limited is asked for, too.
    [{ 'requests.cpu': '1' }, asking({}, { cpu: '2' }), 'requests.cpu=2', 'requests.cpu=0', '1'],
  ])('%j: %j is too much', (hard, spec, requested, used, limit) => {
    quota('q', hard);
    const [name] = Object.keys(hard);
    expect(refused(spec)).toBe(
      `exceeded quota: q, requested: ${requested}, used: ${used}, limited: ${name}=${limit}`,
    );
  });

  it('tells everything that there is too much of, in alphabetical order, and nothing else', () => {
    quota('q', { 'requests.memory': '100Mi', 'requests.cpu': '1', pods: '5', 'limits.cpu': '1' });
    api.pod('a', asking({ cpu: '600m', memory: '60Mi' }, { cpu: '600m' }));
    expect(refused(asking({ cpu: '500m', memory: '50Mi' }, { cpu: '600m' }))).toBe(
      'exceeded quota: q, requested: limits.cpu=600m,requests.cpu=500m,requests.memory=50Mi, used: limits.cpu=600m,requests.cpu=600m,requests.memory=60Mi, limited: limits.cpu=1,requests.cpu=1,requests.memory=100Mi',
    );
  });

  it('is exact: ten tenths are one', () => {
    quota('q', { 'requests.cpu': '1' });
    for (let i = 0; i < 10; i++) api.pod(`p-${i}`, asking({ cpu: '0.1' }));
    expect(refused(asking({ cpu: '1m' }))).toContain('used: requests.cpu=1,');
  });

  it('lets in what asks for nothing, however much is used', () => {
    quota('q', { 'requests.cpu': '1' });
    api.pod('a', asking({ cpu: '1' }));
    const lower = { metadata: { name: 'q' }, spec: { hard: { 'requests.cpu': '100m' } } };
    api.registry.update(RESOURCE_QUOTAS, 'space', 'q', lower);
    api.pod('none', asking({ cpu: '0' }));
  });

  it('counts the greediest init container beside the sidecars before it, or all that run together', () => {
    quota('q', { 'requests.cpu': '10' });
    const cpu = (name: string, cpu: string, more: object = {}): object => ({
      ...container(name, { requests: { cpu } }),
      ...more,
    });
    api.pod('a', {
      initContainers: [cpu('early', '4'), cpu('sidecar', '2', { restartPolicy: 'Always' }), cpu('late', '3')],
      containers: [cpu('c', '1'), cpu('d', '1500m')],
    });
    expect(refused(asking({ cpu: '6' }))).toContain('used: requests.cpu=5,');
    api.pod('b', { containers: [cpu('c', '500m'), cpu('d', '1')] });
    expect(refused(asking({ cpu: '6' }))).toContain('used: requests.cpu=6500m,');
  });

  // As in kubernetes/pkg/quota/v1/evaluator/core/pods_test.go
  it.each([
    [{ 'limits.cpu': '1' }, { containers: [container('c')] }, 'limits.cpu for: c'],
    [
      { 'limits.memory': '1Gi', 'requests.cpu': '1', pods: '1' },
      { containers: [container('b'), container('a')], initContainers: [container('i')] },
      'limits.memory for: a,b,i; requests.cpu for: a,b,i',
    ],
    [
      { cpu: '1', memory: '1Gi' },
      {
        containers: [
          container('c', { requests: { cpu: '1' } }),
          container('d', { requests: { memory: '1' } }),
        ],
      },
      'cpu for: d; memory for: c',
    ],
  ])('%j: each container must say it', (hard, spec, missing) => {
    quota('q', hard);
    expect(refused(spec)).toBe(`failed quota: q: must specify ${missing}`);
  });

  it('takes what is said for the Pod as a whole', () => {
    quota('q', { 'requests.cpu': '2', 'limits.cpu': '5' });
    api.pod('a', {
      containers: [container('c')],
      resources: { requests: { cpu: '2' }, limits: { cpu: '3' } },
    });
    expect(refused({ containers: [container('c')], resources: { requests: { cpu: '1' } } })).toBe(
      'exceeded quota: q, requested: requests.cpu=1, used: requests.cpu=2, limited: requests.cpu=2',
    );
  });

  it('of two quotas, the first that is too small tells', () => {
    quota('b', { pods: '0' });
    quota('a', { pods: '0' });
    expect(refused()).toContain('exceeded quota: a,');
    quota('c', { cpu: '1' });
    expect(refused()).toBe('failed quota: c: must specify cpu for: c');
  });
});

describe('a quota itself', () => {
  const create = (spec: object): Promise<{ status: number; body: { message: string } }> =>
    api.call('POST', '/api/v1/namespaces/space/resourcequotas', {
      body: { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec },
    });

  it.each([
    [
      { hard: { foo: '1' } },
      '[spec.hard[foo]: Invalid value: "foo": must be a standard resource type or fully qualified, spec.hard[foo]: Invalid value: "foo": must be a standard resource for quota]',
    ],
    [{ hard: { pods: '-1' } }, 'spec.hard[pods]: Invalid value: "-1": must be greater than or equal to 0'],
    [{ hard: { pods: '1500m' } }, 'spec.hard[pods]: Invalid value: "1500m": must be an integer'],
    [{ hard: { services: '1' } }, 'spec.hard[services]: Forbidden: the practice cluster does not model this'],
    [
      { hard: { 'count/configmaps': '1' } },
      'spec.hard[count/configmaps]: Forbidden: the practice cluster does not model this',
    ],
    [
      { hard: { pods: '1' }, scopes: ['BestEffort'] },
      'spec.scopes: Forbidden: the practice cluster does not model this',
    ],
    [
      { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'Exists' }] } },
      'spec.scopeSelector: Forbidden: the practice cluster does not model this',
    ],
  ])('%j is refused', async (spec, message) => {
    const { status, body } = await create(spec);
    expect([status, body.message]).toEqual([422, `ResourceQuota "q" is invalid: ${message}`]);
  });

  it('has its quantities as Kubernetes writes them, and a status of its own', async () => {
    const { status, body } = await create({ hard: { 'requests.memory': '1024Mi', cpu: 0.5, pods: 3 } });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      spec: { hard: { 'requests.memory': '1Gi', cpu: '500m', pods: '3' } },
      status: {},
    });
  });

  it('is a row of what is used, requests apart from limits', async () => {
    await create({ hard: { pods: '3', 'limits.cpu': '2', cpu: '1' } });
    api.registry.updateStatus(RESOURCE_QUOTAS, 'space', 'q', () => ({
      hard: { pods: '3', 'limits.cpu': '2', cpu: '1' },
      used: { pods: '1', 'limits.cpu': '500m', cpu: '0' },
    }));
    const { body } = (await api.call('GET', '/api/v1/namespaces/space/resourcequotas', {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
    })) as { body: { columnDefinitions: { name: string }[]; rows: { cells: unknown[] }[] } };
    expect(body.columnDefinitions.map(({ name }) => name)).toEqual(['Name', 'Request', 'Limit', 'Age']);
    expect(body.rows[0]?.cells.slice(0, 3)).toEqual(['q', 'cpu: 0/1, pods: 1/3', 'limits.cpu: 500m/2']);
  });

  it('is looked at by who may look, and changed by nobody else', async () => {
    const path = '/api/v1/namespaces/space/resourcequotas';
    await create({ hard: { pods: '3' } });
    expect((await api.call('GET', `${path}/q`, { user: VIEWER })).status).toBe(200);
    expect((await api.call('DELETE', `${path}/q`, { user: VIEWER })).status).toBe(403);
    expect((await api.call('DELETE', `${path}/q`)).body.kind).toBe('ResourceQuota');
    api.pod('x');
  });
});
