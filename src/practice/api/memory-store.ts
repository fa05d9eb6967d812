import type { KubernetesObject } from './object.ts';
import { alreadyExists, conflict, notFound } from './failures.ts';
import { SortedObjects } from './sorted-objects.ts';
import { type Change, type Store, TooOld } from './store.ts';

/** Everything that is in a store, to make it again from. */
export interface StoreSnapshot {
  /** The newest resourceVersion that was given out, or a higher one. */
  version: number;
  objects: { resource: string; object: KubernetesObject }[];
}

export interface StoreOptions {
  /** How many changes watches can resume from; 10,000 by default. */
  remember?: number | undefined;
  snapshot?: StoreSnapshot | undefined;
  /** Called with each change before anybody hears of it, for whoever keeps them. What it throws, the writer gets. */
  record?: ((change: Change) => void) | undefined;
  /** What `writable` and `durable` answer; without it, everything is kept as well as memory keeps it. */
  writable?: (() => Promise<void>) | undefined;
  durable?: (() => Promise<void>) | undefined;
}

interface Watcher {
  /** The version of the last change it was told of. */
  seen: number;
  listener: (change: Change) => void;
}

/** The store, in memory. */
export function createStore(options: StoreOptions = {}): Store {
  const remember = options.remember ?? 10_000;
  const resources = new Map<string, SortedObjects>();
  const watchers = new Map<string, Set<Watcher>>();
  let version = options.snapshot?.version ?? 0;
  /** The oldest changes first; `forgotten` is the version of the newest one that is not there any more. */
  let history: { version: number; change: Change }[] = [];
  let forgotten = version;
  /** Changes that watchers are still to be told of, because a watcher writes. */
  let untold: { version: number; change: Change }[] | undefined;

  for (const { resource, object } of options.snapshot?.objects ?? []) objectsOf(resource).set(object);

  function objectsOf(resource: string): SortedObjects {
    let objects = resources.get(resource);
    if (objects === undefined) resources.set(resource, (objects = new SortedObjects()));
    return objects;
  }

  function commit(change: Change): void {
    options.record?.(change);
    version++;
    if (change.type === 'DELETED') objectsOf(change.resource).delete(change.object);
    else objectsOf(change.resource).set(change.object);
    history.push({ version, change });
    if (history.length > remember * 1.25) {
      const dropped = history.length - remember;
      forgotten = history[dropped - 1]!.version;
      history = history.slice(dropped);
    }
    tell({ version, change });
  }

  /** In order for everybody: what a listener writes is told after what it was told. */
  function tell(entry: { version: number; change: Change }): void {
    if (untold !== undefined) {
      untold.push(entry);
      return;
    }
    untold = [entry];
    for (let next = untold.shift(); next !== undefined; next = untold.shift())
      for (const watcher of watchers.get(next.change.resource) ?? []) notify(watcher, next);
    untold = undefined;
  }

  function stamped(object: KubernetesObject): KubernetesObject {
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(version + 1) } };
  }

  return {
    get version() {
      return version;
    },
    get: (resource, namespace, name) => resources.get(resource)?.get(namespace, name),
    list: (resource, namespace) => resources.get(resource)?.list(namespace) ?? [],
    create(resource, object) {
      const { namespace, name } = object.metadata;
      if (objectsOf(resource).get(namespace, name) !== undefined) throw alreadyExists(resource, name);
      const created = stamped(object);
      commit({ type: 'ADDED', resource, object: created, previous: undefined });
      return created;
    },
    update(resource, object) {
      const { namespace, name, resourceVersion } = object.metadata;
      const previous = objectsOf(resource).get(namespace, name);
      if (previous === undefined) throw notFound(resource, name);
      if (previous.metadata.resourceVersion !== resourceVersion) throw conflict(resource, name);
      const updated = stamped(object);
      commit({ type: 'MODIFIED', resource, object: updated, previous });
      return updated;
    },
    remove(resource, namespace, name) {
      const previous = objectsOf(resource).get(namespace, name);
      if (previous === undefined) throw notFound(resource, name);
      const removed = stamped(previous);
      commit({ type: 'DELETED', resource, object: removed, previous });
      return removed;
    },
    watch(resource, after, listener) {
      if (after < forgotten) throw new TooOld(after, forgotten);
      const watcher: Watcher = { seen: after, listener };
      let all = watchers.get(resource);
      if (all === undefined) watchers.set(resource, (all = new Set()));
      for (const entry of history.slice(firstAfter(history, after)))
        if (entry.change.resource === resource) notify(watcher, entry);
      all.add(watcher);
      return () => all.delete(watcher);
    },
    writable: options.writable ?? (() => Promise.resolve()),
    durable: options.durable ?? (() => Promise.resolve()),
  };
}

/** A listener that throws is a bug, and must not keep the others from hearing. */
function notify(watcher: Watcher, entry: { version: number; change: Change }): void {
  if (entry.version <= watcher.seen) return;
  watcher.seen = entry.version;
  try {
    watcher.listener(entry.change);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

function firstAfter(history: readonly { version: number }[], version: number): number {
  let [low, high] = [0, history.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (history[middle]!.version <= version) low = middle + 1;
    else high = middle;
  }
  return low;
}
