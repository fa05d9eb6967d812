import { describe, expect, it } from 'vitest';
import { createStore } from '../../../src/practice/api/memory-store.ts';
import type { KubernetesObject } from '../../../src/practice/api/object.ts';
import { type Change, TooOld } from '../../../src/practice/api/store.ts';
import { refusal } from './support/api.ts';

function object(name: string, namespace = 'a', resourceVersion = ''): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, uid: name, resourceVersion, creationTimestamp: '' },
  };
}

const names = (objects: KubernetesObject[]): string[] =>
  objects.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);

describe('the store', () => {
  it('lists in the order of keys, whatever the order of creation', () => {
    const store = createStore();
    for (const [name, namespace] of [
      ['z', 'a'],
      ['b', 'a-b'],
      ['a', 'b'],
      ['c', 'a'],
    ] as const)
      store.create('pods', object(name, namespace));
    // As in etcd: `a-b/` comes before `a/`.
    expect(names(store.list('pods'))).toEqual(['a-b/b', 'a/c', 'a/z', 'b/a']);
    expect(names(store.list('pods', 'a'))).toEqual(['a/c', 'a/z']);
    store.remove('pods', 'a', 'c');
    expect(names(store.list('pods', 'a'))).toEqual(['a/z']);
    expect(store.list('pods', 'nowhere')).toEqual([]);
    expect(store.list('nodes')).toEqual([]);
  });

  it('counts one version for everything', () => {
    const store = createStore();
    const pod = store.create('pods', object('p'));
    store.create('nodes', object('n'));
    expect(store.version).toBe(2);
    expect(store.update('pods', pod).metadata.resourceVersion).toBe('3');
    expect(store.remove('pods', 'a', 'p').metadata.resourceVersion).toBe('4');
  });

  it('locks optimistically', () => {
    const store = createStore();
    const pod = store.create('pods', object('p'));
    store.update('pods', pod);
    expect(refusal(() => store.update('pods', pod))).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message:
        'Operation cannot be fulfilled on pods "p": the object has been modified; please apply your changes to the latest version and try again',
    });
    expect(refusal(() => store.create('pods', object('p'))).message).toBe('pods "p" already exists');
    expect(refusal(() => store.remove('apps/deployments', 'a', 'd')).message).toBe(
      'deployments.apps "d" not found',
    );
    expect(refusal(() => store.update('pods', object('q'))).reason).toBe('NotFound');
  });

  it('tells a watcher of what was and of what comes, of its resource alone', () => {
    const store = createStore();
    store.create('pods', object('p'));
    store.create('nodes', object('n'));
    const seen: string[] = [];
    const stop = store.watch('pods', 0, ({ type, object }) => seen.push(`${type} ${object.metadata.name}`));
    store.create('pods', object('q'));
    store.remove('pods', 'a', 'p');
    stop();
    store.create('pods', object('r'));
    expect(seen).toEqual(['ADDED p', 'ADDED q', 'DELETED p']);
  });

  it('tells everybody in the same order, also of what listeners write', () => {
    const store = createStore();
    const seen: Record<string, string[]> = { first: [], second: [] };
    store.watch('pods', 0, ({ object }) => {
      seen['first']!.push(object.metadata.name);
      if (object.metadata.name === 'p') store.create('pods', object2('q'));
    });
    store.watch('pods', 0, ({ object }) => seen['second']!.push(object.metadata.name));
    store.create('pods', object('p'));
    expect(seen).toEqual({ first: ['p', 'q'], second: ['p', 'q'] });
    function object2(name: string): KubernetesObject {
      return object(name);
    }
  });

  it('tells a watcher that begins while others are told nothing twice', () => {
    const store = createStore();
    const late: string[] = [];
    store.watch('pods', 0, ({ object: { metadata } }) => {
      if (metadata.name !== 'p') return;
      store.create('pods', object('q'));
      store.watch('pods', 0, (change) => late.push(change.object.metadata.name));
    });
    store.create('pods', object('p'));
    expect(late).toEqual(['p', 'q']);
  });

  it('forgets the oldest changes', () => {
    const store = createStore({ remember: 10 });
    for (let index = 0; index < 40; index++) store.create('pods', object(`p${index}`));
    expect(() => store.watch('pods', 5, () => undefined)).toThrow(TooOld);
    const seen: Change[] = [];
    store.watch('pods', 32, (change) => seen.push(change));
    expect(seen.map((change) => change.object.metadata.name)).toEqual([
      'p32',
      'p33',
      'p34',
      'p35',
      'p36',
      'p37',
      'p38',
      'p39',
    ]);
  });

  it('begins with what was kept, and remembers nothing from before', () => {
    const kept = object('p', 'a', '41');
    const store = createStore({ snapshot: { version: 50, objects: [{ resource: 'pods', object: kept }] } });
    expect(store.get('pods', 'a', 'p')).toBe(kept);
    expect(store.update('pods', kept).metadata.resourceVersion).toBe('51');
    expect(() => store.watch('pods', 49, () => undefined)).toThrow('too old resource version: 49 (50)');
  });

  it('keeps nothing that could not be recorded', () => {
    const recorded: string[] = [];
    const store = createStore({
      record: ({ type, object: { metadata } }) => {
        if (metadata.name === 'bad') throw new Error('disk full');
        recorded.push(`${type} ${metadata.name} ${metadata.resourceVersion}`);
      },
    });
    store.create('pods', object('p'));
    expect(() => store.create('pods', object('bad'))).toThrow('disk full');
    expect(store.get('pods', 'a', 'bad')).toBeUndefined();
    store.remove('pods', 'a', 'p');
    expect(recorded).toEqual(['ADDED p 1', 'DELETED p 2']);
  });
});
