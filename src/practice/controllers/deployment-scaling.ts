import { REPLICA_SETS } from '../api/registry.ts';
import { asReplicaSet, type Deployment, type ReplicaSet } from '../api/resources/workload.ts';
import { allOf, type ReplicaSets } from './deployment-replica-sets.ts';
import { desiredBefore, mostBefore, revisionOf, sizeAnnotations } from './deployment-revision.ts';
import { unlessLost } from './lost-race.ts';
import type { WorkloadControllerOptions } from './replica-set-controller.ts';
import { maxSurge, wanted } from './rollout-limits.ts';

export const DEPLOYMENT_CONTROLLER = { component: 'deployment-controller' };

/** Lets a ReplicaSet ask for so many Pods, and tells of it. @returns how many more than before */
export function resize(
  replicaSet: ReplicaSet,
  replicas: number,
  deployment: Deployment,
  { registry, events }: WorkloadControllerOptions,
): number {
  const { namespace, name } = replicaSet.metadata;
  const before = replicaSet.spec.replicas;
  const annotations = { ...replicaSet.metadata.annotations, ...sizeAnnotations(deployment) };
  const next = {
    ...replicaSet,
    metadata: { ...replicaSet.metadata, annotations },
    spec: { ...replicaSet.spec, replicas },
  };
  Reflect.deleteProperty(next.metadata, 'resourceVersion');
  registry.update(REPLICA_SETS, namespace, name, next);
  if (before === replicas) return 0;
  const direction = before < replicas ? 'up' : 'down';
  const message = `Scaled ${direction} replica set ${name} from ${before} to ${replicas}`;
  events.record(DEPLOYMENT_CONTROLLER, deployment, { type: 'Normal', reason: 'ScalingReplicaSet', message });
  return replicas - before;
}

export function isActive({ spec }: ReplicaSet): boolean {
  return spec.replicas > 0;
}

/** Whether somebody asked for another number since the ReplicaSets were last given theirs. */
export function isScaled({ spec }: Deployment, sets: ReplicaSets): boolean {
  return allOf(sets)
    .filter(isActive)
    .some((each) => (desiredBefore(each) ?? spec.replicas) !== spec.replicas);
}

/**
 * Shares another number of Pods out. Where a rollout is under way, each ReplicaSet gets its part, so that the risk stays
 * what it was.
 */
export function share(deployment: Deployment, sets: ReplicaSets, options: WorkloadControllerOptions): void {
  const { replicas } = deployment.spec;
  const only = onlyOne(sets);
  if (only !== undefined) {
    if (only.spec.replicas !== replicas) resize(only, replicas, deployment, options);
    return;
  }
  if (isSaturated(deployment, sets.newest)) {
    for (const old of sets.old.filter(isActive)) resize(old, 0, deployment, options);
    return;
  }
  if (deployment.spec.strategy.type !== 'RollingUpdate') return;
  const active = allOf(sets).filter(isActive);
  const room = replicas > 0 ? replicas + maxSurge(deployment) : 0;
  const change = room - wanted(active);
  active.sort((a, b) => b.spec.replicas - a.spec.replicas || age(a, b) * (change > 0 ? -1 : 1));
  const sizes = new Map<ReplicaSet, number>();
  let done = 0;
  for (const each of active) {
    const part = partOf(each, deployment, change - done);
    sizes.set(each, each.spec.replicas + part);
    done += part;
  }
  active.forEach((each, index) => {
    const rest = index === 0 ? change - done : 0;
    resize(each, Math.max(0, sizes.get(each)! + rest), deployment, options);
  });
}

/** The only one that has Pods, or the latest when none has; undefined when several have. */
function onlyOne(sets: ReplicaSets): ReplicaSet | undefined {
  const active = allOf(sets).filter(isActive);
  if (active.length > 1) return undefined;
  return active[0] ?? sets.newest ?? sets.old.at(-1);
}

function isSaturated({ spec }: Deployment, newest: ReplicaSet | undefined): boolean {
  if (newest === undefined) return false;
  return [newest.spec.replicas, desiredBefore(newest), newest.status.availableReplicas].every(
    (count) => count === spec.replicas,
  );
}

function partOf(replicaSet: ReplicaSet, deployment: Deployment, left: number): number {
  const { replicas } = replicaSet.spec;
  if (left === 0) return 0;
  const part = fractionOf(replicaSet, deployment) - replicas;
  return left > 0 ? Math.min(part, left) : Math.max(part, left);
}

function fractionOf(replicaSet: ReplicaSet, deployment: Deployment): number {
  const { replicas } = deployment.spec;
  if (replicas === 0) return 0;
  const before = mostBefore(replicaSet) ?? deployment.status.replicas ?? 0;
  if (before === 0) return replicaSet.spec.replicas;
  return Math.round((replicaSet.spec.replicas * (replicas + maxSurge(deployment))) / before);
}

function age(a: ReplicaSet, b: ReplicaSet): number {
  return a.metadata.creationTimestamp < b.metadata.creationTimestamp ? -1 : 1;
}

/** Removes those of former times that nobody needs to roll back to. */
export function cleanUp(
  { spec }: Deployment,
  { old }: ReplicaSets,
  { registry }: WorkloadControllerOptions,
): void {
  const kept = old.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  kept.sort((a, b) => revisionOf(a) - revisionOf(b));
  for (const each of kept.slice(0, Math.max(0, kept.length - spec.revisionHistoryLimit))) {
    const { metadata, status } = asReplicaSet(each);
    const isIdle = (status.replicas ?? 0) === 0 && each.spec.replicas === 0;
    if (isIdle && (metadata.generation ?? 0) <= (status.observedGeneration ?? 0))
      unlessLost(() => registry.delete(REPLICA_SETS, metadata.namespace, metadata.name));
  }
}
