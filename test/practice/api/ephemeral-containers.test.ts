import { describe, expect, it } from 'vitest';
import { Api, type Reply } from './support/api.ts';

const MERGE = 'application/strategic-merge-patch+json';
const PATH = '/api/v1/namespaces/space/pods/p/ephemeralcontainers';

function withPod(): Api {
  const api = new Api();
  api.pod('p');
  return api;
}

const add = (api: Api, ...ephemeralContainers: object[]): Promise<Reply> =>
  api.call('PATCH', PATH, { type: MERGE, body: { spec: { ephemeralContainers } } });
const look = { name: 'look', image: 'busybox' };

describe('pods/ephemeralcontainers', () => {
  it('adds to a Pod, and changes nothing else of it', async () => {
    const api = withPod();
    const before = await api.call('GET', '/api/v1/namespaces/space/pods/p');
    const { status, body } = await api.call('PATCH', PATH, {
      type: MERGE,
      body: {
        metadata: { labels: { a: 'b' } },
        spec: { ephemeralContainers: [look], restartPolicy: 'Never' },
      },
    });
    expect(status).toBe(200);
    expect(body.spec).toEqual({
      ...before.body.spec,
      ephemeralContainers: [
        {
          ...look,
          imagePullPolicy: 'Always',
          resources: {},
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
        },
      ],
    });
    expect(body.metadata.labels).toBeUndefined();
    expect(body.metadata.generation).toBe(2);
    expect((await api.call('GET', PATH)).body).toEqual(body);
  });

  it.each<[string, object, string]>([
    [
      'a name that is taken',
      { ...look, name: 'c' },
      'spec.ephemeralContainers[0].name: Duplicate value: "c"',
    ],
    ['no name', { image: 'x' }, 'spec.ephemeralContainers[0].name: Required value'],
    ['no image', { name: 'x' }, 'spec.ephemeralContainers[0].image: Required value'],
    [
      'a target that is not there',
      { ...look, targetContainerName: 'x' },
      'targetContainerName: Not found: "x"',
    ],
    [
      'ports',
      { ...look, ports: [{ containerPort: 80 }] },
      'ports: Forbidden: cannot be set for an Ephemeral Container',
    ],
    ['resources', { ...look, resources: { limits: { cpu: '1' } } }, 'resources: Forbidden: cannot be set'],
    [
      'a probe',
      { ...look, livenessProbe: { tcpSocket: { port: 80 } } },
      'livenessProbe: Forbidden: cannot be set',
    ],
  ])('refuses %s', async (_, container, message) => {
    const { status, body } = await add(withPod(), container);
    expect(status).toBe(422);
    expect(body.message).toContain(message);
  });

  it.each([
    ['removed', [{ op: 'remove', path: '/spec/ephemeralContainers/0' }]],
    ['changed', [{ op: 'replace', path: '/spec/ephemeralContainers/0/image', value: 'nginx' }]],
  ])('what is there may not be %s', async (verb, body) => {
    const api = withPod();
    await add(api, look);
    const reply = await api.call('PATCH', PATH, { type: 'application/json-patch+json', body });
    expect(reply.body.message).toContain(
      `spec.ephemeralContainers: Forbidden: existing ephemeral containers "look" may not be ${verb}`,
    );
  });

  it('is the only way', async () => {
    const body = { spec: { ephemeralContainers: [look] } };
    const reply = await withPod().call('PATCH', PATH.replace('/ephemeralcontainers', ''), {
      type: MERGE,
      body,
    });
    expect(reply.body.message).toContain('pod updates may not change fields');
    expect((await withPod().call('DELETE', PATH)).status).toBe(405);
  });

  it('a namespace that enforces a level of Pod Security holds them to it', async () => {
    const api = withPod();
    const labels = { 'pod-security.kubernetes.io/enforce': 'baseline' };
    await api.call('PATCH', '/api/v1/namespaces/space', { type: MERGE, body: { metadata: { labels } } });
    const { status, body } = await add(api, { ...look, securityContext: { privileged: true } });
    expect([status, body.message]).toEqual([403, expect.stringContaining('violates PodSecurity "baseline')]);
  });
});
