import type { KubernetesObject, ResourceName } from '../api/object.ts';
import {
  CONFIG_MAPS,
  DEPLOYMENTS,
  ENDPOINT_SLICES,
  ENDPOINTS,
  EVENTS,
  LEASES,
  NAMESPACES,
  NETWORK_POLICIES,
  PODS,
  type Registry,
  REPLICA_SETS,
  RESOURCE_QUOTAS,
  SERVICE_ACCOUNTS,
  SERVICES,
} from '../api/registry.ts';
import { type Clock, timestamp } from '../clock.ts';
import { type Fault, guarded } from './guard.ts';
import { unlessLost } from './lost-race.ts';

/** What a namespace can hold. Pods go first, so that nothing they use disappears under them. */
export const NAMESPACED_RESOURCES: readonly ResourceName[] = [
  PODS,
  DEPLOYMENTS,
  REPLICA_SETS,
  SERVICES,
  ENDPOINTS,
  ENDPOINT_SLICES,
  CONFIG_MAPS,
  SERVICE_ACCOUNTS,
  RESOURCE_QUOTAS,
  LEASES,
  NETWORK_POLICIES,
  EVENTS,
];

export interface NamespaceControllerOptions {
  registry: Registry;
  clock: Clock;
  resources: readonly ResourceName[];
  fault: Fault;
}

/** Empties a namespace that is being deleted, says in its conditions what is left, and lets it go when nothing is. */
export function finishNamespaces(options: NamespaceControllerOptions): () => void {
  const { registry, fault } = options;
  const terminating = new Set<string>();
  const queued = new Set<string>();
  let stopped = false;
  const look = (name: string): void => {
    if (queued.has(name)) return;
    queued.add(name);
    queueMicrotask(
      guarded(() => {
        queued.delete(name);
        if (!stopped) finishNamespace(name, options);
      }, fault),
    );
  };
  const stops = [
    registry.follow(NAMESPACES, ({ type, object }) => {
      const { name, deletionTimestamp } = object.metadata;
      if (type === 'DELETED' || deletionTimestamp === undefined) return void terminating.delete(name);
      if (terminating.has(name)) return;
      terminating.add(name);
      look(name);
    }),
    ...options.resources.map((resource) =>
      registry.follow(resource, ({ object }) => {
        const { namespace } = object.metadata;
        if (namespace !== undefined && terminating.has(namespace)) look(namespace);
      }),
    ),
  ];
  return () => {
    stopped = true;
    for (const stop of stops) stop();
  };
}

function finishNamespace(name: string, { registry, clock, resources }: NamespaceControllerOptions): void {
  const namespace = registry.find(NAMESPACES, undefined, name);
  if (namespace?.metadata.deletionTimestamp === undefined) return;
  const left: Remaining[] = [];
  for (const resource of resources) {
    for (const object of registry.list(resource, name))
      if (object.metadata.deletionTimestamp === undefined) remove(registry, resource, object);
    const objects = registry.list(resource, name);
    if (objects.length > 0) left.push({ resource, objects });
    // The others wait for the Pods.
    if (objects.length > 0 && resource === PODS) break;
  }
  if (left.length === 0) return registry.finalizeNamespace(name);
  const now = timestamp(clock);
  registry.updateStatus(NAMESPACES, undefined, name, (status) => ({
    ...status,
    phase: 'Terminating',
    conditions: conditions(left, now, (status['conditions'] ?? []) as NamespaceCondition[]),
  }));
}

function remove(registry: Registry, resource: ResourceName, { metadata }: KubernetesObject): void {
  unlessLost(() =>
    registry.delete(resource, metadata.namespace, metadata.name, { preconditions: { uid: metadata.uid } }),
  );
}

interface Remaining {
  resource: ResourceName;
  objects: KubernetesObject[];
}

type NamespaceCondition = {
  type: string;
  status: 'True' | 'False';
  lastTransitionTime: string;
  reason: string;
  message: string;
};

function conditions(left: Remaining[], now: string, previous: NamespaceCondition[]): NamespaceCondition[] {
  const finalizers = new Map<string, number>();
  for (const { objects } of left)
    for (const { metadata } of objects)
      for (const finalizer of metadata.finalizers ?? [])
        finalizers.set(finalizer, (finalizers.get(finalizer) ?? 0) + 1);
  const counts = left.map(({ resource: { group, plural }, objects }) => {
    const name = group === '' ? `${plural}.` : `${plural}.${group}`;
    return `${name} has ${objects.length} resource instances`;
  });
  const holders = [...finalizers].map(([finalizer, count]) => `${finalizer} in ${count} resource instances`);
  const words: [string, boolean, string, string][] = [
    [
      'NamespaceDeletionDiscoveryFailure',
      false,
      'ResourcesDiscovered',
      'All resources successfully discovered',
    ],
    [
      'NamespaceDeletionGroupVersionParsingFailure',
      false,
      'ParsedGroupVersions',
      'All legacy kube types successfully parsed',
    ],
    [
      'NamespaceDeletionContentFailure',
      false,
      'ContentDeleted',
      'All content successfully deleted, may be waiting on finalization',
    ],
    [
      'NamespaceContentRemaining',
      true,
      'SomeResourcesRemain',
      `Some resources are remaining: ${counts.sort().join(', ')}`,
    ],
    holders.length === 0
      ? [
          'NamespaceFinalizersRemaining',
          false,
          'ContentHasNoFinalizers',
          'All content-preserving finalizers finished',
        ]
      : [
          'NamespaceFinalizersRemaining',
          true,
          'SomeFinalizersRemain',
          `Some content in the namespace has finalizers remaining: ${holders.sort().join(', ')}`,
        ],
  ];
  return words.map(([type, holds, reason, message]) => {
    const status = holds ? 'True' : 'False';
    const before = previous.find((condition) => condition.type === type);
    return {
      type,
      status,
      lastTransitionTime: before?.status === status ? before.lastTransitionTime : now,
      reason,
      message,
    };
  });
}
