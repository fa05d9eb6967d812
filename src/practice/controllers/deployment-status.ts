import type { Deployment, DeploymentCondition, ReplicaSet } from '../api/resources/workload.ts';
import { actual, available, maxUnavailable, ready, wanted } from './rollout-limits.ts';

type Status = Deployment['status'];

/** A deadline that means none. */
const NO_DEADLINE = 2 ** 31 - 1;

/** What a Deployment has. @param now as Kubernetes writes a time */
export function statusOf(
  deployment: Deployment,
  newest: ReplicaSet | undefined,
  all: readonly ReplicaSet[],
  now: string,
): Status {
  const { metadata, spec, status } = deployment;
  const availableReplicas = available(all);
  const isEnough = availableReplicas >= spec.replicas - maxUnavailable(deployment);
  const condition = isEnough
    ? made('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.', now)
    : made(
        'Available',
        'False',
        'MinimumReplicasUnavailable',
        'Deployment does not have minimum availability.',
        now,
      );
  return {
    ...status,
    observedGeneration: metadata.generation ?? 0,
    replicas: actual(all),
    updatedReplicas: newest === undefined ? 0 : actual([newest]),
    readyReplicas: ready(all),
    availableReplicas,
    unavailableReplicas: Math.max(0, wanted(all) - availableReplicas),
    conditions: withCondition(status.conditions, condition),
  };
}

/** The same during a rollout, with how it goes on, and what holds the ReplicaSets up. @param now milliseconds */
export function rolloutStatus(
  deployment: Deployment,
  newest: ReplicaSet | undefined,
  all: readonly ReplicaSet[],
  now: { time: number; text: string },
): Status {
  const status = statusOf(deployment, newest, all, now.text);
  status.conditions = withProgress(deployment, status, newest, now);
  const failure = [...(newest ? [newest] : []), ...all]
    .flatMap((each) => each.status.conditions ?? [])
    .find(({ type }) => type === 'ReplicaFailure');
  status.conditions = failure
    ? withCondition(status.conditions, { ...failure, lastUpdateTime: failure.lastTransitionTime })
    : status.conditions.filter(({ type }) => type !== 'ReplicaFailure');
  return status;
}

function withProgress(
  deployment: Deployment,
  status: Status,
  newest: ReplicaSet | undefined,
  now: { time: number; text: string },
): DeploymentCondition[] {
  const conditions = status.conditions ?? [];
  if (!hasDeadline(deployment)) return conditions.filter(({ type }) => type !== 'Progressing');
  const before = conditionOf(deployment.status, 'Progressing');
  const isOver = status.replicas === status.updatedReplicas && before?.reason === 'NewReplicaSetAvailable';
  if (isOver) return conditions;
  const subject = newest
    ? `ReplicaSet "${newest.metadata.name}"`
    : `Deployment "${deployment.metadata.name}"`;
  if (isComplete(deployment, status)) {
    const message = `${subject} has successfully progressed.`;
    return withCondition(
      conditions,
      made('Progressing', 'True', 'NewReplicaSetAvailable', message, now.text),
    );
  }
  if (hasProgressed(deployment.status, status)) {
    const condition = made(
      'Progressing',
      'True',
      'ReplicaSetUpdated',
      `${subject} is progressing.`,
      now.text,
    );
    // Each step counts as one, whatever was said of the last.
    if (before?.status === 'True') condition.lastTransitionTime = before.lastTransitionTime;
    return [...conditions.filter(({ type }) => type !== 'Progressing'), condition];
  }
  if (isTimedOut(deployment, now.time)) {
    const message = `${subject} has timed out progressing.`;
    return withCondition(
      conditions,
      made('Progressing', 'False', 'ProgressDeadlineExceeded', message, now.text),
    );
  }
  return conditions;
}

/** Milliseconds until a rollout that does not go on has timed out; undefined when nothing is waited for. */
export function untilTimeout(deployment: Deployment, now: number): number | undefined {
  const progress = conditionOf(deployment.status, 'Progressing');
  if (!hasDeadline(deployment) || progress === undefined || isComplete(deployment, deployment.status))
    return undefined;
  if (['ProgressDeadlineExceeded', 'NewReplicaSetAvailable'].includes(progress.reason)) return undefined;
  const end = Date.parse(progress.lastUpdateTime) + deployment.spec.progressDeadlineSeconds * 1000;
  return Math.max(0, end - now) + 1000;
}

export function hasDeadline({ spec }: Deployment): boolean {
  return spec.progressDeadlineSeconds !== NO_DEADLINE;
}

export function isComplete({ spec, metadata }: Deployment, status: Status): boolean {
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0, observedGeneration = 0 } = status;
  const isFull = [updatedReplicas, replicas, availableReplicas].every((count) => count === spec.replicas);
  return isFull && observedGeneration >= (metadata.generation ?? 0);
}

function hasProgressed(before: Status, after: Status): boolean {
  const old = ({ replicas = 0, updatedReplicas = 0 }: Status): number => replicas - updatedReplicas;
  return (
    (after.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(after) < old(before) ||
    (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

function isTimedOut({ spec, status }: Deployment, now: number): boolean {
  const progress = conditionOf(status, 'Progressing');
  if (progress === undefined || progress.reason === 'NewReplicaSetAvailable') return false;
  if (progress.reason === 'ProgressDeadlineExceeded') return true;
  return Date.parse(progress.lastUpdateTime) + spec.progressDeadlineSeconds * 1000 < now;
}

export function conditionOf({ conditions = [] }: Status, type: string): DeploymentCondition | undefined {
  return conditions.find((condition) => condition.type === type);
}

export function made(
  type: string,
  status: string,
  reason: string,
  message: string,
  now: string,
): DeploymentCondition {
  return { type, status, lastUpdateTime: now, lastTransitionTime: now, reason, message };
}

/** What says nothing new leaves the old as it was. */
export function withCondition(
  conditions: readonly DeploymentCondition[] = [],
  condition: DeploymentCondition,
): DeploymentCondition[] {
  const before = conditions.find(({ type }) => type === condition.type);
  if (before?.status === condition.status && before.reason === condition.reason) return [...conditions];
  const next =
    before?.status === condition.status
      ? { ...condition, lastTransitionTime: before.lastTransitionTime }
      : condition;
  return [...conditions.filter(({ type }) => type !== condition.type), next];
}
