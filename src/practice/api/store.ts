import type { KubernetesObject } from './object.ts';

export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** One write. `object` is the state after it, of a deletion the last one with the deletion's own resourceVersion. */
export interface Change {
  type: ChangeType;
  /** `group/plural`, as in `apps/deployments`; of the core group the plural alone, as in `pods`. */
  resource: string;
  object: KubernetesObject;
  /** The state before it, for selectors that an object begins or ceases to match. */
  previous: KubernetesObject | undefined;
}

/** The resourceVersion asked for is older than what is remembered: 410 Gone. */
export class TooOld extends Error {
  constructor(asked: number, oldest: number) {
    super(`too old resource version: ${asked} (${oldest})`);
    this.name = 'TooOld';
  }
}

/**
 * All objects, as etcd keeps them: one counter of versions for everything, optimistic locking, and the last changes
 * remembered so that watches can resume. It knows no kinds and no rules; those are the registry's.
 */
export interface Store {
  /** The newest resourceVersion. */
  readonly version: number;
  get(resource: string, namespace: string | undefined, name: string): KubernetesObject | undefined;
  /** In the order of namespace and name, as etcd has it. */
  list(resource: string, namespace?: string): KubernetesObject[];
  /** The object with its new resourceVersion. @throws {StatusError} AlreadyExists */
  create(resource: string, object: KubernetesObject): KubernetesObject;
  /** @throws {StatusError} NotFound, or Conflict when its resourceVersion is not the current one */
  update(resource: string, object: KubernetesObject): KubernetesObject;
  /** The object as it was. @throws {StatusError} NotFound */
  remove(resource: string, namespace: string | undefined, name: string): KubernetesObject;
  /**
   * Tells `listener` of every change of a resource after `after`, at once of those that happened already.
   * @throws {TooOld}
   */
  watch(resource: string, after: number, listener: (change: Change) => void): () => void;
  /** Resolves when there is a chance that what is written now is kept. */
  writable(): Promise<void>;
  /** Resolves when everything written so far would survive a crash. */
  durable(): Promise<void>;
}
