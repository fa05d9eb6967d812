import { describe, expect, it } from 'vitest';
import {
  CONFIG_MAPS,
  EVENTS,
  NAMESPACES,
  NODES,
  PODS,
  SERVICE_ACCOUNTS,
} from '../../../src/practice/api/registry.ts';
import { Api, podManifest, refusal } from './support/api.ts';

describe('creating', () => {
  it('makes up a name', () => {
    const api = new Api();
    const { metadata } = api.registry.create(PODS, 'space', {
      metadata: { generateName: 'web-' },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    });
    expect(metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    expect(metadata.generateName).toBe('web-');
  });

  it('tries another name when the first is taken, but not for ever', () => {
    let calls = 0;
    const api = new Api({ random: () => (calls++ < 30 ? 0 : 0.5) });
    const create = (): string =>
      api.registry.create(CONFIG_MAPS, 'space', { metadata: { generateName: 'c-' } }).metadata.name;
    expect([create(), create()]).toEqual(['c-bbbbb', 'c-rrrrr']);
    const stuck = new Api({ random: () => 0 });
    const map = { metadata: { generateName: 'c-' } };
    stuck.registry.create(CONFIG_MAPS, 'space', map);
    expect(refusal(() => stuck.registry.create(CONFIG_MAPS, 'space', map)).reason).toBe('AlreadyExists');
  });

  it.each<[string, string, object, string]>([
    ['a namespace that is not there', 'nowhere', podManifest('p'), 'namespaces "nowhere" not found'],
    [
      'another namespace than the manifest says',
      'space',
      { metadata: { name: 'p', namespace: 'other' } },
      'the namespace of the provided object does not match the namespace sent on the request',
    ],
    [
      'another kind',
      'space',
      { apiVersion: 'v1', kind: 'ConfigMap' },
      'ConfigMap in version "v1" cannot be handled as a Pod: converting (v1.ConfigMap) to (core.Pod): unknown conversion',
    ],
    [
      'another version',
      'space',
      { apiVersion: 'v2', kind: 'Pod' },
      'the API version in the data (v2) does not match the expected API version (v1)',
    ],
    [
      'a version of the object',
      'space',
      { metadata: { name: 'p', resourceVersion: '1' } },
      'resourceVersion should not be set on objects to be created',
    ],
    [
      'no name',
      'space',
      { spec: { containers: [{ name: 'c', image: 'i' }] } },
      'Pod "" is invalid: metadata.name: Required value: name or generateName is required',
    ],
  ])('refuses %s', (_what, namespace, object, message) =>
    expect(refusal(() => new Api().registry.create(PODS, namespace, object)).message).toBe(message),
  );

  it('refuses what is there, also when nothing would be kept', () => {
    const api = new Api();
    api.pod('p');
    for (const dryRun of [false, true])
      expect(refusal(() => api.registry.create(PODS, 'space', podManifest('p'), { dryRun })).message).toBe(
        'pods "p" already exists',
      );
  });

  it('refuses new content in a namespace that goes', () => {
    const api = new Api();
    api.registry.delete(NAMESPACES, undefined, 'space');
    expect(refusal(() => api.pod('p'))).toMatchObject({
      code: 403,
      message:
        'pods "p" is forbidden: unable to create new content in namespace space because it is being terminated',
      details: { causes: [{ reason: 'NamespaceTerminating', field: 'metadata.namespace' }] },
    });
  });

  it('keeps nothing on a dry run', () => {
    const api = new Api();
    const before = api.store.version;
    const pod = api.registry.create(PODS, 'space', podManifest('p'), { dryRun: true });
    expect(pod.metadata.uid).not.toBe('');
    expect(pod.metadata.resourceVersion).toBeUndefined();
    expect(api.store.version).toBe(before);
  });

  it('warns of unknown fields, or refuses them, or lets them go by', () => {
    const object = podManifest('p', { hostnam: 'x' });
    const warnings: string[] = [];
    const warn = (message: string): unknown => warnings.push(message);
    new Api().registry.create(PODS, 'space', object, { warn });
    expect(warnings).toEqual(['unknown field "spec.hostnam"']);
    const strict = refusal(() =>
      new Api().registry.create(PODS, 'space', object, { fieldValidation: 'Strict' }),
    );
    expect(strict.message).toBe(
      'Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.hostnam"',
    );
    new Api().registry.create(PODS, 'space', object, { fieldValidation: 'Ignore', warn });
    expect(warnings).toHaveLength(1);
  });
});

describe('updating', () => {
  const api = (): Api => {
    const made = new Api();
    made.registry.create(CONFIG_MAPS, 'space', { metadata: { name: 'c' }, data: { a: '1' } });
    return made;
  };

  it('lets the last writer win who names no version', () => {
    const { registry } = api();
    registry.update(CONFIG_MAPS, 'space', 'c', { metadata: { name: 'c' }, data: { a: '2' } });
    expect(registry.get(CONFIG_MAPS, 'space', 'c')['data']).toEqual({ a: '2' });
  });

  it.each<[string, object, number, string]>([
    [
      'an old version',
      { name: 'c', resourceVersion: '1' },
      409,
      'Operation cannot be fulfilled on configmaps "c": the object has been modified; please apply your changes to the latest version and try again',
    ],
    [
      'another uid',
      { name: 'c', uid: 'x' },
      409,
      'Operation cannot be fulfilled on configmaps "c": Precondition failed: UID in precondition: x, UID in object meta: uid-3',
    ],
    ['another name', { name: 'd' }, 400, 'the name of the object (d) does not match the name on the URL (c)'],
    [
      'another namespace',
      { name: 'c', namespace: 'other' },
      400,
      'the namespace of the object (other) does not match the namespace on the request (space)',
    ],
  ])('refuses %s', (_what, metadata, code, message) =>
    expect(refusal(() => api().registry.update(CONFIG_MAPS, 'space', 'c', { metadata }))).toMatchObject({
      code,
      message,
    }),
  );

  it('keeps an immutable ConfigMap as it is', () => {
    const { registry } = api();
    registry.update(CONFIG_MAPS, 'space', 'c', {
      metadata: { name: 'c' },
      data: { a: '1' },
      immutable: true,
    });
    expect(
      refusal(() => registry.update(CONFIG_MAPS, 'space', 'c', { metadata: { name: 'c' }, data: { a: '2' } }))
        .message,
    ).toBe(
      'ConfigMap "c" is invalid: [immutable: Forbidden: field is immutable when `immutable` is set, data: Forbidden: field is immutable when `immutable` is set]',
    );
  });

  it('keeps what no update changes', () => {
    const { registry } = api();
    const { metadata } = registry.update(CONFIG_MAPS, 'space', 'c', {
      metadata: { name: 'c', creationTimestamp: '2000-01-01T00:00:00Z', labels: { x: 'y' } },
    });
    expect(metadata).toMatchObject({
      creationTimestamp: '2030-01-01T00:00:00Z',
      uid: 'uid-3',
      labels: { x: 'y' },
    });
  });
});

describe('deleting', () => {
  const bound = (): Api => {
    const api = new Api();
    api.pod('p');
    api.registry.bind('space', 'p', 'n1');
    return api;
  };

  it('takes away at once a Pod that nobody runs', () => {
    const api = new Api();
    api.pod('p');
    expect(api.registry.delete(PODS, 'space', 'p').metadata.name).toBe('p');
    expect(api.registry.find(PODS, 'space', 'p')).toBeUndefined();
  });

  it('gives a Pod that runs its time, and only ever less of it', async () => {
    const { registry, clock } = bound();
    expect(registry.delete(PODS, 'space', 'p').metadata).toMatchObject({
      deletionTimestamp: '2030-01-01T00:00:30Z',
      deletionGracePeriodSeconds: 30,
      generation: 2,
    });
    await clock.advance(5000);
    expect(registry.delete(PODS, 'space', 'p').metadata.deletionGracePeriodSeconds).toBe(30);
    expect(
      registry.delete(PODS, 'space', 'p', { gracePeriodSeconds: 60 }).metadata.deletionGracePeriodSeconds,
    ).toBe(30);
    expect(registry.delete(PODS, 'space', 'p', { gracePeriodSeconds: 10 }).metadata).toMatchObject({
      deletionTimestamp: '2030-01-01T00:00:10Z',
      deletionGracePeriodSeconds: 10,
      generation: 2,
    });
    registry.delete(PODS, 'space', 'p', { gracePeriodSeconds: 0 });
    expect(registry.find(PODS, 'space', 'p')).toBeUndefined();
  });

  it('does not wait for a Pod that has ended', () => {
    const { registry } = bound();
    registry.updateStatus(PODS, 'space', 'p', () => ({ phase: 'Succeeded' }));
    registry.delete(PODS, 'space', 'p');
    expect(registry.find(PODS, 'space', 'p')).toBeUndefined();
  });

  it('takes only what was meant', () => {
    const { registry } = bound();
    expect(refusal(() => registry.delete(PODS, 'space', 'p', { preconditions: { uid: 'x' } }))).toMatchObject(
      {
        code: 409,
        message:
          'Operation cannot be fulfilled on Pod "p": the UID in the precondition (x) does not match the UID in record (uid-3). The object might have been deleted and then recreated',
      },
    );
    expect(
      refusal(() => registry.delete(PODS, 'space', 'p', { preconditions: { resourceVersion: '1' } })).message,
    ).toBe(
      'Operation cannot be fulfilled on Pod "p": the ResourceVersion in the precondition (1) does not match the ResourceVersion in record (4). The object might have been modified',
    );
    expect(refusal(() => registry.delete(PODS, 'space', 'q')).message).toBe('pods "q" not found');
  });

  it('waits for finalizers, to which none are added', () => {
    const { registry } = new Api();
    const object = { metadata: { name: 'c', finalizers: ['x.io/y'] } };
    registry.create(CONFIG_MAPS, 'space', object);
    expect(registry.delete(CONFIG_MAPS, 'space', 'c').metadata).toMatchObject({
      deletionTimestamp: '2030-01-01T00:00:00Z',
      deletionGracePeriodSeconds: 0,
    });
    registry.delete(CONFIG_MAPS, 'space', 'c');
    const more = { metadata: { name: 'c', finalizers: ['x.io/y', 'x.io/z'] } };
    expect(refusal(() => registry.update(CONFIG_MAPS, 'space', 'c', more)).message).toContain(
      'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"x.io/z"}',
    );
    registry.update(CONFIG_MAPS, 'space', 'c', { metadata: { name: 'c' } });
    expect(registry.find(CONFIG_MAPS, 'space', 'c')).toBeUndefined();
  });

  it('lets a Pod with finalizers stay when its kubelet is done', () => {
    const api = bound();
    const pod = structuredClone(api.registry.get(PODS, 'space', 'p'));
    pod.metadata.finalizers = ['x.io/y'];
    api.registry.update(PODS, 'space', 'p', pod);
    api.registry.delete(PODS, 'space', 'p', { gracePeriodSeconds: 0 });
    expect(api.registry.get(PODS, 'space', 'p').metadata.deletionGracePeriodSeconds).toBe(0);
    const { finalizers: _finalizers, ...metadata } = api.registry.get(PODS, 'space', 'p').metadata;
    api.registry.update(PODS, 'space', 'p', { ...api.registry.get(PODS, 'space', 'p'), metadata });
    expect(api.registry.find(PODS, 'space', 'p')).toBeUndefined();
  });

  it('ends a namespace when its controller says that nothing is left', () => {
    const { registry } = new Api();
    const going = registry.delete(NAMESPACES, undefined, 'space');
    expect(going).toMatchObject({
      metadata: { deletionTimestamp: '2030-01-01T00:00:00Z' },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Terminating' },
    });
    expect(going.metadata.deletionGracePeriodSeconds).toBeUndefined();
    registry.finalizeNamespace('space');
    expect(registry.find(NAMESPACES, undefined, 'space')).toBeUndefined();
  });

  it.each(['default', 'kube-system', 'kube-public'])('never takes namespace %s', (name) => {
    const { registry } = new Api();
    if (registry.find(NAMESPACES, undefined, name) === undefined)
      registry.create(NAMESPACES, undefined, { metadata: { name } });
    expect(refusal(() => registry.delete(NAMESPACES, undefined, name))).toMatchObject({
      code: 403,
      message: `namespaces "${name}" is forbidden: this namespace may not be deleted`,
    });
  });

  it('takes nothing on a dry run', () => {
    const { registry, store } = bound();
    const { version } = store;
    registry.delete(PODS, 'space', 'p', { dryRun: ['All'] });
    registry.delete(SERVICE_ACCOUNTS, 'space', 'default', { dryRun: ['All'] });
    expect(store.version).toBe(version);
  });
});

describe('other resources', () => {
  it('a namespace is named by its label, and active', () => {
    const { registry } = new Api();
    expect(registry.get(NAMESPACES, undefined, 'space')).toMatchObject({
      metadata: { labels: { 'kubernetes.io/metadata.name': 'space' } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
  });

  it('an event is where the object is that it speaks of', () => {
    const { registry } = new Api();
    const event = { metadata: { name: 'e' }, involvedObject: { kind: 'Pod', name: 'p', namespace: 'other' } };
    expect(refusal(() => registry.create(EVENTS, 'space', event)).message).toBe(
      'Event "e" is invalid: involvedObject.namespace: Invalid value: "other": does not match event.namespace',
    );
    event.involvedObject.namespace = 'space';
    expect(registry.create(EVENTS, 'space', event)).toMatchObject({
      eventTime: null,
      firstTimestamp: null,
      lastTimestamp: null,
      reportingComponent: '',
      reportingInstance: '',
      source: {},
    });
  });

  it('a node keeps its range of addresses', () => {
    const { registry } = new Api();
    registry.create(NODES, undefined, { metadata: { name: 'n' }, spec: { podCIDR: '10.0.0.0/24' } });
    const other = { metadata: { name: 'n' }, spec: { podCIDR: '10.0.1.0/24' } };
    expect(refusal(() => registry.update(NODES, undefined, 'n', other)).message).toContain(
      'node updates may not change podCIDR except from "" to valid',
    );
  });

  it('are followed from what is there', () => {
    const api = new Api();
    const seen: string[] = [];
    const stop = api.registry.follow(NAMESPACES, ({ type, object }) =>
      seen.push(`${type} ${object.metadata.name}`),
    );
    api.namespace('other');
    stop();
    api.namespace('third');
    expect(seen).toEqual(['ADDED space', 'ADDED other']);
  });
});
