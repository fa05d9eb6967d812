import { expect, it } from 'vitest';
import { RESOURCES } from '../../../src/practice/api/resources/index.ts';
import { unknownResource } from '../../../src/practice/api/not-modelled.ts';
import { Api, VIEWER } from './support/api.ts';

it.each([
  ['POST', '/api/v1/namespaces/space/secrets', 'secrets'],
  ['GET', '/api/v1/namespaces/space/secrets/s', 'secrets'],
  ['GET', '/apis/autoscaling/v2/horizontalpodautoscalers', 'horizontalpodautoscalers.autoscaling'],
  ['POST', '/apis/networking.k8s.io/v1/namespaces/space/ingresses', 'ingresses.networking.k8s.io'],
  ['POST', '/api/v1/namespaces/space/serviceaccounts/default/token', 'serviceaccounts/token'],
  ['GET', '/api/v1/namespaces/space/pods/p/proxy', 'pods/proxy'],
  ['GET', '/api/v1/namespaces/space/services/web:80/proxy/index.html', 'services/proxy'],
  ['GET', '/api/v1/nodes/n/proxy/healthz', 'nodes/proxy'],
])('%s %s: says that it is not modelled', async (method, path, what) => {
  const { status, body } = await new Api().call(method, path);
  expect([status, body.reason, body.message]).toEqual([
    404,
    'NotFound',
    `the practice cluster does not model ${what}`,
  ]);
});

it.each([
  '/api/v1/nosuch',
  '/apis/apps/v1/namespaces/space/nosuch/x',
  '/api/v1/namespaces/space/pods/p/nosuch',
])('%s is known to nobody', async (path) => {
  const { status, body } = await new Api().call('GET', path);
  expect([status, body.message]).toEqual([404, 'the server could not find the requested resource']);
});

it('who may not look is told that first', async () => {
  const { status } = await new Api().call('GET', '/api/v1/namespaces/space/secrets', { user: VIEWER });
  expect(status).toBe(403);
});

it('nothing that is served is on the list', () => {
  for (const { group, plural } of RESOURCES)
    expect(unknownResource(group, plural).message).toBe('the server could not find the requested resource');
});
