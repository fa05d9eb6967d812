import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PODS } from '../../../src/practice/api/registry.ts';
import { factor } from '../../support/prove.ts';
import { settle } from '../support/virtual-clock.ts';
import { Api, type Body } from './support/api.ts';

const url = '/api/v1/namespaces/space/pods?watch=true';
const told = (events: Body[]): string[] =>
  events.map(({ type, object }) => (type === 'BOOKMARK' ? 'BOOKMARK' : `${type} ${object.metadata.name}`));

describe('a watch', () => {
  it('begins with what is there when it is asked from nowhere', async () => {
    const api = new Api();
    api.pod('a');
    const watch = await api.stream(url);
    await settle();
    api.pod('b');
    api.registry.delete(PODS, 'space', 'a');
    await settle();
    expect(told(watch.events)).toEqual(['ADDED a', 'ADDED b', 'DELETED a']);
    expect(watch.events[2].object.metadata.resourceVersion).toBe('5');
    watch.stop();
    await watch.done;
  });

  it('goes on from a version', async () => {
    const api = new Api();
    const { resourceVersion } = api.pod('a').metadata;
    api.pod('b');
    const watch = await api.stream(`${url}&resourceVersion=${resourceVersion}`);
    await settle();
    expect(told(watch.events)).toEqual(['ADDED b']);
    watch.stop();
    await watch.done;
  });

  it('shows objects coming into a selection and leaving it', async () => {
    const api = new Api();
    api.pod('a');
    const watch = await api.stream(
      `${url}&resourceVersion=${api.store.version}&fieldSelector=status.phase%3DRunning`,
    );
    const phase = async (phase: string): Promise<void> => {
      api.registry.updateStatus(PODS, 'space', 'a', () => ({ phase }));
      await settle();
    };
    await phase('Running');
    api.registry.bind('space', 'a', 'n1');
    await phase('Succeeded');
    await phase('Failed');
    expect(told(watch.events)).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a']);
    // What leaves is shown as it was, with the version of what took it away.
    expect(watch.events[2].object).toMatchObject({
      status: { phase: 'Running' },
      metadata: { resourceVersion: '6' },
    });
    watch.stop();
    await watch.done;
  });

  it('is of one namespace, or of all', async () => {
    const api = new Api();
    api.namespace('other');
    api.pod('a');
    const other = await api.stream('/api/v1/namespaces/other/pods?watch=1');
    const all = await api.stream('/api/v1/pods?watch=1');
    await settle();
    expect([told(other.events), told(all.events)]).toEqual([[], ['ADDED a']]);
    other.stop();
    all.stop();
    await Promise.all([other.done, all.done]);
  });

  it('is told that it is too late', async () => {
    const api = new Api({ remember: 10 });
    for (let index = 0; index < 40; index++) api.pod(`p${index}`);
    const watch = await api.stream(`${url}&resourceVersion=5`);
    await watch.done;
    expect(watch.events).toMatchObject([
      {
        type: 'ERROR',
        object: {
          kind: 'Status',
          code: 410,
          reason: 'Expired',
          message: expect.stringMatching(/^too old resource version: 5 \(\d+\)$/) as string,
        },
      },
    ]);
  });

  it('ends in time, with bookmarks on the way', async () => {
    const api = new Api();
    const watch = await api.stream(`${url}&resourceVersion=1&allowWatchBookmarks=true&timeoutSeconds=90`);
    await api.clock.advance(89_000);
    api.pod('a');
    await api.clock.advance(1000);
    await watch.done;
    expect(told(watch.events)).toEqual(['BOOKMARK', 'BOOKMARK', 'ADDED a']);
    expect(watch.events[0].object).toEqual({
      kind: 'Pod',
      apiVersion: 'v1',
      metadata: { resourceVersion: '2', creationTimestamp: null },
    });
    expect(api.clock.waiting).toBe(0);
  });

  it('of no time is refused before it begins', async () => {
    const { status, body } = await new Api().call('GET', `${url}&timeoutSeconds=soon`);
    expect([status, body.message]).toEqual([400, 'strconv.ParseInt: parsing "soon": invalid syntax']);
  });

  it('can be a list, whose end is marked', async () => {
    const api = new Api();
    api.pod('a');
    const watch = await api.stream(
      `${url}&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
    );
    await settle();
    expect(told(watch.events)).toEqual(['ADDED a', 'BOOKMARK']);
    expect(watch.events[1].object.metadata).toMatchObject({
      resourceVersion: '3',
      annotations: { 'k8s.io/initial-events-end': 'true' },
    });
    watch.stop();
    await watch.done;
    const refused = await api.call('GET', `${url}&sendInitialEvents=true`);
    expect(refused.body.message).toContain(
      'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
    );
  });

  it('comes as a table, with columns the first time', async () => {
    const api = new Api();
    api.pod('a');
    const watch = await api.stream(url, { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' });
    api.pod('b');
    await settle();
    expect(
      watch.events.map(({ object }) => [object.columnDefinitions?.length, object.rows[0].cells[0]]),
    ).toEqual([
      [9, 'a'],
      [undefined, 'b'],
    ]);
    watch.stop();
    await watch.done;
  });

  it('of a version that is still to come is refused', async () => {
    const reply = await new Api().call('GET', `${url}&resourceVersion=99`);
    expect([reply.status, reply.headers['Retry-After']]).toEqual([504, '1']);
  });

  it('adds up to what a list says, whatever happens', async () => {
    const step = fc.record({
      name: fc.constantFrom('a', 'b', 'c'),
      what: fc.constantFrom('create', 'delete', 'on', 'off'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const api = new Api();
        const query = 'labelSelector=on%3Dyes';
        const watch = await api.stream(`${url}&${query}`);
        for (const { name, what } of steps) {
          const pod = api.registry.find(PODS, 'space', name);
          if (what === 'create' && pod === undefined) api.pod(name);
          else if (what === 'delete' && pod !== undefined) api.registry.delete(PODS, 'space', name);
          else if (pod !== undefined)
            api.registry.update(PODS, 'space', name, {
              ...pod,
              metadata: { ...pod.metadata, labels: { on: what === 'on' ? 'yes' : 'no' } },
            });
        }
        await settle();
        watch.stop();
        await watch.done;
        const seen = new Map<string, string>();
        for (const { type, object } of watch.events) {
          const { name, resourceVersion } = object.metadata;
          expect(seen.has(name)).toBe(type !== 'ADDED');
          if (type === 'DELETED') seen.delete(name);
          else seen.set(name, resourceVersion);
        }
        const { items } = (await api.call('GET', `/api/v1/namespaces/space/pods?${query}`)).body;
        const listed = items.map(({ metadata }: Body) => [metadata.name, metadata.resourceVersion]);
        expect([...seen].toSorted(([a], [b]) => (a < b ? -1 : 1))).toEqual(listed);
      }),
      { numRuns: 50 * factor },
    );
  });
});
