import { describe, expect, it } from 'vitest';
import { Api, type KubernetesObject } from '../../src/cluster/api.ts';
import type { WatchEvent } from '../../src/cluster/connection.ts';
import { waitFor } from '../../src/cluster/watch.ts';
import { line } from '../support/line.ts';
import { jsonAnswer, statusAnswer } from '../support/scripted-connection.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

interface Thing extends KubernetesObject {
  done?: boolean;
}

const thing = (name: string, done = false): Thing => ({ metadata: { name }, done });
const anyDone = (things: Thing[]): string | undefined => things.find((each) => each.done)?.metadata.name;

type Watch = (
  onEvent: (event: WatchEvent) => void,
  signal: AbortSignal,
  clock: VirtualClock,
) => Promise<number | undefined>;

/** A collection whose watches behave as given, one after the other; the last goes on behaving so. */
class Collection {
  readonly clock = new VirtualClock();
  readonly controller = new AbortController();
  readonly queries: Record<string, unknown>[] = [];
  things: Thing[] = [];
  /** When, in milliseconds. */
  readonly listedAt: number[] = [];
  lists = 0;
  /** Undefined: the list is answered. */
  refusal: number | undefined;
  private readonly watches: Watch[];

  constructor(...watches: Watch[]) {
    this.watches = watches;
  }

  wait<R>(
    settled: (things: Thing[]) => R | undefined,
    options: { timeout: number; fieldSelector?: string; labelSelector?: string } = { timeout: 60_000 },
  ): Promise<R | undefined> {
    const connection = line({
      send: async ({ query }) => {
        this.lists++;
        this.listedAt.push(this.clock.elapsed);
        this.queries.push({ ...query });
        if (this.refusal !== undefined) return statusAnswer(this.refusal, 'Reason', 'no');
        return jsonAnswer(200, {
          metadata: { resourceVersion: String(40 + this.lists) },
          items: this.things,
        });
      },
      watch: (_path, query, onEvent, signal) => {
        this.queries.push({ ...query });
        const watch = this.watches[Math.min(this.watched++, this.watches.length - 1)];
        if (watch === undefined) throw new Error('no watch was expected');
        return watch(onEvent, signal, this.clock);
      },
    });
    const api = new Api(connection, this.controller.signal, this.clock);
    return waitFor<Thing, R>(api, '/things', options, settled);
  }

  watched = 0;
}

/** A watch that lasts until it is told to end, and sends events at their times (in milliseconds). */
const sends =
  (...events: [number, WatchEvent][]): Watch =>
  (onEvent, signal, clock) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve(undefined), { once: true });
      for (const [at, event] of events) clock.after(at, () => !signal.aborted && onEvent(event));
    });
const ends =
  (after: number, status?: number): Watch =>
  async (_onEvent, signal, clock) => {
    await clock.sleep(after, signal);
    return status;
  };
const deaf = sends();

describe('waitFor', () => {
  it('is satisfied by the list, and watches nothing', async () => {
    const collection = new Collection();
    collection.things = [thing('a'), thing('b', true)];
    expect(await collection.wait(anyDone)).toBe('b');
    expect(collection).toMatchObject({ lists: 1, watched: 0 });
  });

  it('is satisfied by an event', async () => {
    const collection = new Collection(
      sends(
        [1_000, { type: 'ADDED', object: thing('b') }],
        [2_000, { type: 'MODIFIED', object: thing('a') }],
        [3_000, { type: 'MODIFIED', object: thing('b', true) }],
      ),
    );
    collection.things = [thing('a')];
    expect(await collection.wait(anyDone)).toBe('b');
    expect(collection.clock.elapsed).toBe(3_000);
    expect(collection).toMatchObject({ lists: 1, watched: 1 });
  });

  it('shows all objects each time, as they are by then', async () => {
    const seen: string[] = [];
    const collection = new Collection(
      sends(
        [100, { type: 'ADDED', object: thing('b') }],
        [200, { type: 'BOOKMARK', object: { metadata: { resourceVersion: '99' } } }],
        [300, { type: 'DELETED', object: thing('a') }],
        [400, { type: 'MODIFIED', object: thing('b', true) }],
      ),
    );
    collection.things = [thing('a')];
    await collection.wait((things) => {
      seen.push(things.map((each) => each.metadata.name).join(' '));
      return anyDone(things);
    });
    expect(seen).toEqual(['a', 'a b', 'b', 'b']);
  });

  it('is satisfied by a deletion', async () => {
    const collection = new Collection(sends([500, { type: 'DELETED', object: thing('a') }]));
    collection.things = [thing('a')];
    expect(await collection.wait((things) => (things.length === 0 ? 'gone' : undefined))).toBe('gone');
    expect(collection.clock.elapsed).toBe(500);
  });

  it('watches from where the list ends, with its selectors', async () => {
    const collection = new Collection(deaf);
    await collection.wait(anyDone, {
      timeout: 5_000,
      fieldSelector: 'metadata.name=a',
      labelSelector: 'b=c',
    });
    const selectors = { fieldSelector: 'metadata.name=a', labelSelector: 'b=c' };
    expect(collection.queries.slice(0, 2)).toEqual([
      selectors,
      { ...selectors, resourceVersion: '41', allowWatchBookmarks: 'true', timeoutSeconds: 5 },
    ]);
  });

  it('resumes a watch that ended early', async () => {
    const collection = new Collection(
      ends(5_000),
      sends([1_000, { type: 'ADDED', object: thing('a', true) }]),
    );
    expect(await collection.wait(anyDone)).toBe('a');
    expect(collection.clock.elapsed).toBe(5_000 + 150 + 1_000);
    expect(collection).toMatchObject({ lists: 2, watched: 2 });
    expect(collection.queries[3]).toMatchObject({ resourceVersion: '42' });
  });

  it('reads the list anew after an error event, and sees what was missed', async () => {
    const expired = { type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } };
    const collection = new Collection(sends([3_000, expired]), deaf);
    collection.clock.after(2_000, () => (collection.things = [thing('a', true)]));
    expect(await collection.wait(anyDone)).toBe('a');
    expect(collection.clock.elapsed).toBe(3_150);
    expect(collection).toMatchObject({ lists: 2, watched: 1 });
  });

  it('reads the list anew when a watch went deaf', async () => {
    const collection = new Collection(deaf);
    collection.clock.after(1_000, () => (collection.things = [thing('a', true)]));
    expect(await collection.wait(anyDone)).toBe('a');
    expect(collection.clock.elapsed).toBeLessThan(21_000);
  });

  it.each([403, 404, 410, 429, 500])('reads the list slowly where a watch is refused: %i', async (status) => {
    const collection = new Collection(ends(0, status));
    expect(await collection.wait(anyDone)).toBeUndefined();
    expect(collection.lists).toBeGreaterThan(20);
    expect(collection.lists).toBeLessThan(56);
    expect(collection.listedAt[1]).toBeGreaterThanOrEqual(1_000);
  });

  it('finds by these reads what it waits for', async () => {
    const collection = new Collection(ends(0, 403));
    collection.clock.after(10_000, () => (collection.things = [thing('a', true)]));
    expect(await collection.wait(anyDone)).toBe('a');
    expect(collection.clock.elapsed).toBeLessThan(12_500);
  });

  it('throws where the credentials went bad', async () => {
    await expect(new Collection(ends(0, 401)).wait(anyDone)).rejects.toMatchObject({ status: 401 });
  });

  it('throws where the list may not be read', async () => {
    const collection = new Collection();
    collection.refusal = 403;
    await expect(collection.wait(anyDone)).rejects.toMatchObject({ status: 403 });
  });

  it('is never a busy loop: watches that end at once', async () => {
    const collection = new Collection(ends(0));
    expect(await collection.wait(anyDone)).toBeUndefined();
    expect(collection.lists).toBeLessThan(60);
    expect(collection.clock.elapsed).toBe(60_000);
  });

  it('is undefined after the timeout, not before and not much later', async () => {
    const collection = new Collection(deaf);
    collection.things = [thing('a')];
    expect(await collection.wait(anyDone, { timeout: 1_500 })).toBeUndefined();
    expect(collection.clock.elapsed).toBe(1_500);
    expect(collection).toMatchObject({ lists: 2, watched: 1 });
  });

  it('looks once with no time at all', async () => {
    const collection = new Collection();
    expect(await collection.wait(anyDone, { timeout: 0 })).toBeUndefined();
    expect(collection.lists).toBe(1);
  });

  it('ends when it is interrupted', async () => {
    const collection = new Collection(deaf);
    collection.clock.after(2_000, () => collection.controller.abort());
    expect(await collection.wait(anyDone)).toBeUndefined();
    expect(collection.clock.elapsed).toBe(2_000);
  });

  it('takes no event after it was satisfied', async () => {
    const asked: number[] = [];
    const collection = new Collection(async (onEvent) => {
      onEvent({ type: 'ADDED', object: thing('a', true) });
      onEvent({ type: 'ADDED', object: thing('b', true) });
      return undefined;
    });
    const first = await collection.wait((things) => {
      asked.push(things.length);
      return anyDone(things);
    });
    expect(first).toBe('a');
    expect(asked).toEqual([0, 1]);
  });
});
