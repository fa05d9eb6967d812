import type { FieldError } from './field-error.ts';
import type { KubernetesObject, ResourceName } from './object.ts';

/** A column of a resource's table, as `kubectl get` prints it; priority 1 is for `-o wide`. */
export interface Column {
  name: string;
  type: 'string' | 'integer' | 'boolean';
  format?: 'name' | undefined;
  priority?: 0 | 1 | undefined;
  description: string;
}

/** null is printed as `<none>` by kubectl. */
export type Cell = string | number | boolean | null;

export interface Subresource {
  name: string;
  /** What is sent to it or comes back. */
  kind: string;
  group?: string | undefined;
  version?: string | undefined;
  verbs: string[];
  /** Where it is a part of the object, written by rules of its own: they take the place of the resource's. */
  rules?: Pick<Resource, 'prepareUpdate' | 'validate'>;
}

/** What the rules of one resource may ask of the cluster. */
export interface Surroundings {
  /** As Kubernetes writes a time: whole seconds, UTC. */
  now(): string;
  /** Lower-case letters and digits that can't be mistaken for one another, as generated names have them. */
  suffix(): string;
  find(resource: ResourceName, namespace: string | undefined, name: string): KubernetesObject | undefined;
  /** In the order of their names; of all namespaces where none is given. */
  list(resource: ResourceName, namespace?: string): KubernetesObject[];
  /** 0 ≤ x < 1 */
  random(): number;
}

/** What validating admission goes by, and how it says what is no reason to refuse. */
export interface Ruling extends Surroundings {
  warn(message: string): void;
}

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';

export const ALL_VERBS: Verb[] = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
];

/**
 * One resource: what discovery says of it, and its rules. The registry calls the rules in the order in which they stand
 * here; objects given to them are fresh copies that may be changed, `previous` ones must not be.
 */
export interface Resource extends ResourceName {
  version: string;
  kind: string;
  /** client-node's name of its type. */
  type: string;
  singular: string;
  shortNames: string[];
  categories: string[];
  namespaced: boolean;
  verbs: Verb[];
  subresources: Subresource[];
  /** What is wrong with a name. */
  nameErrors(name: string): string[];
  /** Values for fields that were left out, on every write. */
  setDefaults?(object: KubernetesObject): void;
  /** Admission of a new object: what it is given, or why it is refused. @throws {StatusError} */
  admit?(object: KubernetesObject, surroundings: Surroundings): void;
  /**
   * Gives it what the cluster has only once, such as an address, or takes what it asks for; on every write, before it is
   * validated. @throws {StatusError} when that is taken
   */
  allocate?(
    object: KubernetesObject,
    previous: KubernetesObject | undefined,
    surroundings: Surroundings,
  ): void;
  prepareCreate?(object: KubernetesObject): void;
  prepareUpdate?(object: KubernetesObject, previous: KubernetesObject): void;
  /** What is wrong with an object, beside its metadata; of a new one `previous` is undefined. */
  validate?(object: KubernetesObject, previous: KubernetesObject | undefined): FieldError[];
  /** Validating admission, of an object without errors: why it is refused for all that. @throws {StatusError} */
  admitValid?(object: KubernetesObject, previous: KubernetesObject | undefined, ruling: Ruling): void;
  /** Whether the status is a subresource, which only updateStatus changes. */
  hasStatus: boolean;
  /** Whether metadata.generation counts the changes of spec. */
  hasGeneration: boolean;
  /** Whether it counts those of annotations, too. */
  countsAnnotations?: true;
  /** @throws {StatusError} when it may not be deleted by anybody */
  admitDelete?(name: string): void;
  /** Seconds to wait for somebody to end it, 0 to delete at once; absent where deletion never waits. */
  gracePeriod?(object: KubernetesObject, asked: number | undefined): number;
  /** Whether something beside metadata.finalizers keeps it. */
  isKept?(object: KubernetesObject): boolean;
  /** What happens to an object whose deletion has to wait. */
  beginDeletion?(object: KubernetesObject): KubernetesObject;
  /** Whether a deletion answers with the last state, as only some resources do; the others say just `Success`. */
  returnsDeleted: boolean;
  /** For field selectors, beside metadata.name and metadata.namespace. */
  selectableFields?(object: KubernetesObject): Record<string, string>;
  /** What whoever asks for it is warned of, on every request. */
  deprecation?: string;
  columns: Column[];
  /** @param now milliseconds since 1970 */
  row(object: KubernetesObject, now: number): Cell[];
}

/** `group/plural`, or the plural alone in the core group: a resource's name in the store. */
export function storeKey({ group, plural }: ResourceName): string {
  return group === '' ? plural : `${group}/${plural}`;
}

export function apiVersionOf({ group, version }: { group: string; version: string }): string {
  return group === '' ? version : `${group}/${version}`;
}
