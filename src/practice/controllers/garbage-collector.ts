import { FOREGROUND, ORPHAN } from '../api/deletion.ts';
import type { KubernetesObject, OwnerReference } from '../api/object.ts';
import type { DeleteOptions, Registry } from '../api/registry.ts';
import { apiVersionOf, type Resource, storeKey } from '../api/resource.ts';
import { RESOURCES } from '../api/resources/index.ts';
import type { Change } from '../api/store.ts';
import type { Clock } from '../clock.ts';
import { type Fault, guarded } from './guard.ts';
import { unlessLost } from './lost-race.ts';
import { WorkQueue } from './work-queue.ts';

/** An object that depends on another. */
interface Dependent {
  resource: Resource;
  namespace: string | undefined;
  name: string;
}

/**
 * Ends what belongs to nobody any more, as the metadata's ownerReferences and the deletion's propagation policy say:
 * after its owners (background), before them (foreground), or not at all (orphan). @returns what stops it
 */
export function collectGarbage(options: { registry: Registry; clock: Clock; fault: Fault }): () => void {
  const collector = new GarbageCollector(options.registry, options);
  return () => collector.stop();
}

class GarbageCollector {
  private readonly registry: Registry;
  private readonly queue: WorkQueue;
  private readonly stops: (() => void)[];
  /** Of each owner's uid what depends on it, by its place in the store. */
  private readonly dependents = new Map<string, Map<string, Dependent>>();

  constructor(registry: Registry, options: { clock: Clock; fault: Fault }) {
    this.registry = registry;
    this.queue = new WorkQueue((key) => this.look(key), options);
    this.stops = RESOURCES.map((resource) =>
      registry.follow(
        resource,
        guarded((change) => this.observe(resource, change), options.fault),
      ),
    );
  }

  stop(): void {
    for (const stop of [...this.stops, () => this.queue.stop()]) stop();
  }

  private observe(resource: Resource, { type, object, previous }: Change): void {
    const key = keyOf(resource, object);
    const before = previous?.metadata.ownerReferences ?? [];
    const owners = object.metadata.ownerReferences ?? [];
    const isGone = type === 'DELETED';
    for (const { uid } of before) this.forget(uid, key);
    if (!isGone)
      for (const { uid } of owners) {
        const known = this.dependents.get(uid) ?? new Map<string, Dependent>();
        const { namespace, name } = object.metadata;
        this.dependents.set(uid, known.set(key, { resource, namespace, name }));
      }
    if (isGone) {
      for (const dependent of this.dependents.get(object.metadata.uid)?.keys() ?? [])
        this.queue.add(dependent);
      this.dependents.delete(object.metadata.uid);
    } else if (owners.length > 0 || object.metadata.deletionTimestamp !== undefined) this.queue.add(key);
    // An owner may wait for this one.
    for (const owner of isGone ? [...before, ...owners] : before) {
      const found = this.ownerOf(owner, object);
      if (found.kind === 'known' && found.object !== undefined)
        this.queue.add(keyOf(found.resource, found.object));
    }
  }

  private forget(owner: string, key: string): void {
    const known = this.dependents.get(owner);
    known?.delete(key);
    if (known?.size === 0) this.dependents.delete(owner);
  }

  private look(key: string): void {
    const [resource, object] = this.find(key);
    if (resource === undefined || object === undefined) return;
    const { finalizers = [], deletionTimestamp, ownerReferences = [] } = object.metadata;
    if (deletionTimestamp !== undefined && finalizers.includes(ORPHAN)) this.orphan(resource, object);
    else if (deletionTimestamp !== undefined && finalizers.includes(FOREGROUND))
      this.endDependents(resource, object);
    else if (deletionTimestamp === undefined && ownerReferences.length > 0) this.judge(resource, object);
  }

  private find(key: string): [Resource | undefined, KubernetesObject | undefined] {
    const [kind, namespace, name = ''] = key.split('|');
    const resource = RESOURCES.find((each) => storeKey(each) === kind);
    return [
      resource,
      resource && this.registry.find(resource, namespace === '' ? undefined : namespace, name),
    ];
  }

  private dependentsOf({ metadata }: KubernetesObject): { dependent: Dependent; object: KubernetesObject }[] {
    return [...(this.dependents.get(metadata.uid)?.values() ?? [])].flatMap((dependent) => {
      const object = this.registry.find(dependent.resource, dependent.namespace, dependent.name);
      return object === undefined ? [] : [{ dependent, object }];
    });
  }

  private orphan(resource: Resource, object: KubernetesObject): void {
    const { namespace, name, uid } = object.metadata;
    for (const { dependent, object: orphan } of this.dependentsOf(object))
      this.release(dependent.resource, orphan, (reference) => reference.uid !== uid);
    unlessLost(() => this.registry.removeFinalizer(resource, namespace, name, ORPHAN));
  }

  private endDependents(resource: Resource, object: KubernetesObject): void {
    const { namespace, name, uid } = object.metadata;
    const blocking = this.dependentsOf(object).filter(({ object: { metadata } }) =>
      metadata.ownerReferences?.some((each) => each.uid === uid && each.blockOwnerDeletion === true),
    );
    if (blocking.length === 0)
      return unlessLost(() => this.registry.removeFinalizer(resource, namespace, name, FOREGROUND));
    for (const { dependent, object: each } of blocking) this.queue.add(keyOf(dependent.resource, each));
  }

  /** Whether one of its owners is there still. Of owners of a kind that is not known nobody can say. */
  private judge(resource: Resource, object: KubernetesObject): void {
    const { namespace, name, uid, ownerReferences = [], finalizers = [] } = object.metadata;
    const owners = ownerReferences.map((reference) => ({
      reference,
      found: this.ownerOf(reference, object),
    }));
    if (owners.some(({ found }) => found.kind === 'unknown')) return;
    const states = owners.map(({ reference, found }) => ({ reference, state: stateOf(found) }));
    const solid = states.filter(({ state }) => state === 'solid').map(({ reference }) => reference);
    if (solid.length === ownerReferences.length) return;
    if (solid.length > 0) return this.release(resource, object, (reference) => solid.includes(reference));
    const isAwaited = states.some(({ state }) => state === 'waiting') && this.dependentsOf(object).length > 0;
    const propagationPolicy =
      isAwaited || finalizers.includes(FOREGROUND)
        ? 'Foreground'
        : finalizers.includes(ORPHAN)
          ? 'Orphan'
          : 'Background';
    const options: DeleteOptions = { propagationPolicy, preconditions: { uid } };
    unlessLost(() => this.registry.delete(resource, namespace, name, options));
  }

  private release(
    resource: Resource,
    { metadata }: KubernetesObject,
    keep: (reference: OwnerReference) => boolean,
  ): void {
    const owners = (metadata.ownerReferences ?? []).filter(keep);
    unlessLost(() => this.registry.setOwners(resource, metadata.namespace, metadata.name, owners));
  }

  private ownerOf({ apiVersion, kind, name, uid }: OwnerReference, { metadata }: KubernetesObject): Owner {
    const resource = RESOURCES.find((each) => each.kind === kind && apiVersionOf(each) === apiVersion);
    if (resource === undefined) return { kind: 'unknown' };
    // What is in no namespace can belong to nothing that is in one.
    if (resource.namespaced && metadata.namespace === undefined) return { kind: 'unknown' };
    const object = this.registry.find(resource, resource.namespaced ? metadata.namespace : undefined, name);
    return { kind: 'known', resource, object: object?.metadata.uid === uid ? object : undefined };
  }
}

type Owner =
  { kind: 'unknown' } | { kind: 'known'; resource: Resource; object: KubernetesObject | undefined };

function stateOf(owner: Owner): 'solid' | 'dangling' | 'waiting' {
  const metadata = owner.kind === 'known' ? owner.object?.metadata : undefined;
  if (metadata === undefined) return 'dangling';
  const waits =
    metadata.deletionTimestamp !== undefined && metadata.finalizers?.includes(FOREGROUND) === true;
  return waits ? 'waiting' : 'solid';
}

function keyOf(resource: Resource, { metadata }: KubernetesObject): string {
  return `${storeKey(resource)}|${metadata.namespace ?? ''}|${metadata.name}`;
}
