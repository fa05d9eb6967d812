import { describe, expect, it } from 'vitest';
import { definitions, type Schema } from '../../../src/practice/api/openapi-definitions.ts';
import { Api, type Body } from './support/api.ts';

const container = 'io.k8s.api.core.v1.Container';
const POD = { group: '', version: 'v1', kind: 'Pod' };

/** All messages of a field in a protobuf message, which has no fields but such. */
function messages(bytes: Buffer, field: number): Buffer[] {
  const found: Buffer[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    expect(key & 7).toBe(2);
    const length = varint();
    if (key >>> 3 === field) found.push(bytes.subarray(at, at + length));
    at += length;
  }
  expect(at).toBe(bytes.length);
  return found;
}

function named(entries: Buffer[], name: string): Buffer {
  const entry = entries.find((each) => messages(each, 1)[0]!.toString() === name);
  expect(entry, name).toBeDefined();
  return messages(entry!, 2)[0]!;
}

describe('OpenAPI', () => {
  it('refers to what is there', () => {
    const all = definitions('#/definitions/');
    const look = (schema: Schema): void => {
      if (schema.$ref !== undefined) expect(all).toHaveProperty([schema.$ref.slice('#/definitions/'.length)]);
      for (const each of [
        schema.items,
        schema.additionalProperties,
        ...Object.values(schema.properties ?? {}),
      ])
        if (each !== undefined) look(each);
    };
    for (const schema of Object.values(all)) look(schema);
    expect(Object.keys(all).length).toBeGreaterThan(100);
  });

  it('v3 says what kubectl apply looks for', async () => {
    const api = new Api();
    const index = (await api.call('GET', '/openapi/v3')).body;
    expect(Object.keys(index.paths)).toEqual([
      'api/v1',
      'apis/apps/v1',
      'apis/authentication.k8s.io/v1',
      'apis/authorization.k8s.io/v1',
      'apis/coordination.k8s.io/v1',
      'apis/discovery.k8s.io/v1',
      'apis/networking.k8s.io/v1',
    ]);
    const { body } = await api.call('GET', index.paths['api/v1'].serverRelativeURL);
    const { patch } = body.paths['/api/v1/namespaces/{namespace}/pods/{name}'];
    expect(patch['x-kubernetes-group-version-kind']).toEqual(POD);
    expect(patch.parameters.map(({ name }: Body) => name)).toEqual([
      'dryRun',
      'fieldManager',
      'fieldValidation',
    ]);
    expect(Object.keys(patch.requestBody.content)).toContain('application/strategic-merge-patch+json');
    const { schemas } = body.components;
    expect(schemas['io.k8s.api.core.v1.Pod']['x-kubernetes-group-version-kind']).toEqual([POD]);
    expect(schemas['io.k8s.api.core.v1.PodSpec'].properties.containers).toEqual({
      description: expect.stringMatching(/^List of containers belonging to the pod\./),
      type: 'array',
      items: { $ref: `#/components/schemas/${container}` },
      'x-kubernetes-patch-strategy': 'merge',
      'x-kubernetes-patch-merge-key': 'name',
    });
    expect((await api.call('GET', '/openapi/v3/apis/batch/v1')).status).toBe(404);
  });

  it('v2 is the same in JSON and in protobuf', async () => {
    const api = new Api();
    const { body } = await api.call('GET', '/openapi/v2');
    const accept = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
    const reply = await api.call('GET', '/openapi/v2', { accept });
    expect(reply.status).toBe(200);
    const { openApiV2 } = await import('../../../src/practice/api/openapi-v2.ts');
    const { encodeOpenApiV2 } = await import('../../../src/practice/api/openapi-protobuf.ts');
    const document = Buffer.from(encodeOpenApiV2(openApiV2()));
    const schemas = messages(messages(document, 9)[0]!, 1);
    expect(schemas.map((each) => messages(each, 1)[0]!.toString())).toEqual(Object.keys(body.definitions));
    // Schema.properties of Container, its `required` and one property's type
    const schema = named(schemas, container);
    expect(messages(schema, 19).map(String)).toEqual(['name']);
    const properties = messages(messages(schema, 25)[0]!, 1);
    expect(properties).toHaveLength(Object.keys(body.definitions[container].properties).length);
    const image = named(properties, 'image');
    expect(messages(messages(image, 22)[0]!, 1).map(String)).toEqual(['string']);
    expect(messages(image, 4).map(String)).toEqual([
      body.definitions[container].properties.image.description,
    ]);
    expect(messages(schema, 4).map(String)).toEqual([
      'A single application container that you want to run within a pod.',
    ]);
    // The extensions of a list that is merged
    const podProperties = messages(messages(named(schemas, 'io.k8s.api.core.v1.PodSpec'), 25)[0]!, 1);
    const extensions = messages(named(podProperties, 'containers'), 31);
    expect(messages(named(extensions, 'x-kubernetes-patch-merge-key'), 2).map(String)).toEqual(['name\n']);
    // Paths.path, PathItem.patch, its parameters' names
    const patch = messages(
      named(messages(messages(document, 8)[0]!, 2), '/api/v1/namespaces/{namespace}/pods/{name}'),
      8,
    )[0]!;
    const parameters = messages(patch, 8).map((each) =>
      messages(messages(messages(messages(each, 1)[0]!, 2)[0]!, 3)[0]!, 4).map(String),
    );
    expect(parameters.flat()).toContain('dryRun');
  });
});
