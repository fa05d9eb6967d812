import type { Deployment, ReplicaSet } from '../api/resources/workload.ts';

/** How many Pods more than wanted a rollout may make: what is a share is rounded up. */
export function maxSurge({ spec }: Deployment): number {
  const { rollingUpdate, type } = spec.strategy;
  return type === 'RollingUpdate' && rollingUpdate
    ? share(rollingUpdate.maxSurge, spec.replicas, Math.ceil)
    : 0;
}

/** How many of the wanted Pods may be missing: rounded down, but one when nothing else would let a rollout begin. */
export function maxUnavailable(deployment: Deployment): number {
  const { replicas, strategy } = deployment.spec;
  if (strategy.type !== 'RollingUpdate' || strategy.rollingUpdate === undefined || replicas === 0) return 0;
  const most = share(strategy.rollingUpdate.maxUnavailable, replicas, Math.floor);
  return Math.min(replicas, most === 0 && maxSurge(deployment) === 0 ? 1 : most);
}

function share(amount: number | string, of: number, round: (value: number) => number): number {
  return typeof amount === 'number' ? amount : round((Number.parseInt(amount, 10) * of) / 100);
}

/** How many Pods these ask for. */
export function wanted(replicaSets: readonly ReplicaSet[]): number {
  return sum(replicaSets, ({ spec }) => spec.replicas);
}

/** How many they have. */
export function actual(replicaSets: readonly ReplicaSet[]): number {
  return sum(replicaSets, ({ status }) => status.replicas ?? 0);
}

export function available(replicaSets: readonly ReplicaSet[]): number {
  return sum(replicaSets, ({ status }) => status.availableReplicas ?? 0);
}

export function ready(replicaSets: readonly ReplicaSet[]): number {
  return sum(replicaSets, ({ status }) => status.readyReplicas ?? 0);
}

/** How many the newest one should ask for now; `others` are all the rest of the Deployment's. */
export function nextSize(deployment: Deployment, newest: number, others: readonly ReplicaSet[]): number {
  const { replicas, strategy } = deployment.spec;
  if (strategy.type !== 'RollingUpdate') return replicas;
  const room = replicas + maxSurge(deployment) - wanted(others) - newest;
  return room <= 0 ? newest : newest + Math.min(room, replicas - newest);
}

function sum(replicaSets: readonly ReplicaSet[], of: (replicaSet: ReplicaSet) => number): number {
  return replicaSets.reduce((total, each) => total + of(each), 0);
}
