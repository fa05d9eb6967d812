import { badRequest, gone } from './failures.ts';
import type { KubernetesObject } from './object.ts';
import type { Registry } from './registry.ts';
import { type Resource, storeKey } from './resource.ts';
import { isSelected, type Selection } from './selection.ts';
import { type Store, TooOld } from './store.ts';
import { checkExact, readVersionOptions } from './versions.ts';

export interface Page {
  objects: KubernetesObject[];
  metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number };
}

/** Where a list goes on: after `start`, which is `namespace/name`. */
interface Continue {
  v: 'meta.k8s.io/v1';
  rv: number;
  start: string;
}

/**
 * A list, or its next chunk. Chunks after the first show what is there now, under the version of the first: a watch
 * from that version tells of everything in between, so that nothing is missed.
 *
 * @throws {StatusError}
 */
export function listPage(
  { registry, store }: { registry: Registry; store: Store },
  resource: Resource,
  selection: Selection,
  query: URLSearchParams,
): Page {
  const token = query.get('continue') ?? '';
  const limit = readLimit(query.get('limit'));
  let version = store.version;
  let objects = registry.list(resource, selection.namespace);
  if (token === '') checkExact(readVersionOptions(query, store, false), store);
  else {
    const from = readToken(token);
    checkRemembered(store, resource, from.rv);
    version = from.rv;
    objects = objects.filter((object) => keyOf(object) > from.start);
  }
  if (selection.matches !== undefined) objects = objects.filter((object) => isSelected(selection, object));
  const metadata: Page['metadata'] = { resourceVersion: String(version) };
  if (limit === 0 || objects.length <= limit) return { objects, metadata };
  const page = objects.slice(0, limit);
  metadata.continue = writeToken({ v: 'meta.k8s.io/v1', rv: version, start: keyOf(page.at(-1)!) });
  if (selection.matches === undefined) metadata.remainingItemCount = objects.length - limit;
  return { objects: page, metadata };
}

function readLimit(text: string | null): number {
  if (text === null || text === '') return 0;
  if (!/^-?\d+$/.test(text))
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Math.max(0, Number(text));
}

function checkRemembered(store: Store, resource: Resource, version: number): void {
  try {
    store.watch(storeKey(resource), version, () => undefined)();
  } catch (error) {
    if (!(error instanceof TooOld)) throw error;
    throw gone(
      'The provided continue parameter is too old to display a consistent list result. You must start a new list without the continue parameter.',
    );
  }
}

function writeToken(token: Continue): string {
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

function readToken(text: string): Continue {
  try {
    const { v, rv, start } = JSON.parse(Buffer.from(text, 'base64url').toString()) as Partial<Continue>;
    if (v === 'meta.k8s.io/v1' && Number.isSafeInteger(rv) && typeof start === 'string')
      return { v, rv: rv!, start };
  } catch {
    // It is none of ours.
  }
  throw badRequest('invalid continue token: continue key is not valid: it was not issued by this server');
}

function keyOf({ metadata }: KubernetesObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}
