import { PODS, type Registry } from '../api/registry.ts';
import type { Deployment, ReplicaSet } from '../api/resources/workload.ts';
import { allOf, type ReplicaSets } from './deployment-replica-sets.ts';
import { cleanUp, isActive, resize } from './deployment-scaling.ts';
import { isComplete } from './deployment-status.ts';
import { controllerOf } from './owner.ts';
import { asPod, isFinished } from './pod.ts';
import type { WorkloadControllerOptions } from './replica-set-controller.ts';
import { actual, available, maxUnavailable, nextSize, wanted } from './rollout-limits.ts';

type Step = (deployment: Deployment, sets: ReplicaSets, options: WorkloadControllerOptions) => void;

/** One step of a rolling update: new Pods as far as there may be more, then old ones away as far as there may be fewer. */
export const rollOn: Step = (deployment, sets, options) => {
  const newest = sets.newest!;
  const { replicas } = deployment.spec;
  if (newest.spec.replicas !== replicas) {
    const size =
      newest.spec.replicas > replicas ? replicas : nextSize(deployment, newest.spec.replicas, sets.old);
    if (size !== newest.spec.replicas) return void resize(newest, size, deployment, options);
  }
  if (!shrinkOld(deployment, sets, newest, options)) cleanUp(deployment, sets, options);
};

/** @returns whether there was something to take away */
function shrinkOld(
  deployment: Deployment,
  sets: ReplicaSets,
  newest: ReplicaSet,
  options: WorkloadControllerOptions,
): boolean {
  const old = sets.old.filter(isActive);
  const least = deployment.spec.replicas - maxUnavailable(deployment);
  const notYet = newest.spec.replicas - (newest.status.availableReplicas ?? 0);
  const most = wanted(allOf(sets)) - least - notYet;
  if (old.length === 0 || most <= 0) return false;
  const sizes = new Map(old.map((each) => [each, each.spec.replicas]));
  const take = (count: number, from: (replicaSet: ReplicaSet) => number): number => {
    let left = count;
    for (const each of old) {
      const taken = Math.max(0, Math.min(left, from(each)));
      if (taken === 0) continue;
      const size = sizes.get(each)! - taken;
      sizes.set(each, size);
      resize({ ...each, spec: { ...each.spec, replicas: size + taken } }, size, deployment, options);
      left -= taken;
    }
    return count - left;
  };
  // Those that serve nobody first: they would block the rollout.
  const unhealthy = take(most, (each) => each.spec.replicas - (each.status.availableReplicas ?? 0));
  const spare = available(allOf(sets)) - least;
  const healthy = spare > 0 ? take(spare, (each) => sizes.get(each)!) : 0;
  return unhealthy + healthy > 0;
}

/** Recreate: all old Pods away, and not before the last is gone the new ones. */
export function mayRecreate(
  deployment: Deployment,
  sets: ReplicaSets,
  options: WorkloadControllerOptions,
): boolean {
  const active = sets.old.filter(isActive);
  for (const each of active) resize(each, 0, deployment, options);
  return active.length === 0 && actual(sets.old) === 0 && !hasOldPods(sets, options.registry);
}

export const recreate: Step = (deployment, sets, options) => {
  const newest = sets.newest!;
  const { replicas } = deployment.spec;
  if (newest.spec.replicas !== replicas) resize(newest, replicas, deployment, options);
  if (isComplete(deployment, deployment.status)) cleanUp(deployment, sets, options);
};

function hasOldPods({ old }: ReplicaSets, registry: Registry): boolean {
  if (old.length === 0) return false;
  const owners = new Set(old.map(({ metadata }) => metadata.uid));
  return registry
    .list(PODS, old[0]!.metadata.namespace)
    .some((pod) => owners.has(controllerOf(pod)?.uid ?? '') && !isFinished(asPod(pod)));
}
