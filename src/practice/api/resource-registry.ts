import { isDeepStrictEqual } from 'node:util';
import { type Clock, timestamp } from '../clock.ts';
import { checkPreconditions, planDeletion } from './deletion.ts';
import { alreadyExists, badRequest, conflict, forbidden, notFound, unknownPath } from './failures.ts';
import { invalidObject } from './field-error.ts';
import { metadataErrors } from './names.ts';
import type { KubernetesObject, ObjectMeta, ResourceName } from './object.ts';
import { finalizerErrors, keptMetadata, newMetadata } from './object-metadata.ts';
import { readAs, readObject } from './reading.ts';
import { NAMESPACES, PODS, type Registry, type WriteOptions } from './registry.ts';
import { type Resource, storeKey, type Surroundings } from './resource.ts';
import { asPod } from './resources/pod.ts';
import { boundPod } from './resources/pod-binding.ts';
import { RESOURCES } from './resources/index.ts';
import { fieldsOf } from './schema.ts';
import { StatusError } from './status-error.ts';
import type { Store } from './store.ts';

export interface RegistryOptions {
  store: Store;
  clock: Clock;
  /** 0 ≤ x < 1 */
  random?: () => number;
  uuid?: () => string;
  resources?: readonly Resource[];
}

/** What generated names end in: no vowels, and nothing that looks like something else. */
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_LENGTH = 5;
const NAME_ATTEMPTS = 8;

type Status = Record<string, unknown>;

export function createRegistry(options: RegistryOptions): Registry {
  const { store, clock, random = Math.random, uuid = () => crypto.randomUUID() } = options;
  const resources = new Map((options.resources ?? RESOURCES).map((each) => [storeKey(each), each]));

  const surroundings: Surroundings = {
    now: () => timestamp(clock),
    suffix: () =>
      Array.from({ length: SUFFIX_LENGTH }, () => LETTERS[Math.floor(random() * LETTERS.length)]).join(''),
    find: (resource, namespace, name) => store.get(storeKey(resource), namespace, name),
    list: (resource, namespace) => store.list(storeKey(resource), namespace),
    random,
  };

  function known(name: ResourceName): Resource {
    const resource = resources.get(storeKey(name));
    if (resource === undefined) throw unknownPath();
    return resource;
  }

  function existing(resource: ResourceName, namespace: string | undefined, name: string): KubernetesObject {
    const object = store.get(storeKey(resource), namespace, name);
    if (object === undefined) throw notFound(storeKey(resource), name);
    return object;
  }

  /** The admission plugin NamespaceLifecycle. */
  function admitIntoNamespace(resource: Resource, { metadata }: KubernetesObject): void {
    if (!resource.namespaced) return;
    const { namespace = '', name } = metadata;
    const home = existing(NAMESPACES, undefined, namespace);
    if (home.metadata.deletionTimestamp === undefined) return;
    throw forbidden(
      storeKey(resource),
      name,
      `unable to create new content in namespace ${namespace} because it is being terminated`,
      [
        {
          reason: 'NamespaceTerminating',
          message: `namespace ${namespace} is being terminated`,
          field: 'metadata.namespace',
        },
      ],
    );
  }

  function admitValid(
    resource: Resource,
    object: KubernetesObject,
    previous: KubernetesObject | undefined,
    { warn = () => undefined }: WriteOptions,
  ): void {
    resource.admitValid?.(object, previous, { ...surroundings, warn });
  }

  function create(
    resource: Resource,
    namespace: string | undefined,
    sent: unknown,
    write: WriteOptions,
  ): KubernetesObject {
    const object = readObject(resource, sent, write);
    if (object.metadata.resourceVersion !== undefined)
      throw new StatusError(500, '', 'resourceVersion should not be set on objects to be created');
    object.metadata = newMetadata(object.metadata, resource, namespace, {
      uid: uuid(),
      now: surroundings.now(),
      suffix: () => surroundings.suffix(),
    });
    resource.setDefaults?.(object);
    admitIntoNamespace(resource, object);
    resource.admit?.(object, surroundings);
    resource.allocate?.(object, undefined, surroundings);
    resource.prepareCreate?.(object);
    check(resource, object, undefined);
    admitValid(resource, object, undefined, write);
    if (write.dryRun !== true) return store.create(storeKey(resource), object);
    if (store.get(storeKey(resource), namespace, object.metadata.name) !== undefined)
      throw alreadyExists(storeKey(resource), object.metadata.name);
    return object;
  }

  /** Writes the next state, which may be the last: an object being deleted that nothing holds any more is gone. */
  function write(
    resource: Resource,
    previous: KubernetesObject,
    next: KubernetesObject,
    dryRun: boolean | undefined,
  ): KubernetesObject {
    next.metadata.resourceVersion = previous.metadata.resourceVersion;
    if (isDeepStrictEqual(next, previous)) return previous;
    if (dryRun === true) return next;
    const {
      namespace,
      name,
      deletionTimestamp,
      deletionGracePeriodSeconds = 0,
      finalizers = [],
    } = next.metadata;
    const free = finalizers.length === 0 && resource.isKept?.(next) !== true;
    if (deletionTimestamp === undefined || deletionGracePeriodSeconds > 0 || !free)
      return store.update(storeKey(resource), next);
    store.remove(storeKey(resource), namespace, name);
    return next;
  }

  function update(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    sent: unknown,
    options: WriteOptions,
  ): KubernetesObject {
    const object = readObject(resource, sent, options);
    const previous = admitUpdate(resource, namespace, name, object);
    object.metadata = keptMetadata(object.metadata, previous.metadata);
    resource.setDefaults?.(object);
    if (resource.hasStatus && previous['status'] !== undefined) object['status'] = previous['status'];
    resource.allocate?.(object, previous, surroundings);
    resource.prepareUpdate?.(object, previous);
    check(resource, object, previous);
    admitValid(resource, object, previous, options);
    if (resource.hasGeneration && isNewGeneration(resource, object, previous))
      object.metadata.generation = (previous.metadata.generation ?? 0) + 1;
    return write(resource, previous, object, options.dryRun);
  }

  /** The names fit, and nobody wrote in between. */
  function admitUpdate(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    { metadata }: KubernetesObject,
  ): KubernetesObject {
    if (metadata.name !== name)
      throw badRequest(
        metadata.name === undefined || metadata.name === ''
          ? `the name of the object (${name} based on URL) was undeterminable: name must be provided`
          : `the name of the object (${metadata.name}) does not match the name on the URL (${name})`,
      );
    if (metadata.namespace !== undefined && metadata.namespace !== namespace)
      throw badRequest(
        `the namespace of the object (${metadata.namespace}) does not match the namespace on the request (${namespace ?? ''})`,
      );
    const previous = existing(resource, namespace, name);
    const { uid, resourceVersion } = previous.metadata;
    if (metadata.uid !== undefined && metadata.uid !== uid)
      throw conflict(
        storeKey(resource),
        name,
        `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${uid}`,
      );
    if (metadata.resourceVersion !== undefined && metadata.resourceVersion !== resourceVersion)
      throw conflict(storeKey(resource), name);
    return previous;
  }

  function updateStatus(
    resource: Resource,
    previous: KubernetesObject,
    status: unknown,
    annotations = previous.metadata.annotations,
  ): KubernetesObject {
    const type = fieldsOf(resource.type).get('status')?.type;
    if (!resource.hasStatus || type?.kind !== 'struct') throw unknownPath();
    const cannot = `the status of a ${resource.kind} can't be written`;
    const read = readAs(type.name, status, cannot, { fieldValidation: 'Strict' });
    const metadata = { ...previous.metadata, ...(annotations && { annotations }) };
    return write(resource, previous, { ...previous, metadata, status: read }, false);
  }

  /** Changes what the garbage collector and the controllers hold an object by. */
  function changeMetadata(
    name: ResourceName,
    namespace: string | undefined,
    object: string,
    change: Partial<ObjectMeta>,
  ): KubernetesObject {
    const resource = known(name);
    const previous = existing(resource, namespace, object);
    const metadata: ObjectMeta = { ...previous.metadata, ...change };
    for (const field of ['ownerReferences', 'finalizers'] as const)
      if (metadata[field]?.length === 0) delete metadata[field];
    return write(resource, previous, { ...previous, metadata }, false);
  }

  return {
    get: (resource, namespace, name) => existing(known(resource), namespace, name),
    find: (resource, namespace, name) => store.get(storeKey(resource), namespace, name),
    list: (resource, namespace) => store.list(storeKey(known(resource)), namespace),
    create(name, namespace, sent, options = {}) {
      const resource = known(name);
      for (let attempt = 1; ; attempt++) {
        try {
          return create(resource, namespace, sent, options);
        } catch (error) {
          const collided =
            error instanceof StatusError && error.reason === 'AlreadyExists' && isGenerated(sent);
          if (!collided || attempt === NAME_ATTEMPTS) throw error;
        }
      }
    },
    update: (resource, namespace, name, sent, options = {}) =>
      update(ruled(known(resource), options.subresource), namespace, name, sent, options),
    updateStatus(name, namespace, object, change, annotations) {
      const resource = known(name);
      const previous = existing(resource, namespace, object);
      const status = change(structuredClone((previous['status'] ?? {}) as Status), previous);
      return updateStatus(resource, previous, status, annotations);
    },
    setOwners: (resource, namespace, name, owners) =>
      changeMetadata(resource, namespace, name, { ownerReferences: [...owners] }),
    removeFinalizer(resource, namespace, name, finalizer) {
      const { finalizers = [] } = existing(known(resource), namespace, name).metadata;
      changeMetadata(resource, namespace, name, {
        finalizers: finalizers.filter((each) => each !== finalizer),
      });
    },
    delete(resourceName, namespace, name, options = {}) {
      const resource = known(resourceName);
      resource.admitDelete?.(name);
      const object = existing(resource, namespace, name);
      if (options.preconditions !== undefined) checkPreconditions(resource, object, options.preconditions);
      const plan = planDeletion(resource, object, options, clock.now());
      if (plan.kind === 'pending') return object;
      const dryRun = (options.dryRun ?? []).includes('All');
      if (plan.kind === 'write') return dryRun ? plan.object : store.update(storeKey(resource), plan.object);
      if (!dryRun) store.remove(storeKey(resource), namespace, name);
      return object;
    },
    bind(namespace, name, node) {
      const pod = asPod(existing(PODS, namespace, name));
      store.update(storeKey(PODS), boundPod(pod, node, surroundings.now()));
    },
    finalizeNamespace(name) {
      const namespace = existing(NAMESPACES, undefined, name);
      const next = { ...namespace, metadata: { ...namespace.metadata }, spec: {} };
      write(known(NAMESPACES), namespace, next, false);
    },
    follow(resource, listener) {
      const key = storeKey(known(resource));
      const { version } = store;
      for (const object of store.list(key))
        listener({ type: 'ADDED', resource: key, object, previous: undefined });
      return store.watch(key, version, listener);
    },
  };
}

/** The resource as it is written through a subresource. */
function ruled(resource: Resource, subresource: string | undefined): Resource {
  if (subresource === undefined) return resource;
  return { ...resource, ...resource.subresources.find(({ name }) => name === subresource)?.rules };
}

function isNewGeneration(
  { countsAnnotations }: Resource,
  after: KubernetesObject,
  before: KubernetesObject,
): boolean {
  if (!isDeepStrictEqual(contentOf(after), contentOf(before))) return true;
  return (
    countsAnnotations === true &&
    !isDeepStrictEqual(after.metadata.annotations ?? {}, before.metadata.annotations ?? {})
  );
}

/** What metadata.generation counts the changes of: the spec, or all there is beside metadata and status. */
function contentOf(object: KubernetesObject): unknown {
  if ('spec' in object) return object['spec'];
  return { ...object, metadata: undefined, status: undefined };
}

function isGenerated(sent: unknown): boolean {
  const { metadata } = sent as { metadata?: Partial<ObjectMeta> };
  return (metadata?.name ?? '') === '' && (metadata?.generateName ?? '') !== '';
}

/** @throws {StatusError} Invalid, with all that is wrong */
function check(resource: Resource, object: KubernetesObject, previous: KubernetesObject | undefined): void {
  const errors = [
    ...metadataErrors(object.metadata, (name) => resource.nameErrors(name)),
    ...(previous === undefined ? [] : finalizerErrors(object.metadata, previous.metadata)),
    ...(resource.validate?.(object, previous) ?? []),
  ];
  if (errors.length > 0) throw invalidObject(resource.group, resource.kind, object.metadata.name, errors);
}
