import type { KubernetesObject, ResourceName } from '../../../../src/practice/api/object.ts';
import type { Registry } from '../../../../src/practice/api/registry.ts';
import { StatusError } from '../../../../src/practice/api/status-error.ts';
import type { Change } from '../../../../src/practice/api/store.ts';
import type { Clock } from '../../../../src/practice/clock.ts';

type Listener = (change: Change) => void;

/** The API's verbs without its rules: no validation, only the defaults that controllers rely on. */
export class FakeRegistry implements Registry {
  private readonly objects = new Map<string, Map<string, KubernetesObject>>();
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly clock: Clock;
  private version = 0;
  /** Writes since the beginning. */
  writes = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  get(resource: ResourceName, namespace: string | undefined, name: string): KubernetesObject {
    const found = this.find(resource, namespace, name);
    if (!found) throw new StatusError(404, 'NotFound', `${resource.plural} "${name}" not found`);
    return found;
  }

  find(resource: ResourceName, namespace: string | undefined, name: string): KubernetesObject | undefined {
    return this.of(resource).get(`${namespace ?? ''}/${name}`);
  }

  list(resource: ResourceName, namespace?: string): KubernetesObject[] {
    const all = [...this.of(resource).values()];
    return namespace === undefined ? all : all.filter(({ metadata }) => metadata.namespace === namespace);
  }

  create(resource: ResourceName, namespace: string | undefined, given: unknown): KubernetesObject {
    const object = structuredClone(given) as KubernetesObject;
    const { name } = object.metadata;
    if (this.find(resource, namespace, name))
      throw new StatusError(409, 'AlreadyExists', `${resource.plural} "${name}" already exists`);
    this.version++;
    object.metadata = {
      ...object.metadata,
      ...(namespace !== undefined && { namespace }),
      uid: `uid-${this.version}`,
      creationTimestamp: new Date(this.clock.now()).toISOString().replace(/\.\d+/, ''),
      generation: 1,
    };
    if (resource.plural === 'pods') object['status'] ??= { phase: 'Pending', qosClass: 'BestEffort' };
    if (resource.plural === 'namespaces') {
      object['spec'] = { finalizers: ['kubernetes'] };
      object['status'] = { phase: 'Active' };
    }
    return this.put(resource, 'ADDED', object, undefined);
  }

  update(
    resource: ResourceName,
    namespace: string | undefined,
    name: string,
    given: unknown,
  ): KubernetesObject {
    const previous = this.get(resource, namespace, name);
    const object = structuredClone(given) as KubernetesObject;
    if (JSON.stringify(object['spec']) !== JSON.stringify(previous['spec']))
      object.metadata.generation = (previous.metadata.generation ?? 1) + 1;
    return this.put(resource, 'MODIFIED', object, previous);
  }

  updateStatus(
    resource: ResourceName,
    namespace: string | undefined,
    name: string,
    change: (status: Record<string, unknown>, object: KubernetesObject) => Record<string, unknown>,
  ): KubernetesObject {
    const previous = this.get(resource, namespace, name);
    const status = change((previous['status'] ?? {}) as Record<string, unknown>, previous);
    if (JSON.stringify(status) === JSON.stringify(previous['status'])) return previous;
    return this.put(resource, 'MODIFIED', { ...previous, status: structuredClone(status) }, previous);
  }

  delete(
    resource: ResourceName,
    namespace: string | undefined,
    name: string,
    options: { gracePeriodSeconds?: number; preconditions?: { uid?: string } } = {},
  ): KubernetesObject {
    const object = this.get(resource, namespace, name);
    const { uid } = options.preconditions ?? {};
    if (uid !== undefined && uid !== object.metadata.uid) throw new StatusError(409, 'Conflict', 'uid');
    const spec = (object['spec'] ?? {}) as { nodeName?: string; terminationGracePeriodSeconds?: number };
    const { phase } = (object['status'] ?? {}) as { phase?: string };
    const grace = options.gracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30;
    const ended = phase === 'Succeeded' || phase === 'Failed';
    const waits = resource.plural === 'pods' && spec.nodeName !== undefined && !ended && grace > 0;
    if (!waits && resource.plural !== 'namespaces') return this.drop(resource, object);
    const deletionTimestamp = new Date(this.clock.now() + grace * 1000).toISOString().replace(/\.\d+/, '');
    const metadata = { ...object.metadata, deletionTimestamp, deletionGracePeriodSeconds: grace };
    return this.put(resource, 'MODIFIED', { ...object, metadata }, object);
  }

  finalizeNamespace(name: string): void {
    const resource = { group: '', plural: 'namespaces' };
    this.drop(resource, this.get(resource, undefined, name));
  }

  bind(namespace: string, name: string, nodeName: string): void {
    const resource = { group: '', plural: 'pods' };
    const previous = this.get(resource, namespace, name);
    const spec = { ...(previous['spec'] as object), nodeName };
    this.put(resource, 'MODIFIED', { ...previous, spec }, previous);
  }

  follow(resource: ResourceName, listener: Listener): () => void {
    for (const object of this.list(resource))
      listener({ type: 'ADDED', resource: resource.plural, object, previous: undefined });
    const listeners = this.listeners.get(resource.plural) ?? new Set();
    this.listeners.set(resource.plural, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  private of(resource: ResourceName): Map<string, KubernetesObject> {
    const known = this.objects.get(resource.plural) ?? new Map<string, KubernetesObject>();
    this.objects.set(resource.plural, known);
    return known;
  }

  private put(
    resource: ResourceName,
    type: Change['type'],
    given: KubernetesObject,
    previous: KubernetesObject | undefined,
  ): KubernetesObject {
    const object = { ...given, metadata: { ...given.metadata, resourceVersion: String(++this.version) } };
    this.of(resource).set(`${object.metadata.namespace ?? ''}/${object.metadata.name}`, object);
    this.tell({ type, resource: resource.plural, object, previous });
    return object;
  }

  private drop(resource: ResourceName, object: KubernetesObject): KubernetesObject {
    this.of(resource).delete(`${object.metadata.namespace ?? ''}/${object.metadata.name}`);
    this.tell({ type: 'DELETED', resource: resource.plural, object, previous: object });
    return object;
  }

  private tell(change: Change): void {
    this.writes++;
    for (const listener of this.listeners.get(change.resource) ?? []) listener(change);
  }
}
