import { isDeepStrictEqual } from 'node:util';
import { DEPLOYMENTS, PODS, REPLICA_SETS } from '../api/registry.ts';
import { asDeployment, asReplicaSet, type Deployment, type ReplicaSet } from '../api/resources/workload.ts';
import { StatusError } from '../api/status-error.ts';
import type { Change } from '../api/store.ts';
import { timestamp } from '../clock.ts';
import {
  allOf,
  createNewest,
  isCollision,
  type ReplicaSets,
  replicaSetsOf,
} from './deployment-replica-sets.ts';
import { newestAnnotations, REVISION } from './deployment-revision.ts';
import { mayRecreate, recreate, rollOn } from './deployment-rollout.ts';
import { cleanUp, DEPLOYMENT_CONTROLLER, isScaled, share } from './deployment-scaling.ts';
import {
  conditionOf,
  hasDeadline,
  made,
  rolloutStatus,
  statusOf,
  untilTimeout,
  withCondition,
} from './deployment-status.ts';
import { guarded } from './guard.ts';
import { unlessLost } from './lost-race.ts';
import { controllerOf } from './owner.ts';
import type { WorkloadControllerOptions } from './replica-set-controller.ts';
import { matchesSelector } from './selector.ts';
import { WorkQueue } from './work-queue.ts';

type Status = Deployment['status'];

/** Brings what each Deployment describes about, by its ReplicaSets. @returns what stops it */
export function rollDeployments(options: WorkloadControllerOptions): () => void {
  const { registry, fault } = options;
  const queue: WorkQueue = new WorkQueue((key) => new Rollout(key, queue, options).sync(), options);
  const lookAtOwner = (object: Change['object'] | undefined): void => {
    const controller = object && controllerOf(object);
    if (controller?.kind === 'Deployment') queue.add(`${object?.metadata.namespace}/${controller.name}`);
  };
  const observeReplicaSet = ({ object, previous }: Change): void => {
    for (const state of [object, previous]) lookAtOwner(state);
    const { namespace, labels } = object.metadata;
    if (controllerOf(object) !== undefined) return;
    for (const { metadata, spec } of registry.list(DEPLOYMENTS, namespace).map(asDeployment))
      if (matchesSelector(spec.selector, labels)) queue.add(`${namespace}/${metadata.name}`);
  };
  /** Recreate waits for the last of the old Pods. */
  const observePod = ({ type, object }: Change): void => {
    const controller = type === 'DELETED' ? controllerOf(object) : undefined;
    if (controller?.kind === 'ReplicaSet')
      lookAtOwner(registry.find(REPLICA_SETS, object.metadata.namespace, controller.name));
  };
  const stops = [
    registry.follow(DEPLOYMENTS, ({ object: { metadata } }) =>
      queue.add(`${metadata.namespace}/${metadata.name}`),
    ),
    registry.follow(REPLICA_SETS, guarded(observeReplicaSet, fault)),
    registry.follow(PODS, guarded(observePod, fault)),
    () => queue.stop(),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** One look at one Deployment, as kubernetes/pkg/controller/deployment takes it: a step at most, then its status. */
class Rollout {
  private readonly key: string;
  private readonly queue: WorkQueue;
  private readonly options: WorkloadControllerOptions;
  private deployment!: Deployment;

  constructor(key: string, queue: WorkQueue, options: WorkloadControllerOptions) {
    this.key = key;
    this.queue = queue;
    this.options = options;
  }

  sync(): void {
    const [namespace, name = ''] = this.key.split('/');
    const object = this.options.registry.find(DEPLOYMENTS, namespace, name);
    if (object === undefined) return this.queue.forget(this.key);
    this.deployment = asDeployment(object);
    const sets = replicaSetsOf(this.deployment, this.options.registry);
    if (object.metadata.deletionTimestamp !== undefined) return this.tell(sets);
    this.tellOfPause();
    const synced = this.withRevision(sets);
    if (this.deployment.spec.paused === true || isScaled(this.deployment, synced)) return this.resize(synced);
    if (this.deployment.spec.strategy.type === 'Recreate') this.recreate(synced);
    else this.rollOn(synced);
  }

  private resize(sets: ReplicaSets): void {
    share(this.deployment, sets, this.options);
    if (this.deployment.spec.paused === true) cleanUp(this.deployment, sets, this.options);
    this.tell(sets);
  }

  private rollOn(before: ReplicaSets): void {
    const sets = this.withNewest(before);
    if (sets === undefined) return;
    rollOn(this.deployment, sets, this.options);
    this.tellProgress(sets);
  }

  private recreate(before: ReplicaSets): void {
    if (!mayRecreate(this.deployment, before, this.options)) return this.tellProgress(before);
    const sets = this.withNewest(before);
    if (sets === undefined) return;
    recreate(this.deployment, sets, this.options);
    this.tellProgress(sets);
  }

  /** The newest ReplicaSet says what revision it is, and the Deployment says the same. */
  private withRevision(sets: ReplicaSets): ReplicaSets {
    const { registry } = this.options;
    const { newest, old } = sets;
    if (newest === undefined) return sets;
    const { namespace, name, annotations: before = {} } = newest.metadata;
    const annotations = newestAnnotations(this.deployment, before, old);
    const { minReadySeconds = 0 } = this.deployment.spec;
    let written: ReplicaSet = newest;
    if (!isDeepStrictEqual(annotations, before) || (newest.spec.minReadySeconds ?? 0) !== minReadySeconds) {
      const next = {
        ...newest,
        metadata: { ...newest.metadata, annotations },
        spec: { ...newest.spec, minReadySeconds },
      };
      written = asReplicaSet(registry.update(REPLICA_SETS, namespace, name, next));
    }
    const { status } = this.deployment;
    const message = `Found new replica set "${name}"`;
    this.write(
      hasDeadline(this.deployment) && conditionOf(status, 'Progressing') === undefined
        ? this.withProgress('True', 'FoundNewReplicaSet', message)
        : status,
      annotations[REVISION],
    );
    return { newest: written, old };
  }

  private withNewest(sets: ReplicaSets): ReplicaSets | undefined {
    if (sets.newest !== undefined) return sets;
    const { registry, events } = this.options;
    const { collisionCount = 0 } = this.deployment.status;
    try {
      const newest = createNewest(this.deployment, sets, collisionCount, registry);
      const { name, annotations } = newest.metadata;
      if (newest.spec.replicas > 0) {
        const message = `Scaled up replica set ${name} from 0 to ${newest.spec.replicas}`;
        events.record(DEPLOYMENT_CONTROLLER, this.deployment, {
          type: 'Normal',
          reason: 'ScalingReplicaSet',
          message,
        });
      }
      const message = `Created new replica set "${name}"`;
      this.write(this.withProgress('True', 'NewReplicaSetCreated', message), annotations?.[REVISION]);
      return { ...sets, newest };
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      if (isCollision(error)) this.write({ ...this.deployment.status, collisionCount: collisionCount + 1 });
      else this.tellFailure(error);
      this.queue.retry(this.key);
      return undefined;
    }
  }

  private tellFailure({ message: why, details }: StatusError): void {
    if (details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating') === true) return;
    const message = `Failed to create new replica set: ${why}`;
    this.write(this.withProgress('False', 'ReplicaSetCreateError', message));
    const event = { type: 'Warning', reason: 'ReplicaSetCreateError', message } as const;
    this.options.events.record(DEPLOYMENT_CONTROLLER, this.deployment, event);
  }

  /** Nobody should be told of a rollout that does not go on because it is paused. */
  private tellOfPause(): void {
    const { spec, status } = this.deployment;
    const reason = conditionOf(status, 'Progressing')?.reason;
    if (!hasDeadline(this.deployment) || reason === 'ProgressDeadlineExceeded') return;
    const isPaused = spec.paused === true;
    if (isPaused && reason !== 'DeploymentPaused')
      this.write(this.withProgress('Unknown', 'DeploymentPaused', 'Deployment is paused'));
    else if (!isPaused && reason === 'DeploymentPaused')
      this.write(this.withProgress('Unknown', 'DeploymentResumed', 'Deployment is resumed'));
  }

  private withProgress(state: string, reason: string, message: string): Status {
    const { status } = this.deployment;
    if (!hasDeadline(this.deployment)) return status;
    const condition = made('Progressing', state, reason, message, timestamp(this.options.clock));
    return { ...status, conditions: withCondition(status.conditions, condition) };
  }

  private tell(sets: ReplicaSets): void {
    this.write(statusOf(this.deployment, sets.newest, allOf(sets), timestamp(this.options.clock)));
  }

  private tellProgress(sets: ReplicaSets): void {
    const { clock } = this.options;
    const now = { time: clock.now(), text: timestamp(clock) };
    this.write(rolloutStatus(this.deployment, sets.newest, allOf(sets), now));
    const wait = untilTimeout(this.deployment, clock.now());
    if (wait !== undefined) this.queue.addAfter(this.key, wait);
    this.queue.forget(this.key);
  }

  private write(status: Status, revision = this.deployment.metadata.annotations?.[REVISION]): void {
    const { namespace, name, annotations } = this.deployment.metadata;
    const noted = revision === undefined ? annotations : { ...annotations, [REVISION]: revision };
    unlessLost(() => {
      const { registry } = this.options;
      this.deployment = asDeployment(
        registry.updateStatus(DEPLOYMENTS, namespace, name, () => ({ ...status }), noted),
      );
    });
  }
}
