import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { factor } from '../../support/prove.ts';
import { Api } from './support/api.ts';

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'p',
    labels: { a: 'b' },
    annotations: { c: 'd' },
    finalizers: ['x.io/y'],
    ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'o', uid: 'u' }],
  },
  spec: {
    containers: [
      {
        name: 'c',
        image: 'i',
        env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
        envFrom: [{ configMapRef: { name: 'x' } }],
        ports: [{ containerPort: 80, name: 'web' }],
        resources: { limits: { cpu: '1' } },
        volumeMounts: [{ name: 'v', mountPath: '/v' }],
        readinessProbe: { httpGet: { port: 80 } },
        lifecycle: { preStop: { exec: { command: ['x'] } } },
        securityContext: { runAsUser: 1 },
      },
    ],
    initContainers: [{ name: 'i', image: 'i', restartPolicy: 'Always' }],
    volumes: [
      {
        name: 'v',
        projected: {
          sources: [{ downwardAPI: { items: [{ path: 'p', fieldRef: { fieldPath: 'metadata.name' } }] } }],
        },
      },
    ],
    tolerations: [{ key: 'k', operator: 'Exists' }],
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname' }],
      },
    },
    topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'x', whenUnsatisfiable: 'DoNotSchedule' }],
    hostAliases: [{ ip: '10.0.0.1', hostnames: ['a'] }],
    dnsConfig: { nameservers: ['10.0.0.1'] },
    nodeSelector: { a: 'b' },
  },
};

/** Every place in it. */
function places(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, each]) => places(each, [...path, key]))];
}

function replaced(value: unknown, [key, ...rest]: (string | number)[], by: unknown): unknown {
  if (key === undefined) return by;
  const copy = structuredClone(value) as Record<string | number, unknown>;
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}

const place = fc.constantFrom(...places(POD));
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(null, {}, [], [null], [{}], '', 0, -1, 1e30),
);

describe('whatever is sent', () => {
  it('is taken or refused', async () => {
    await fc.assert(
      fc.asyncProperty(place, anything, async (path, by) => {
        const api = new Api();
        const body = replaced(POD, path, by);
        const { status } = await api.call('POST', '/api/v1/namespaces/space/pods?fieldValidation=Strict', {
          body: JSON.stringify(body),
        });
        expect([201, 400, 403, 422, 500]).toContain(status);
        await api.call('GET', '/api/v1/pods', { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' });
      }),
      { numRuns: 80 * factor },
    );
  });

  it.each([
    'application/json-patch+json',
    'application/merge-patch+json',
    'application/strategic-merge-patch+json',
  ])('as %s is taken or refused', async (type) => {
    await fc.assert(
      fc.asyncProperty(place, anything, async (path, by) => {
        const api = new Api();
        api.pod('p', { volumes: [{ name: 'v', emptyDir: {} }] });
        const patch = type.includes('json-patch')
          ? [{ op: 'add', path: `/${path.join('/')}`, value: by }]
          : replaced(POD, path, by);
        const { status } = await api.call('PATCH', '/api/v1/namespaces/space/pods/p', {
          type,
          body: JSON.stringify(patch),
        });
        expect([200, 400, 403, 409, 422, 500]).toContain(status);
      }),
      { numRuns: 40 * factor },
    );
  });
});
