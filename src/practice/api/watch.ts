import type { Clock } from '../clock.ts';
import { badRequest, gone } from './failures.ts';
import type { AnswerStream } from './http.ts';
import type { KubernetesObject } from './object.ts';
import type { Representation } from './representation.ts';
import { type Resource, storeKey } from './resource.ts';
import { isSelected, type Selection } from './selection.ts';
import { statusOf } from './status.ts';
import { type Change, type ChangeType, type Store, TooOld } from './store.ts';
import { readVersionOptions } from './versions.ts';

const BOOKMARK_EVERY = 60_000;
/** A last bookmark comes so long before the end. */
const BOOKMARK_BEFORE = 2000;
/** The API server ends watches after half an hour to an hour. */
const LONGEST = 45 * 60;

interface WatchOptions {
  store: Store;
  clock: Clock;
  resource: Resource;
  selection: Selection;
  representation: Representation;
  query: URLSearchParams;
}

/** @throws {StatusError} before the stream begins */
export function watchStream(options: WatchOptions): AnswerStream {
  const { store, clock, resource, selection, representation, query } = options;
  const versions = readVersionOptions(query, store, true);
  const bookmarks = ['true', '1'].includes(query.get('allowWatchBookmarks') ?? '');
  const seconds = readSeconds(query.get('timeoutSeconds')) || LONGEST;
  const fromNow = versions.resourceVersion === undefined || versions.resourceVersion === 0;
  const initial = versions.sendInitialEvents ?? fromNow;

  return async (write, signal) => {
    const queue = new Queue();
    let after = versions.resourceVersion ?? 0;
    let columns = true;
    const send = (type: ChangeType, object: KubernetesObject): void => {
      const withColumns = columns;
      columns = false;
      queue.push(() => ({ type, object: representation.one(object, withColumns) }));
    };
    const bookmark = (annotations?: Record<string, string>): void => {
      const metadata = {
        resourceVersion: String(store.version),
        creationTimestamp: null,
        ...(annotations && { annotations }),
      };
      queue.push(() => ({ type: 'BOOKMARK', object: representation.bookmark(metadata) }));
    };
    if (initial || fromNow) {
      after = store.version;
      if (initial)
        for (const object of store.list(storeKey(resource), selection.namespace))
          if (isSelected(selection, object)) send('ADDED', object);
      if (versions.sendInitialEvents === true && bookmarks) bookmark({ 'k8s.io/initial-events-end': 'true' });
    }
    const stops: (() => void)[] = [];
    try {
      stops.push(
        store.watch(storeKey(resource), after, (change) => {
          const event = eventOf(selection, change);
          if (event !== undefined) send(event.type, event.object);
        }),
      );
    } catch (error) {
      if (!(error instanceof TooOld)) throw error;
      await write(line({ type: 'ERROR', object: statusOf(gone(error.message)) }));
      return;
    }
    const end = (): void => queue.end();
    signal.addEventListener('abort', end, { once: true });
    stops.push(() => signal.removeEventListener('abort', end), clock.after(seconds * 1000, end));
    if (bookmarks) {
      stops.push(every(clock, BOOKMARK_EVERY, bookmark));
      if (seconds * 1000 > BOOKMARK_BEFORE)
        stops.push(clock.after(seconds * 1000 - BOOKMARK_BEFORE, bookmark));
    }
    try {
      for (let next = await queue.next(); next !== undefined && !signal.aborted; next = await queue.next())
        await write(line(next()));
    } finally {
      for (const stop of stops) stop();
    }
  };
}

/** What a change is to somebody who sees only a selection: objects come into it and leave it. */
export function eventOf(
  selection: Selection,
  { type, object, previous }: Change,
): { type: ChangeType; object: KubernetesObject } | undefined {
  const is = type !== 'DELETED' && isSelected(selection, object);
  const was = previous !== undefined && isSelected(selection, previous);
  if (is) return { type: was ? 'MODIFIED' : 'ADDED', object };
  if (!was) return undefined;
  if (type === 'DELETED') return { type: 'DELETED', object };
  // As it was when it was last seen, with the version of what took it away.
  const { resourceVersion } = object.metadata;
  return { type: 'DELETED', object: { ...previous, metadata: { ...previous.metadata, resourceVersion } } };
}

function line(event: unknown): string {
  return `${JSON.stringify(event)}\n`;
}

function every(clock: Clock, milliseconds: number, act: () => void): () => void {
  let stop = clock.after(milliseconds, tick);
  function tick(): void {
    act();
    stop = clock.after(milliseconds, tick);
  }
  return () => stop();
}

/** Who is so far behind is better off listing anew. */
const MOST_WAITING = 10_000;

/** Events that wait to be written, as recipes: what nobody fetches is never put into words. */
class Queue {
  private readonly items: (() => unknown)[] = [];
  private ended = false;
  private wake: (() => void) | undefined;

  push(item: () => unknown): void {
    if (this.items.length >= MOST_WAITING) this.ended = true;
    else this.items.push(item);
    this.wake?.();
  }

  end(): void {
    this.ended = true;
    this.wake?.();
  }

  /** Undefined at the end, which comes when it is called for, whatever still waits. */
  async next(): Promise<(() => unknown) | undefined> {
    while (this.items.length === 0 && !this.ended)
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    return this.ended ? undefined : this.items.shift();
  }
}

/** @throws {StatusError} */
function readSeconds(text: string | null): number {
  if (text === null || /^-?\d*$/.test(text)) return Math.max(0, Number(text));
  throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
}
