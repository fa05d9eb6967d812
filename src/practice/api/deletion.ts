import { conflict } from './failures.ts';
import type { KubernetesObject, ObjectMeta } from './object.ts';
import type { DeleteOptions } from './registry.ts';
import type { Resource } from './resource.ts';

/** What a request to delete means for an object: how it is written on, or nothing more to wait for. */
export type Deletion = { kind: 'remove' } | { kind: 'write'; object: KubernetesObject } | { kind: 'pending' };

/**
 * Decides as k8s.io/apiserver's rest.BeforeDelete and the generic store do: a grace period is written into the object
 * and may only be shortened, finalizers are waited for, and what has neither goes at once.
 *
 * @param now milliseconds since 1970
 */
export function planDeletion(
  resource: Resource,
  object: KubernetesObject,
  options: DeleteOptions,
  now: number,
): Deletion {
  const { metadata } = object;
  const finalizers = finalizersAfter(metadata.finalizers ?? [], options);
  const held = finalizers.length > 0 || resource.isKept?.(object) === true;
  if (held && finalizers.join() !== (metadata.finalizers ?? []).join()) {
    const changed: KubernetesObject = { ...object, metadata: { ...metadata, finalizers } };
    const again = planDeletion(resource, changed, options, now);
    return again.kind === 'pending' ? { kind: 'write', object: changed } : again;
  }
  const grace = resource.gracePeriod === undefined ? 0 : graceLeft(resource, object, options);
  if (grace === 'pending') return { kind: 'pending' };
  if (grace > 0) return { kind: 'write', object: marked(resource, object, grace, now) };
  if (!held) return { kind: 'remove' };
  if (metadata.deletionTimestamp !== undefined && (metadata.deletionGracePeriodSeconds ?? 0) === 0)
    return { kind: 'pending' };
  return { kind: 'write', object: marked(resource, object, 0, now) };
}

/** The finalizers by which the garbage collector sees that it has to free the dependents first, or to end them. */
export const ORPHAN = 'orphan';
export const FOREGROUND = 'foregroundDeletion';

/** Whoever deletes decides over the dependents; who says nothing leaves it at what was decided before. */
function finalizersAfter(before: readonly string[], options: DeleteOptions): string[] {
  const { propagationPolicy, orphanDependents } = options;
  const policy =
    propagationPolicy ??
    (orphanDependents === undefined ? undefined : orphanDependents ? 'Orphan' : 'Background');
  if (policy === undefined) return [...before];
  const others = before.filter((each) => each !== ORPHAN && each !== FOREGROUND);
  if (policy === 'Orphan') return [...others, ORPHAN];
  return policy === 'Foreground' ? [...others, FOREGROUND] : others;
}

function graceLeft(resource: Resource, object: KubernetesObject, options: DeleteOptions): number | 'pending' {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = object.metadata;
  const asked =
    options.gracePeriodSeconds === undefined
      ? undefined
      : options.gracePeriodSeconds < 0
        ? 1
        : options.gracePeriodSeconds;
  if (deletionTimestamp === undefined) return resource.gracePeriod!(object, asked);
  if (deletionGracePeriodSeconds === 0) return 0;
  return asked === undefined || asked >= deletionGracePeriodSeconds ? 'pending' : asked;
}

function marked(resource: Resource, object: KubernetesObject, grace: number, now: number): KubernetesObject {
  const before = object.metadata;
  const metadata: ObjectMeta = { ...before };
  if (before.deletionTimestamp === undefined) {
    metadata.deletionTimestamp = at(now + grace * 1000);
    if (before.generation !== undefined && grace > 0) metadata.generation = before.generation + 1;
  } else {
    const start = Date.parse(before.deletionTimestamp) - (before.deletionGracePeriodSeconds ?? 0) * 1000;
    metadata.deletionTimestamp = at(Math.max(now, start + grace * 1000));
  }
  // A Namespace has none: its content goes first, however long that takes.
  if (resource.isKept === undefined) metadata.deletionGracePeriodSeconds = grace;
  const written = { ...object, metadata };
  return resource.beginDeletion?.(written) ?? written;
}

/** @throws {StatusError} Conflict */
export function checkPreconditions(
  resource: Resource,
  { metadata }: KubernetesObject,
  { uid, resourceVersion }: NonNullable<DeleteOptions['preconditions']>,
): void {
  // The kind stands where the plural belongs: so does the real server write it.
  const kind = resource.group === '' ? resource.kind : `${resource.group}/${resource.kind}`;
  if (uid !== undefined && uid !== metadata.uid)
    throw conflict(
      kind,
      metadata.name,
      `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
    );
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion)
    throw conflict(
      kind,
      metadata.name,
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`,
    );
}

function at(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
