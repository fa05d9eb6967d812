import { describe, expect, it } from 'vitest';
import { EVENTS, NODES, PODS } from '../../../src/practice/api/registry.ts';
import { settle } from '../support/virtual-clock.ts';
import { Api, type Body, LEARNER, podManifest, VIEWER } from './support/api.ts';

const pods = '/api/v1/namespaces/space/pods';

describe('requests for one object', () => {
  it('create, read, change and delete', async () => {
    const api = new Api();
    expect((await api.call('POST', pods, { body: podManifest('p') })).status).toBe(201);
    const read = await api.call('GET', `${pods}/p`);
    expect(read).toMatchObject({
      status: 200,
      body: { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'p' } },
    });
    read.body.metadata.labels = { a: 'b' };
    expect((await api.call('PUT', `${pods}/p`, { body: read.body })).body.metadata.labels).toEqual({
      a: 'b',
    });
    // Of a Pod the last state comes back, of most others just that it is gone.
    expect((await api.call('DELETE', `${pods}/p`)).body).toMatchObject({
      kind: 'Pod',
      metadata: { name: 'p' },
    });
    expect(await api.call('GET', `${pods}/p`)).toMatchObject({
      status: 404,
      body: {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: 'pods "p" not found',
        reason: 'NotFound',
        details: { name: 'p', kind: 'pods' },
        code: 404,
      },
    });
    const maps = '/api/v1/namespaces/space/configmaps';
    await api.call('POST', maps, { body: { metadata: { name: 'c' } } });
    expect((await api.call('DELETE', `${maps}/c`)).body).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { name: 'c', kind: 'configmaps', uid: 'uid-4' },
    });
  });

  it.each<[string, string, string, object]>([
    [
      'json',
      'application/json-patch+json',
      '[{"op":"add","path":"/metadata/labels/x","value":"y"}]',
      { a: 'b', x: 'y' },
    ],
    ['merge', 'application/merge-patch+json', '{"metadata":{"labels":{"a":null,"x":"y"}}}', { x: 'y' }],
    [
      'strategic',
      'application/strategic-merge-patch+json',
      '{"metadata":{"labels":{"x":"y"}}}',
      { a: 'b', x: 'y' },
    ],
  ])('patch by %s', async (_name, type, body, labels) => {
    const api = new Api();
    api.pod('p', {}, { a: 'b' });
    const patched = await api.call('PATCH', `${pods}/p`, { type, body });
    expect(patched.body.metadata.labels).toEqual(labels);
  });

  it.each<[string, string, number, string]>([
    [
      'application/json-patch+json',
      '[{"op":"remove","path":"/metadata/labels/x"}]',
      422,
      'the server rejected our request due to an error in our request',
    ],
    [
      'application/json-patch+json',
      '[{"op":"test","path":"/metadata/name","value":"q"}]',
      422,
      'the server rejected our request due to an error in our request',
    ],
    [
      'application/json-patch+json',
      '{}',
      400,
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    ],
    [
      'application/merge-patch+json',
      '{"metadata":{"resourceVersion":"1"}}',
      409,
      'Operation cannot be fulfilled on pods "p": the object has been modified; please apply your changes to the latest version and try again',
    ],
    ['application/merge-patch+json', '{', 400, 'invalid JSON patch'],
    [
      'application/strategic-merge-patch+json',
      '{"spec":{"containers":"z"}}',
      422,
      ' "" is invalid: patch: Invalid value: "map[spec:map[containers:z]]": json: cannot unmarshal string into Go struct field PodSpec.spec.containers of type []v1.Container',
    ],
    [
      'application/apply-patch+yaml',
      '{}',
      415,
      'server-side apply is not modelled by this cluster - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json',
    ],
    [
      'text/plain',
      '{}',
      415,
      'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json',
    ],
  ])('patch %s %s is refused', async (type, body, status, message) => {
    const api = new Api();
    api.pod('p');
    const reply = await api.call('PATCH', `${pods}/p`, { type, body });
    expect([reply.status, reply.body.message]).toEqual([status, message]);
  });

  it.each(['json-patch', 'merge-patch', 'strategic-merge-patch'])(
    'refuse a %s that has no bottom',
    async (type) => {
      const api = new Api();
      api.pod('p');
      const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
      const body =
        type === 'json-patch'
          ? `[{"op":"add","path":"/metadata/labels","value":${deep}}]`
          : `{"metadata":${deep}}`;
      const reply = await api.call('PATCH', `${pods}/p`, { type: `application/${type}+json`, body });
      expect([reply.status, reply.body.message]).toEqual([400, 'error decoding patch: exceeded max depth']);
    },
  );

  it.each<[string, string, object]>([
    ['POST', pods, { body: podManifest('q') }],
    ['PUT', '/api/v1/namespaces/space', { body: { metadata: { name: 'space', labels: { a: 'b' } } } }],
    ['PATCH', `${pods}/p`, { body: {}, type: 'application/merge-patch+json' }],
    ['DELETE', `${pods}/p`, {}],
  ])('%s is answered when it would survive a crash', async (method, url, call) => {
    let written = (): void => undefined;
    const api = new Api({ durable: () => new Promise((resolve) => (written = resolve)) });
    api.pod('p');
    let answered = false;
    const reply = api.call(method, url, call).then(() => (answered = true));
    await settle();
    expect(answered).toBe(false);
    // Reading has nothing to wait for.
    expect((await api.call('GET', '/api/v1/namespaces/space')).status).toBe(200);
    written();
    await reply;
  });

  it('take a dry run for what it is', async () => {
    const api = new Api();
    await api.call('POST', `${pods}?dryRun=All`, { body: podManifest('p') });
    expect((await api.call('GET', `${pods}/p`)).status).toBe(404);
    const reply = await api.call('POST', `${pods}?dryRun=Some`, { body: podManifest('p') });
    expect(reply.body.message).toBe(
      'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["Some"]: supported values: "All"',
    );
  });

  it('come back with warnings', async () => {
    const reply = await new Api().call('POST', pods, { body: podManifest('p', { x: 1 }) });
    expect(reply).toMatchObject({ status: 201, headers: { Warning: '299 - "unknown field \\"spec.x\\""' } });
  });

  it('write the status apart', async () => {
    const api = new Api();
    api.pod('p');
    const type = 'application/merge-patch+json';
    const body = { status: { phase: 'Running' }, metadata: { labels: { a: 'b' } } };
    const reply = await api.call('PATCH', `${pods}/p/status`, { type, body });
    expect(reply.body).toMatchObject({ status: { phase: 'Running' } });
    expect(reply.body.metadata.labels).toBeUndefined();
    const old = { metadata: { name: 'p', resourceVersion: '1' }, status: {} };
    expect((await api.call('PUT', `${pods}/p/status`, { body: old })).status).toBe(409);
  });

  it('bind and evict Pods', async () => {
    const api = new Api();
    api.pod('p');
    const binding = { metadata: { name: 'p' }, target: { kind: 'Node', name: 'n1' } };
    expect((await api.call('POST', `${pods}/p/binding`, { body: binding })).body.status).toBe('Success');
    expect(
      (await api.call('POST', `/api/v1/namespaces/space/bindings`, { body: binding })).body.message,
    ).toContain('already assigned to node "n1"');
    const eviction = { metadata: { name: 'p' }, deleteOptions: { gracePeriodSeconds: 5 } };
    expect((await api.call('POST', `${pods}/p/eviction`, { body: eviction })).status).toBe(201);
    expect(api.registry.get(PODS, 'space', 'p').metadata.deletionGracePeriodSeconds).toBe(5);
  });
});

describe('bodies', () => {
  it.each([
    ['application/yaml', 'metadata: {name: c}\ndata:\n  a: b\n'],
    // As kubectl 1.32 sends it for `create configmap c --from-literal=a=b --from-file=f.bin`.
    [
      'application/vnd.kubernetes.protobuf',
      Buffer.from(
        'azhzAAoPCgJ2MRIJQ29uZmlnTWFwEkMKFwoBYxIAGgZnb2xkZW4iACoAMgA4AEIAEgYKAWESAWIaIAoFZi5iaW4SF2hpCgH6I7Y88eCdXNBbvx8fwLgH99W7GgAiAA==',
        'base64',
      ),
    ],
  ])('in %s', async (type, body) => {
    const api = new Api();
    api.namespace('golden');
    const reply = await api.call('POST', '/api/v1/namespaces/golden/configmaps', { type, body });
    expect(reply).toMatchObject({ status: 201, body: { data: { a: 'b' }, metadata: { name: 'c' } } });
  });

  it.each<[string | undefined, string, number, string]>([
    [
      'application/json',
      '{"metadata"',
      400,
      "the object provided is unrecognized (must be of type Pod): couldn't get version/kind; parse error",
    ],
    ['application/json', '[]', 400, 'the object provided is unrecognized (must be of type Pod)'],
    ['application/vnd.kubernetes.protobuf', 'k8s\0\xff', 400, 'unexpected EOF'],
    ['text/xml', '<a/>', 415, 'the body of the request was in an unknown format'],
  ])('%s %s are refused', async (type, body, status, message) => {
    const reply = await new Api().call('POST', pods, { body, ...(type === undefined ? {} : { type }) });
    expect(reply.status).toBe(status);
    expect(reply.body.message).toContain(message);
  });

  it('come back as YAML when that is wanted', async () => {
    const reply = await new Api().call('GET', '/api/v1/namespaces/space', { accept: 'application/yaml' });
    expect(reply.headers['Content-Type']).toBe('application/yaml');
    expect(reply.text).toContain('phase: Active');
  });

  it('are not to be had in protobuf alone', async () => {
    const reply = await new Api().call('GET', pods, { accept: 'application/vnd.kubernetes.protobuf' });
    expect([reply.status, reply.body.reason]).toEqual([406, 'NotAcceptable']);
    expect((await new Api().call('GET', pods, { accept: 'constructor' })).status).toBe(406);
  });

  it('have keys of any name', async () => {
    const maps = '/api/v1/namespaces/space/configmaps';
    const body = '{"metadata":{"name":"c"},"data":{"__proto__":"x","constructor":"y"},"binaryData":{"z":""}}';
    const reply = await new Api().call('POST', maps, { body });
    expect([reply.status, JSON.stringify(reply.body.data)]).toEqual([
      201,
      '{"__proto__":"x","constructor":"y"}',
    ]);
  });
});

describe('paths that lead nowhere', () => {
  it.each([
    ['GET', '/api/v1/foos'],
    ['GET', '/api/v2'],
    ['GET', '/apis/none'],
    ['GET', '/apis/batch/v1/nosuch'],
    ['GET', '/foo'],
    ['GET', '/api/v1/pods/p'],
    ['GET', `${pods}/p/unknown`],
    ['GET', '/api/v1/namespaces/space/nodes'],
    ['POST', `${pods}/p/nosuch`],
  ])('%s %s', async (method, path) => {
    const reply = await new Api().call(method, path);
    expect([reply.status, reply.body.message]).toEqual([
      404,
      'the server could not find the requested resource',
    ]);
  });

  it.each([
    ['POST', `${pods}/p`],
    ['PATCH', pods],
    ['DELETE', '/api/v1/namespaces'],
    ['DELETE', '/api/v1/pods'],
    ['POST', '/api/v1/pods'],
    ['POST', `${pods}/p/log`],
  ])('%s %s is not supported', async (method, path) => {
    const api = new Api();
    api.pod('p');
    expect((await api.call(method, path)).status).toBe(405);
  });
});

describe('tables', () => {
  const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

  it('of Pods', async () => {
    const api = new Api();
    api.pod('p');
    await api.clock.advance(90_000);
    const { body } = await api.call('GET', pods, { accept });
    expect(body).toMatchObject({
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      metadata: { resourceVersion: '3' },
    });
    expect(body.columnDefinitions.map(({ name, priority }: Body) => `${name} ${priority}`)).toEqual([
      'Name 0',
      'Ready 0',
      'Status 0',
      'Restarts 0',
      'Age 0',
      'IP 1',
      'Node 1',
      'Nominated Node 1',
      'Readiness Gates 1',
    ]);
    expect(body.rows[0].cells).toEqual([
      'p',
      '0/1',
      'Pending',
      '0',
      '90s',
      '<none>',
      '<none>',
      '<none>',
      '<none>',
    ]);
    expect(body.rows[0].object).toMatchObject({
      kind: 'PartialObjectMetadata',
      apiVersion: 'meta.k8s.io/v1',
      metadata: { name: 'p' },
    });
    expect(body.rows[0].object.spec).toBeUndefined();
  });

  it.each([
    ['None', undefined],
    ['Object', 'Pod'],
  ])('with objects: %s', async (include, kind) => {
    const api = new Api();
    api.pod('p');
    const { body } = await api.call('GET', `${pods}?includeObject=${include}`, { accept });
    expect(body.rows[0].object?.kind).toBe(kind);
  });

  it('of nodes', async () => {
    const api = new Api();
    api.registry.create(NODES, undefined, {
      metadata: { name: 'n1', labels: { 'node-role.kubernetes.io/worker': '' } },
      spec: { unschedulable: true },
    });
    api.registry.updateStatus(NODES, undefined, 'n1', () => ({
      conditions: [{ type: 'Ready', status: 'True' }],
      addresses: [{ type: 'InternalIP', address: '10.0.0.1' }],
      nodeInfo: {
        kubeletVersion: 'v1.34.0',
        osImage: 'Linux',
        kernelVersion: '6.1',
        architecture: 'amd64',
        containerRuntimeVersion: 'containerd://2',
      },
    }));
    const { body } = await api.call('GET', '/api/v1/nodes', { accept });
    expect(body.rows[0].cells).toEqual([
      'n1',
      'Ready,SchedulingDisabled',
      'worker',
      '0s',
      'v1.34.0',
      '10.0.0.1',
      '<none>',
      'Linux',
      '6.1 (amd64)',
      'containerd://2',
    ]);
  });

  it('of events', async () => {
    const api = new Api();
    api.registry.create(EVENTS, 'space', {
      metadata: { name: 'e' },
      involvedObject: { kind: 'Pod', name: 'p', namespace: 'space', fieldPath: 'spec.containers{c}' },
      reason: 'Pulled',
      message: 'Pulled it\n',
      type: 'Normal',
      source: { component: 'kubelet', host: 'n1' },
      firstTimestamp: '2030-01-01T00:00:00Z',
      lastTimestamp: '2030-01-01T00:00:10Z',
      count: 2,
    });
    await api.clock.advance(20_000);
    const { body } = await api.call('GET', '/api/v1/namespaces/space/events', { accept });
    expect(body.rows[0].cells).toEqual([
      '10s',
      'Normal',
      'Pulled',
      'pod/p',
      'spec.containers{c}',
      'kubelet, n1',
      'Pulled it',
      '20s',
      2,
      'e',
    ]);
  });

  it('of one object, and of the rest', async () => {
    const api = new Api();
    const cells = async (path: string): Promise<unknown> =>
      (await api.call('GET', path, { accept })).body.rows[0].cells;
    expect(await cells('/api/v1/namespaces/space')).toEqual(['space', 'Active', '0s']);
    expect(await cells('/api/v1/namespaces/space/serviceaccounts')).toEqual(['default', '0s']);
  });
});

describe('lists', () => {
  const three = (): Api => {
    const api = new Api();
    for (const name of ['a', 'b', 'c']) api.pod(name, {}, { name });
    return api;
  };
  const namesOf = (body: Body): string[] => body.items.map(({ metadata }: Body) => metadata.name);

  it('have items without their kind, in order', async () => {
    const { body } = await three().call('GET', '/api/v1/pods');
    expect(body).toMatchObject({ kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '5' } });
    expect(namesOf(body)).toEqual(['a', 'b', 'c']);
    expect(body.items[0].kind).toBeUndefined();
  });

  it('are chosen from', async () => {
    const api = three();
    expect(namesOf((await api.call('GET', `${pods}?labelSelector=name!%3Db`)).body)).toEqual(['a', 'c']);
    expect(namesOf((await api.call('GET', `${pods}?fieldSelector=metadata.name%3Db`)).body)).toEqual(['b']);
    expect((await api.call('GET', `${pods}?fieldSelector=spec.x%3Db`)).body.message).toBe(
      'field label not supported: spec.x',
    );
  });

  it('come in chunks', async () => {
    const api = three();
    const first = await api.call('GET', `${pods}?limit=2`);
    expect(namesOf(first.body)).toEqual(['a', 'b']);
    expect(first.body.metadata).toMatchObject({ resourceVersion: '5', remainingItemCount: 1 });
    api.pod('d');
    const next = await api.call('GET', `${pods}?limit=2&continue=${first.body.metadata.continue}`);
    expect(namesOf(next.body)).toEqual(['c', 'd']);
    expect(next.body.metadata).toEqual({ resourceVersion: '5' });
    expect((await api.call('GET', `${pods}?continue=x`)).status).toBe(400);
  });

  it('cannot go on after too much has changed', async () => {
    const api = new Api({ remember: 10 });
    for (const name of ['a', 'b']) api.pod(name);
    const { body } = await api.call('GET', `${pods}?limit=1`);
    for (let index = 0; index < 20; index++) api.pod(`x${index}`);
    const reply = await api.call('GET', `${pods}?limit=1&continue=${body.metadata.continue}`);
    expect([reply.status, reply.body.reason]).toEqual([410, 'Expired']);
  });

  it.each<[string, number, string]>([
    ['resourceVersion=99', 504, 'Timeout: Too large resource version: 99, current: 5'],
    [
      'resourceVersion=x',
      500,
      'resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax',
    ],
    [
      'resourceVersionMatch=Exact',
      422,
      'resourceVersionMatch is forbidden unless resourceVersion is provided',
    ],
    [
      'resourceVersion=1&resourceVersionMatch=Exact',
      410,
      'The resourceVersion for the provided list is too old.',
    ],
    ['limit=x', 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
  ])('%s is refused', async (query, status, message) => {
    const reply = await three().call('GET', `${pods}?${query}`);
    expect(reply.status).toBe(status);
    expect(reply.body.message).toContain(message);
  });

  it.each([
    'resourceVersion=0',
    'resourceVersion=5&resourceVersionMatch=Exact',
    'resourceVersion=2&resourceVersionMatch=NotOlderThan',
  ])('take %s', async (query) => expect((await three().call('GET', `${pods}?${query}`)).status).toBe(200));

  it('show metadata alone', async () => {
    const accept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';
    const { body } = await three().call('GET', '/api/v1/pods', { accept });
    expect(body.kind).toBe('PartialObjectMetadataList');
    expect(body.items[0]).toMatchObject({
      kind: 'PartialObjectMetadata',
      metadata: { name: 'a', uid: 'uid-3' },
    });
    expect(body.items[0].spec).toBeUndefined();
  });

  it('are deleted, as far as they are chosen', async () => {
    const api = three();
    const { body } = await api.call('DELETE', `${pods}?labelSelector=name%20in%20(a,b)`);
    expect(namesOf(body)).toEqual(['a', 'b']);
    expect(api.registry.list(PODS, 'space').map(({ metadata }) => metadata.name)).toEqual(['c']);
  });
});

describe('rights', () => {
  const other = '/api/v1/namespaces/learner/pods';

  it.each<[string, object, string, string, string]>([
    [
      'viewer',
      VIEWER,
      'POST',
      pods,
      'pods is forbidden: User "viewer" cannot create resource "pods" in API group "" in the namespace "space"',
    ],
    [
      'viewer',
      VIEWER,
      'DELETE',
      `${pods}/p`,
      'pods "p" is forbidden: User "viewer" cannot delete resource "pods" in API group "" in the namespace "space"',
    ],
    [
      'viewer',
      VIEWER,
      'POST',
      `${pods}/p/exec`,
      'pods "p" is forbidden: User "viewer" cannot create resource "pods/exec" in API group "" in the namespace "space"',
    ],
    [
      'viewer',
      VIEWER,
      'GET',
      '/api/v1/secrets',
      'secrets is forbidden: User "viewer" cannot list resource "secrets" in API group "" at the cluster scope',
    ],
    [
      'viewer',
      VIEWER,
      'GET',
      '/apis/coordination.k8s.io/v1/leases',
      'leases.coordination.k8s.io is forbidden: User "viewer" cannot list resource "leases" in API group "coordination.k8s.io" at the cluster scope',
    ],
    ['viewer', VIEWER, 'GET', '/metrics', 'forbidden: User "viewer" cannot get path "/metrics"'],
    [
      'learner',
      LEARNER,
      'GET',
      pods,
      'pods is forbidden: User "learner" cannot list resource "pods" in API group "" in the namespace "space"',
    ],
    [
      'learner',
      LEARNER,
      'GET',
      '/api/v1/namespaces/learner',
      'namespaces "learner" is forbidden: User "learner" cannot get resource "namespaces" in API group "" in the namespace "learner"',
    ],
  ])('%s may not: %#', async (_name, user, method, path, message) => {
    const reply = await new Api().call(method, path, { user: user as typeof VIEWER });
    expect([reply.status, reply.body.reason, reply.body.message]).toEqual([403, 'Forbidden', message]);
  });

  it('end where they end', async () => {
    const api = new Api();
    api.namespace('learner');
    expect((await api.call('GET', '/api/v1/pods', { user: VIEWER })).status).toBe(200);
    expect((await api.call('GET', '/api/v1/nodes', { user: VIEWER })).status).toBe(200);
    expect((await api.call('GET', '/api/v1/nodes', { user: LEARNER })).status).toBe(200);
    expect((await api.call('POST', other, { user: LEARNER, body: podManifest('p') })).status).toBe(201);
    expect((await api.call('DELETE', `${other}/p`, { user: LEARNER })).status).toBe(200);
  });

  it('come from nothing that objects inherit', async () => {
    const api = new Api();
    for (const user of ['constructor', '__proto__', 'toString'])
      expect((await api.call('GET', '/api/v1/pods', { headers: { 'impersonate-user': user } })).status).toBe(
        403,
      );
  });

  it('can be tried on by who may do all', async () => {
    const api = new Api();
    const headers = { 'impersonate-user': 'viewer' };
    expect((await api.call('GET', pods, { headers })).status).toBe(200);
    expect((await api.call('POST', pods, { headers, body: podManifest('p') })).status).toBe(403);
    expect((await api.call('GET', pods, { headers: { 'impersonate-user': 'practice-admin' } })).status).toBe(
      403,
    );
    const group = { 'impersonate-user': 'x', 'impersonate-group': 'system:masters' };
    expect((await api.call('GET', pods, { headers: group })).status).toBe(200);
    expect(
      (await api.call('GET', pods, { headers: { 'impersonate-user': 'learner' }, user: VIEWER })).body
        .message,
    ).toBe(
      'users "learner" is forbidden: User "viewer" cannot impersonate resource "users" in API group "" at the cluster scope',
    );
  });

  it('are told', async () => {
    const api = new Api();
    const ask = async (plural: string, body: object, user = VIEWER): Promise<Body> =>
      (await api.call('POST', `/apis/${plural}`, { body, user })).body.status;
    const access = (verb: string, resource: string, subresource = ''): object => ({
      spec: { resourceAttributes: { namespace: 'space', verb, resource, subresource } },
    });
    const self = 'authorization.k8s.io/v1/selfsubjectaccessreviews';
    expect(await ask(self, access('get', 'pods'))).toEqual({ allowed: true });
    expect(await ask(self, access('get', 'pods', 'log'))).toEqual({ allowed: true });
    expect(await ask(self, access('create', 'pods', 'exec'))).toEqual({ allowed: false });
    const rules = await ask(
      'authorization.k8s.io/v1/selfsubjectrulesreviews',
      { spec: { namespace: 'learner' } },
      LEARNER,
    );
    expect(rules.resourceRules).toContainEqual({
      verbs: ['*'],
      apiGroups: ['networking.k8s.io'],
      resources: ['networkpolicies'],
    });
    expect(await ask('authentication.k8s.io/v1/selfsubjectreviews', {})).toEqual({
      userInfo: { username: 'viewer', groups: ['system:authenticated'] },
    });
    const asAdmin = await api.call('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
      body: {
        spec: { user: 'learner', groups: [], nonResourceAttributes: { path: '/version', verb: 'get' } },
      },
    });
    expect(asAdmin.body.status).toEqual({ allowed: false });
  });
});

describe('what is served', () => {
  it('is told in steps', async () => {
    const api = new Api();
    expect((await api.call('GET', '/api')).body.versions).toEqual(['v1']);
    expect((await api.call('GET', '/apis')).body.groups.map(({ name }: Body) => name)).toEqual([
      'apps',
      'authentication.k8s.io',
      'authorization.k8s.io',
      'coordination.k8s.io',
      'discovery.k8s.io',
      'networking.k8s.io',
    ]);
    const { body } = await api.call('GET', '/api/v1');
    expect(body.resources.map(({ name }: Body) => name)).toEqual([
      'bindings',
      'configmaps',
      'endpoints',
      'events',
      'namespaces',
      'namespaces/finalize',
      'namespaces/status',
      'nodes',
      'nodes/status',
      'pods',
      'pods/attach',
      'pods/binding',
      'pods/ephemeralcontainers',
      'pods/eviction',
      'pods/exec',
      'pods/log',
      'pods/portforward',
      'pods/status',
      'resourcequotas',
      'resourcequotas/status',
      'serviceaccounts',
      'services',
      'services/status',
    ]);
    expect(body.resources.find(({ name }: Body) => name === 'pods')).toEqual({
      name: 'pods',
      singularName: 'pod',
      namespaced: true,
      kind: 'Pod',
      shortNames: ['po'],
      categories: ['all'],
      verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
    });
    expect((await api.call('GET', '/apis/coordination.k8s.io/v1')).body.resources[0].name).toBe('leases');
  });

  it.each(['v2', 'v2beta1'])('is told at once, in %s', async (version) => {
    const accept = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList,application/json`;
    const { text, headers } = await new Api().call('GET', '/api', { accept });
    const body: Body = JSON.parse(text);
    expect(headers['Content-Type']).toBe(
      `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
    );
    const pod = body.items[0].versions[0].resources.find(({ resource }: Body) => resource === 'pods');
    expect(pod).toMatchObject({
      scope: 'Namespaced',
      responseKind: { group: '', version: 'v1', kind: 'Pod' },
      shortNames: ['po'],
    });
    expect(pod.subresources.map(({ subresource }: Body) => subresource)).toContain('exec');
  });

  it('has a version and health', async () => {
    const api = new Api();
    expect((await api.call('GET', '/version')).body).toMatchObject({
      major: '1',
      minor: '34',
      gitVersion: 'v1.34.0+k8snet-practice',
    });
    for (const path of ['/healthz', '/livez', '/readyz', '/readyz/ping'])
      expect((await api.call('GET', path)).text).toBe('ok');
    expect((await api.call('GET', '/readyz?verbose')).text).toContain('readyz check passed');
  });
});
