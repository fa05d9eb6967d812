import { expect, it } from 'vitest';
import { Api } from './support/api.ts';

it('there are no custom resources, and kubectl may know that', async () => {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const { status, body } = await new Api().call('GET', path);
  expect([status, body.kind, body['items']]).toEqual([200, 'CustomResourceDefinitionList', []]);
  expect((await new Api().call('POST', path, { body: {} })).status).toBe(404);
  expect((await new Api().call('GET', `${path}/a`)).status).toBe(404);
});
