import { expect, it } from 'vitest';
import { duplicateFields } from '../../../src/practice/api/duplicate-fields.ts';
import { Api } from './support/api.ts';

it.each([
  ['{}', []],
  ['{"a":{"a":"a"},"b":[{"a":1},{"a":1}],"c":["a","a"]}', []],
  ['{"a":1,"a":2,"a":3}', ['a']],
  ['{"metadata":{"name":"x","n\\u0061me":"y"}}', ['metadata.name']],
  ['{"spec":{"containers":[{"image":"}"},{"image":"\\"","image":"b"}]}}', ['spec.containers[1].image']],
  ['{"data":{"a.b":"1","a.b":"2"},"data":{}}', ['data.a.b', 'data']],
])('%s', (json, paths) =>
  expect(duplicateFields(json)).toEqual(paths.map((path) => `duplicate field "${path}"`)),
);

const body = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},"data":{"a":"1","a":"2"},"x":1}';

it('is warned of; the last one counts', async () => {
  const answer = await new Api().call('POST', '/api/v1/namespaces/space/configmaps', { body });
  expect(answer.status).toBe(201);
  expect(answer.body).toMatchObject({ data: { a: '2' } });
  expect(answer.headers['Warning']).toBe(
    '299 - "duplicate field \\"data.a\\"", 299 - "unknown field \\"x\\""',
  );
});

it('is refused where that is asked for', async () => {
  const api = new Api();
  const { status, body: said } = await api.call(
    'POST',
    '/api/v1/namespaces/space/configmaps?fieldValidation=Strict',
    { body },
  );
  expect([status, said.message]).toEqual([
    400,
    'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: duplicate field "data.a", unknown field "x"',
  ]);
});
