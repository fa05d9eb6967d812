import { badRequest } from './failures.ts';
import { type FieldError, forbiddenField } from './field-error.ts';
import type { ObjectMeta } from './object.ts';
import type { Resource } from './resource.ts';

/** Of a generated name, what is not generated. */
const MOST_PREFIX = 58;

/**
 * Of a new object: what is not for clients to say is left out or replaced. There are no managedFields: kubectl hides
 * them, and only server-side apply, which is refused, lives by them.
 *
 * @throws {StatusError} BadRequest when it is meant for another namespace
 */
export function newMetadata(
  sent: ObjectMeta,
  resource: Resource,
  namespace: string | undefined,
  { uid, now, suffix }: { uid: string; now: string; suffix: () => string },
): ObjectMeta {
  if (sent.namespace !== undefined && sent.namespace !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  const metadata: ObjectMeta = { ...sent, uid, creationTimestamp: now, name: sent.name ?? '' };
  if (namespace !== undefined) metadata.namespace = namespace;
  if (metadata.name === '' && metadata.generateName !== undefined)
    metadata.name = `${metadata.generateName.slice(0, MOST_PREFIX)}${suffix()}`;
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  delete metadata.managedFields;
  delete metadata.generation;
  if (resource.hasGeneration) metadata.generation = 1;
  return metadata;
}

const KEPT = [
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generation',
  'generateName',
] as const;

/** Of an object that exists: what no update changes is as it was. */
export function keptMetadata(sent: ObjectMeta, previous: ObjectMeta): ObjectMeta {
  const metadata: ObjectMeta = { ...sent };
  delete metadata.managedFields;
  for (const field of KEPT) {
    delete metadata[field];
    if (previous[field] !== undefined) Object.assign(metadata, { [field]: previous[field] });
  }
  return metadata;
}

/** Once an object goes, nobody can begin to hold it. */
export function finalizerErrors(after: ObjectMeta, before: ObjectMeta): FieldError[] {
  if (before.deletionTimestamp === undefined) return [];
  const added = (after.finalizers ?? []).filter((each) => !(before.finalizers ?? []).includes(each));
  if (added.length === 0) return [];
  const list = added.map((each) => JSON.stringify(each)).join(', ');
  return [
    forbiddenField(
      'metadata.finalizers',
      `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`,
    ),
  ];
}
