import { describe, expect, it } from 'vitest';
import { Api } from './support/api.ts';

const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const configMap = (more: string): string =>
  `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},${more}}`;
const bomb = [
  'apiVersion: v1',
  'kind: ConfigMap',
  'metadata: {name: c}',
  'data:',
  '  a0: &a0 [x, x]',
  ...Array.from({ length: 60 }, (_, n) => `  a${n + 1}: &a${n + 1} [*a${n}, *a${n}, *a${n}]`),
].join('\n');

/** Short texts that mean much, or go deep: refused, as quickly as any. */
describe('a body', () => {
  it.each([
    ['nested deeper than can be walked', 'application/json', configMap(`"data":{"a":${deep(100_000)}}`), 400],
    [
      'nested where anything may stand',
      'application/json',
      `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c","managedFields":[{"fieldsV1":${deep(50_000)}}]}}`,
      400,
    ],
    ['of aliases of aliases', 'application/yaml', bomb, 400],
    ['with an alias of itself', 'application/yaml', 'data: &a {b: *a}', 400],
    ['nested in YAML', 'application/yaml', `data: ${deep(50_000)}`, 400],
    [
      'with an anchor, as people write it',
      'application/yaml',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, labels: &l {a: b}, annotations: *l}',
      201,
    ],
  ])('%s', async (_what, type, body, status) => {
    const api = new Api();
    const begin = performance.now();
    const reply = await api.call('POST', '/api/v1/namespaces/space/configmaps', { type, body });
    expect(reply.status).toBe(status);
    expect(reply.text.length).toBeLessThan(10_000);
    expect(performance.now() - begin).toBeLessThan(3000);
  });

  it('of many operations, each a step deeper, is no way down', async () => {
    const api = new Api();
    await api.call('POST', '/api/v1/namespaces/space/configmaps', { body: configMap('"data":{"a":"b"}') });
    const step = JSON.parse(`${'{"a":'.repeat(400)}{}${'}'.repeat(400)}`) as unknown;
    const operations = Array.from({ length: 60 }, (_, n) => ({
      op: 'add',
      path: `/data/a${'/a'.repeat(n * 401)}`,
      value: n === 0 ? { a: step } : step,
    }));
    const reply = await api.call('PATCH', '/api/v1/namespaces/space/configmaps/c', {
      type: 'application/json-patch+json',
      body: operations,
    });
    expect(reply.status).toBe(422);
  });
});
