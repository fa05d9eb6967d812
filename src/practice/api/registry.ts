import type { KubernetesObject, OwnerReference, ResourceName } from './object.ts';
import type { Change } from './store.ts';

export interface DeleteOptions {
  gracePeriodSeconds?: number;
  preconditions?: { uid?: string; resourceVersion?: string };
  /** The old way to say `Orphan` or `Background`. */
  orphanDependents?: boolean;
  propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
  dryRun?: string[];
}

export interface WriteOptions {
  /** Run all checks, keep nothing. */
  dryRun?: boolean;
  /** Of unknown and duplicate fields. `Warn` collects, `Strict` refuses, `Ignore` drops. */
  fieldValidation?: 'Ignore' | 'Warn' | 'Strict';
  /** What was wrong already with the text that it was read from: `duplicate field "spec.x"`. */
  strictErrors?: readonly string[];
  fieldManager?: string;
  /** Of an update: through this one, by its rules. */
  subresource?: string;
  /** Gets what a client should be warned of, such as `unknown field "spec.x"`. */
  warn?: (message: string) => void;
}

/**
 * The API's verbs without HTTP: defaults, validation, locking, graceful deletion, finalizers. The HTTP side and the
 * controllers both go through it, so that a rule holds for everybody. It is synchronous: what it returns is done.
 *
 * @throws {StatusError} everywhere
 */
export interface Registry {
  get(resource: ResourceName, namespace: string | undefined, name: string): KubernetesObject;
  find(resource: ResourceName, namespace: string | undefined, name: string): KubernetesObject | undefined;
  list(resource: ResourceName, namespace?: string): KubernetesObject[];
  create(
    resource: ResourceName,
    namespace: string | undefined,
    object: unknown,
    options?: WriteOptions,
  ): KubernetesObject;
  /** Without a resourceVersion in the object the last writer wins. */
  update(
    resource: ResourceName,
    namespace: string | undefined,
    name: string,
    object: unknown,
    options?: WriteOptions,
  ): KubernetesObject;
  /**
   * Changes the status alone; everything else in `object` is ignored, as the subresource does.
   *
   * @param annotations the new ones, where a controller notes something that is no new generation
   */
  updateStatus(
    resource: ResourceName,
    namespace: string | undefined,
    name: string,
    change: (status: Record<string, unknown>, object: KubernetesObject) => Record<string, unknown>,
    annotations?: Record<string, string>,
  ): KubernetesObject;
  /** Begins the deletion, or carries it out where there is nothing to wait for; the object as it is after that. */
  delete(
    resource: ResourceName,
    namespace: string | undefined,
    name: string,
    options?: DeleteOptions,
  ): KubernetesObject;
  /** Takes an object out of its owners' hands, or puts it into an owner's: nothing else of it changes. */
  setOwners(
    resource: ResourceName,
    namespace: string | undefined,
    name: string,
    owners: readonly OwnerReference[],
  ): KubernetesObject;
  /** Takes away what the garbage collector's own finalizer held an object by. */
  removeFinalizer(
    resource: ResourceName,
    namespace: string | undefined,
    name: string,
    finalizer: string,
  ): void;
  /** Assigns a Pod to a Node, as the scheduler does through pods/binding. */
  bind(namespace: string, pod: string, node: string): void;
  /** The namespace controller is done: nothing is left in it. */
  finalizeNamespace(name: string): void;
  /** Everything of one kind now as ADDED, then every change. Called synchronously, in order. */
  follow(resource: ResourceName, listener: (change: Change) => void): () => void;
}

export const PODS: ResourceName = { group: '', plural: 'pods' };
export const NODES: ResourceName = { group: '', plural: 'nodes' };
export const NAMESPACES: ResourceName = { group: '', plural: 'namespaces' };
export const EVENTS: ResourceName = { group: '', plural: 'events' };
export const SERVICE_ACCOUNTS: ResourceName = { group: '', plural: 'serviceaccounts' };
export const CONFIG_MAPS: ResourceName = { group: '', plural: 'configmaps' };
export const RESOURCE_QUOTAS: ResourceName = { group: '', plural: 'resourcequotas' };
export const SERVICES: ResourceName = { group: '', plural: 'services' };
export const ENDPOINTS: ResourceName = { group: '', plural: 'endpoints' };
export const ENDPOINT_SLICES: ResourceName = { group: 'discovery.k8s.io', plural: 'endpointslices' };
export const LEASES: ResourceName = { group: 'coordination.k8s.io', plural: 'leases' };
export const NETWORK_POLICIES: ResourceName = { group: 'networking.k8s.io', plural: 'networkpolicies' };
export const DEPLOYMENTS: ResourceName = { group: 'apps', plural: 'deployments' };
export const REPLICA_SETS: ResourceName = { group: 'apps', plural: 'replicasets' };
