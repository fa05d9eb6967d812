import { type Api, ApiError, type KubernetesObject } from './api.ts';
import { listableResources, type ListableResource } from './discovery.ts';
import { objectPath } from './resources.ts';

/** One object of a cluster, by what makes it that object. */
export interface InventoryEntry {
  kind: string;
  apiVersion: string;
  plural: string;
  namespace: string | undefined;
  name: string;
  uid: string;
  labels: Record<string, string>;
  /** Being deleted. */
  going: boolean;
}

export interface Inventory {
  entries: InventoryEntry[];
  /** Kinds that could not be looked at in the whole cluster (or not at all), as `pods` or `roles.rbac…`. */
  unseen: string[];
}

/** These come and go by themselves and belong to nobody's lesson. */
const PASSING = new Set(['events', 'leases']);
const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';
const AT_ONCE = 8;

/**
 * Lists every object of all listable kinds, metadata only (no Secret's content ever travels), except Events and
 * Leases. Kinds that have no uid (metrics, component statuses) are no objects. Where the whole cluster may not be
 * listed, the given namespaces are.
 *
 * @throws {ApiError | TransportError}
 */
export async function takeInventory(api: Api, namespaces: string[] = []): Promise<Inventory> {
  const resources = dedupe(await listableResources(api)).filter((resource) => !PASSING.has(resource.plural));
  const inventory: Inventory = { entries: [], unseen: [] };
  const queue = [...resources];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let resource = queue.shift(); resource !== undefined; resource = queue.shift())
        await listInto(api, resource, namespaces, inventory);
    }),
  );
  inventory.entries.sort((a, b) => entryKey(a).localeCompare(entryKey(b)));
  return inventory;
}

/** All objects in one namespace. */
export async function takeNamespaceInventory(api: Api, namespace: string): Promise<Inventory> {
  const resources = dedupe(await listableResources(api)).filter(
    (resource) => resource.namespaced && !PASSING.has(resource.plural),
  );
  const inventory: Inventory = { entries: [], unseen: [] };
  await Promise.all(
    resources.map(async (resource) => {
      if (!(await tryList(api, resource, namespace, inventory))) inventory.unseen.push(resource.plural);
    }),
  );
  inventory.entries.sort((a, b) => entryKey(a).localeCompare(entryKey(b)));
  return inventory;
}

/** The same object has the same key in two inventories: (kind, namespace, name, uid). */
export function entryKey(entry: Pick<InventoryEntry, 'kind' | 'namespace' | 'name' | 'uid'>): string {
  return `${entry.kind} ${entry.namespace ?? ''}/${entry.name} ${entry.uid}`;
}

/** A kind served by two API groups (Ingress, Event) shows the same objects twice. */
function dedupe(resources: ListableResource[]): ListableResource[] {
  const seen = new Set<string>();
  return resources.filter((resource) => {
    const key = resource.plural;
    if (seen.has(key) && ['ingresses', 'events'].includes(key)) return false;
    seen.add(key);
    return true;
  });
}

async function listInto(
  api: Api,
  resource: ListableResource,
  namespaces: string[],
  inventory: Inventory,
): Promise<void> {
  if (await tryList(api, resource, undefined, inventory)) return;
  inventory.unseen.push(resource.plural);
  if (!resource.namespaced) return;
  for (const namespace of namespaces) await tryList(api, resource, namespace, inventory);
}

async function tryList(
  api: Api,
  resource: ListableResource,
  namespace: string | undefined,
  inventory: Inventory,
): Promise<boolean> {
  const path = objectPath(resource.apiVersion, resource.plural, namespace);
  try {
    const { items } = await api.list<KubernetesObject>(path, {}, METADATA_ONLY);
    for (const { metadata } of items)
      if (metadata.uid !== undefined && metadata.uid !== '')
        inventory.entries.push({
          kind: resource.kind,
          apiVersion: resource.apiVersion,
          plural: resource.plural,
          namespace: metadata.namespace,
          name: metadata.name,
          uid: metadata.uid,
          labels: metadata.labels ?? {},
          going: metadata.deletionTimestamp !== undefined,
        });
    return true;
  } catch (error) {
    if (error instanceof ApiError && [403, 404, 405, 406, 503].includes(error.status)) return false;
    throw error;
  }
}
