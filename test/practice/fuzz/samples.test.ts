import { expect, test } from 'vitest';
import { RESOURCES } from '../../../src/practice/api/resources/index.ts';
import { Api } from '../api/support/api.ts';
import { collectionOf } from './support/request.ts';
import { SAMPLES } from './support/samples.ts';

test.each(RESOURCES)('the sample of $plural is valid', async (resource) => {
  const api = new Api();
  api.namespace('fuzz');
  const reply = await api.call('POST', `${collectionOf(resource)}?fieldValidation=Strict`, {
    body: SAMPLES[resource.plural],
  });
  expect(reply.text).not.toContain('"Failure"');
  expect(reply.status).toBe(201);
});
