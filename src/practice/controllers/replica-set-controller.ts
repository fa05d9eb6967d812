import { PODS, type Registry, REPLICA_SETS } from '../api/registry.ts';
import { asReplicaSet, type Condition, type ReplicaSet } from '../api/resources/workload.ts';
import { StatusError } from '../api/status-error.ts';
import type { Change } from '../api/store.ts';
import { type Clock, timestamp } from '../clock.ts';
import { inDeletionOrder } from './deletion-order.ts';
import type { EventRecorder } from './event-recorder.ts';
import { type Fault, guarded } from './guard.ts';
import { unlessLost } from './lost-race.ts';
import { claim, controlledBy, controllerOf } from './owner.ts';
import { isActive, isReady, untilAvailable } from './pod-readiness.ts';
import { asPod, type Pod } from './pod.ts';
import { matchesLabels, matchesSelector } from './selector.ts';
import { WorkQueue } from './work-queue.ts';

const SOURCE = { component: 'replicaset-controller' };
/** Of one ReplicaSet at most so many Pods are made or ended at a time. */
const BURST = 500;

export interface WorkloadControllerOptions {
  registry: Registry;
  clock: Clock;
  events: EventRecorder;
  fault: Fault;
}

/** Keeps as many Pods of each ReplicaSet as it asks for. @returns what stops it */
export function keepReplicas(options: WorkloadControllerOptions): () => void {
  const { registry, fault } = options;
  const queue: WorkQueue = new WorkQueue((key) => sync(key, queue, options), options);
  const observePod = ({ object, previous }: Change): void => {
    const { namespace = '' } = object.metadata;
    for (const state of [object, previous]) {
      const controller = state && controllerOf(state);
      if (controller?.kind === 'ReplicaSet') queue.add(`${namespace}/${controller.name}`);
    }
    if (controllerOf(object) !== undefined) return;
    for (const { metadata, spec } of registry.list(REPLICA_SETS, namespace).map(asReplicaSet))
      if (matchesSelector(spec.selector, object.metadata.labels)) queue.add(`${namespace}/${metadata.name}`);
  };
  const stops = [
    registry.follow(REPLICA_SETS, ({ object: { metadata } }) =>
      queue.add(`${metadata.namespace}/${metadata.name}`),
    ),
    registry.follow(PODS, guarded(observePod, fault)),
    () => queue.stop(),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function sync(key: string, queue: WorkQueue, options: WorkloadControllerOptions): void {
  const [namespace = '', name = ''] = key.split('/');
  const { registry } = options;
  const object = registry.find(REPLICA_SETS, namespace, name);
  if (object === undefined) return queue.forget(key);
  const replicaSet = asReplicaSet(object);
  const candidates = registry.list(PODS, namespace).map(asPod).filter(isActive);
  const pods = claim(registry, replicaSet, PODS, candidates);
  const failure =
    replicaSet.metadata.deletionTimestamp === undefined ? manage(replicaSet, pods, options) : undefined;
  if (failure === undefined) queue.forget(key);
  else queue.retry(key);
  const waits = writeStatus(replicaSet, pods, failure, options);
  if (waits > 0) queue.addAfter(key, waits);
}

/** Makes the Pods that are missing, or ends what is too many. @returns why one could not be made */
function manage(
  replicaSet: ReplicaSet,
  pods: readonly Pod[],
  options: WorkloadControllerOptions,
): string | undefined {
  const missing = replicaSet.spec.replicas - pods.length;
  if (missing > 0) return create(replicaSet, Math.min(missing, BURST), options);
  if (missing < 0) remove(replicaSet, pods, Math.min(-missing, BURST), options);
  return undefined;
}

/** First one, then twice as many each time: where one is refused, the others would be as well. */
function create(
  replicaSet: ReplicaSet,
  count: number,
  { registry, events }: WorkloadControllerOptions,
): string | undefined {
  let failure: string | undefined;
  for (let left = count, batch = 1; left > 0 && failure === undefined; left -= batch, batch *= 2)
    for (let index = 0; index < Math.min(batch, left); index++)
      try {
        const { metadata } = registry.create(PODS, replicaSet.metadata.namespace, podOf(replicaSet));
        const message = `Created pod: ${metadata.name}`;
        events.record(SOURCE, replicaSet, { type: 'Normal', reason: 'SuccessfulCreate', message });
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
        if (isTerminating(error)) return undefined;
        failure = error.message;
        const message = `Error creating: ${failure}`;
        events.record(SOURCE, replicaSet, { type: 'Warning', reason: 'FailedCreate', message });
      }
  return failure;
}

/** A namespace that goes needs no more Pods. */
function isTerminating({ details }: StatusError): boolean {
  return details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating') === true;
}

function podOf(replicaSet: ReplicaSet): object {
  const { metadata = {}, spec } = replicaSet.spec.template;
  const { labels, annotations, finalizers } = metadata;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${replicaSet.metadata.name}-`,
      ...(labels && { labels }),
      ...(annotations && { annotations }),
      ...(finalizers && { finalizers }),
      ownerReferences: [controlledBy(replicaSet)],
    },
    spec: structuredClone(spec),
  };
}

function remove(
  replicaSet: ReplicaSet,
  pods: readonly Pod[],
  count: number,
  { registry, events, clock }: WorkloadControllerOptions,
): void {
  const { namespace } = replicaSet.metadata;
  const first = inDeletionOrder(pods, relatedPods(replicaSet, registry), clock.now()).slice(0, count);
  for (const { metadata } of first)
    unlessLost(() => {
      registry.delete(PODS, namespace, metadata.name, { propagationPolicy: 'Background' });
      const message = `Deleted pod: ${metadata.name}`;
      events.record(SOURCE, replicaSet, { type: 'Normal', reason: 'SuccessfulDelete', message });
    });
}

/** The Pods of all ReplicaSets that are in the same hands. */
function relatedPods(replicaSet: ReplicaSet, registry: Registry): Pod[] {
  const { namespace, uid } = replicaSet.metadata;
  const owner = controllerOf(replicaSet)?.uid;
  const siblings = new Set([uid]);
  if (owner !== undefined)
    for (const each of registry.list(REPLICA_SETS, namespace))
      if (controllerOf(each)?.uid === owner) siblings.add(each.metadata.uid);
  return registry
    .list(PODS, namespace)
    .map(asPod)
    .filter((pod) => isActive(pod) && siblings.has(controllerOf(pod)?.uid ?? ''));
}

/** @returns milliseconds until one more Pod has been ready for long enough; 0 when none is waited for */
function writeStatus(
  replicaSet: ReplicaSet,
  pods: readonly Pod[],
  failure: string | undefined,
  { registry, clock }: WorkloadControllerOptions,
): number {
  const { metadata, spec } = replicaSet;
  const waits = pods.map((pod) => untilAvailable(pod, spec.minReadySeconds ?? 0, clock.now()));
  const labels = spec.template.metadata?.labels ?? {};
  const conditions = conditionsOf(replicaSet, failure, timestamp(clock));
  const status: ReplicaSet['status'] = {
    replicas: pods.length,
    fullyLabeledReplicas: pods.filter((pod) => matchesLabels(labels, pod.metadata.labels)).length,
    readyReplicas: pods.filter(isReady).length,
    availableReplicas: waits.filter((wait) => wait === 0).length,
    observedGeneration: metadata.generation ?? 0,
    ...(conditions.length > 0 && { conditions }),
  };
  unlessLost(() =>
    registry.updateStatus(REPLICA_SETS, metadata.namespace, metadata.name, () => ({ ...status })),
  );
  const waiting = waits.filter((wait) => wait !== undefined && wait > 0) as number[];
  return waiting.length === 0 ? 0 : Math.min(...waiting);
}

function conditionsOf({ status }: ReplicaSet, failure: string | undefined, now: string): Condition[] {
  const before = status.conditions ?? [];
  const isKnown = before.some(({ type }) => type === 'ReplicaFailure');
  if (failure === undefined) return before.filter(({ type }) => type !== 'ReplicaFailure');
  if (isKnown) return before;
  return [
    ...before,
    {
      type: 'ReplicaFailure',
      status: 'True',
      lastTransitionTime: now,
      reason: 'FailedCreate',
      message: failure,
    },
  ];
}
