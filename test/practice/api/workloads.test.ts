import { describe, expect, it } from 'vitest';
import { DEPLOYMENTS, NAMESPACES, REPLICA_SETS } from '../../../src/practice/api/registry.ts';
import { Api, type Body, refusal } from './support/api.ts';

const PATH = '/apis/apps/v1/namespaces/space/deployments';
const labels = { app: 'web' };
const template = (spec: object = {}): object => ({
  metadata: { labels },
  spec: { containers: [{ name: 'c', image: 'nginx' }], ...spec },
});
const manifest = (spec: object = {}): object => ({
  metadata: { name: 'web' },
  spec: { selector: { matchLabels: labels }, template: template(), ...spec },
});

function made(resource = DEPLOYMENTS, spec: object = {}): Body {
  return new Api().registry.create(resource, 'space', manifest(spec));
}

function wrong(resource: typeof DEPLOYMENTS, spec: object): string {
  const { message } = refusal(() => new Api().registry.create(resource, 'space', manifest(spec)));
  return message.replace(/^\w+\.apps "web" is invalid: /, '');
}

describe('a new Deployment', () => {
  it('has the defaults of Kubernetes, its template those of a Pod that is not there yet', () => {
    const { spec, metadata, status } = made();
    expect(spec).toMatchObject({
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
    });
    expect(spec.template.spec).toEqual({
      containers: [
        {
          name: 'c',
          image: 'nginx',
          imagePullPolicy: 'Always',
          resources: {},
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
        },
      ],
      dnsPolicy: 'ClusterFirst',
      restartPolicy: 'Always',
      schedulerName: 'default-scheduler',
      securityContext: {},
      terminationGracePeriodSeconds: 30,
    });
    expect([metadata.generation, status]).toEqual([1, {}]);
  });

  it('that is recreated has no limits for a rolling update', () => {
    expect(made(DEPLOYMENTS, { strategy: { type: 'Recreate' } }).spec.strategy).toEqual({ type: 'Recreate' });
  });

  const rolling = 'spec.strategy.rollingUpdate';
  it.each([
    [
      { selector: { matchLabels: { app: 'x' } } },
      'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
    ],
    [
      { selector: null },
      '[spec.selector: Required value, spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`]',
    ],
    [{ selector: {} }, 'spec.selector: Invalid value: {}: empty selector is invalid for deployment'],
    [{ replicas: -1 }, 'spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
    [
      { minReadySeconds: 600 },
      'spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds',
    ],
    [
      { template: template({ restartPolicy: 'Never' }) },
      'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
    ],
    [{ template: template({ containers: [] }) }, 'spec.template.spec.containers: Required value'],
    [
      { strategy: { type: 'Blue' } },
      'spec.strategy: Unsupported value: {"Type":"Blue","RollingUpdate":null}: supported values: "Recreate", "RollingUpdate"',
    ],
    [
      { strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } },
      `${rolling}: Forbidden: may not be specified when strategy \`type\` is 'Recreate'`,
    ],
    [
      { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: '0%' } } },
      `${rolling}.maxUnavailable: Invalid value: "0%": may not be 0 when \`maxSurge\` is 0`,
    ],
    [
      { strategy: { rollingUpdate: { maxUnavailable: '101%' } } },
      `${rolling}.maxUnavailable: Invalid value: "101%": must not be greater than 100%`,
    ],
    [
      { strategy: { rollingUpdate: { maxSurge: 'some' } } },
      `${rolling}.maxSurge: Invalid value: "some": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%', or '93%', regex used for validation is '[0-9]+%')`,
    ],
  ])('%j is refused', (spec, message) => {
    expect(wrong(DEPLOYMENTS, spec)).toBe(message);
  });
});

describe.each([DEPLOYMENTS, REPLICA_SETS])('$plural', (resource) => {
  it('keep their selector', () => {
    const api = new Api();
    const before: Body = api.registry.create(resource, 'space', manifest());
    const all = { app: 'web', tier: 'front' };
    const spec = {
      ...before.spec,
      selector: { matchLabels: all },
      template: { ...before.spec.template, metadata: { labels: all } },
    };
    expect(
      refusal(() => api.registry.update(resource, 'space', 'web', { ...before, spec })).message,
    ).toContain(
      'spec.selector: Invalid value: {"matchLabels":{"app":"web","tier":"front"}}: field is immutable',
    );
  });

  it('are warned of by Pod Security, and not refused', () => {
    const api = new Api();
    const namespace = api.registry.get(NAMESPACES, undefined, 'space');
    const levels = {
      'pod-security.kubernetes.io/enforce': 'restricted',
      'pod-security.kubernetes.io/warn': 'baseline',
    };
    api.registry.update(NAMESPACES, undefined, 'space', {
      ...namespace,
      metadata: { ...namespace.metadata, labels: levels },
    });
    const warnings: string[] = [];
    const sent = manifest({ template: template({ hostNetwork: true }) });
    api.registry.create(resource, 'space', sent, { warn: (warning) => warnings.push(warning) });
    expect(warnings).toEqual([
      'would violate PodSecurity "baseline:latest": host namespaces (hostNetwork=true)',
    ]);
  });
});

describe('the scale of a Deployment', () => {
  async function scaled(method: string, body: object, type?: string): Promise<Body> {
    const api = new Api();
    api.registry.create(DEPLOYMENTS, 'space', manifest());
    const reply = await api.call(method, `${PATH}/web/scale`, { body, ...(type !== undefined && { type }) });
    const { spec, metadata }: Body = api.registry.get(DEPLOYMENTS, 'space', 'web');
    return { ...reply.body, code: reply.status, now: spec.replicas, generation: metadata.generation };
  }
  const MERGE = 'application/merge-patch+json';

  it('is read', async () => {
    const api = new Api();
    api.registry.create(DEPLOYMENTS, 'space', manifest());
    const { body } = await api.call('GET', `${PATH}/web/scale`);
    expect(body).toMatchObject({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      metadata: { name: 'web', namespace: 'space' },
      spec: { replicas: 1 },
      status: { replicas: 0, selector: 'app=web' },
    });
  });

  it('is changed, by a patch and by an update', async () => {
    expect(await scaled('PATCH', { spec: { replicas: 3 } }, MERGE)).toMatchObject({
      kind: 'Scale',
      spec: { replicas: 3 },
      now: 3,
      generation: 2,
    });
    expect(await scaled('PUT', { metadata: { name: 'web' }, spec: { replicas: 0 } })).toMatchObject({
      spec: {},
      now: 0,
    });
  });

  it.each([
    [
      'less than none',
      { metadata: { name: 'web' }, spec: { replicas: -1 } },
      422,
      'Scale.autoscaling "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      'another name',
      { metadata: { name: 'x' } },
      400,
      'the name of the object (x) does not match the name on the URL (web)',
    ],
    [
      'what somebody changed since',
      { metadata: { name: 'web', resourceVersion: '1' }, spec: { replicas: 2 } },
      409,
      'Operation cannot be fulfilled on deployments.apps "web": the object has been modified; please apply your changes to the latest version and try again',
    ],
  ])('%s is refused', async (_, body, code, message) => {
    expect(await scaled('PUT', body)).toMatchObject({ code, message, now: 1 });
  });
});
