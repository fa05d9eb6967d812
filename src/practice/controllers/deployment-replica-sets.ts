import { isDeepStrictEqual } from 'node:util';
import { type Registry, REPLICA_SETS } from '../api/registry.ts';
import {
  asReplicaSet,
  type Deployment,
  type PodTemplate,
  type ReplicaSet,
} from '../api/resources/workload.ts';
import { StatusError } from '../api/status-error.ts';
import { newestAnnotations, sizeAnnotations } from './deployment-revision.ts';
import { claim, controlledBy } from './owner.ts';
import { HASH_LABEL, podTemplateHash } from './pod-template-hash.ts';
import { nextSize } from './rollout-limits.ts';

/** A Deployment's ReplicaSets: the one whose Pods are as it wants them now, and those of former times. */
export interface ReplicaSets {
  newest: ReplicaSet | undefined;
  /** The oldest first. */
  old: ReplicaSet[];
}

export function replicaSetsOf(deployment: Deployment, registry: Registry): ReplicaSets {
  const { namespace } = deployment.metadata;
  const all = claim(
    registry,
    deployment,
    REPLICA_SETS,
    registry.list(REPLICA_SETS, namespace).map(asReplicaSet),
  )
    .map(({ metadata }) => registry.find(REPLICA_SETS, namespace, metadata.name))
    .filter((object) => object !== undefined)
    .map(asReplicaSet)
    .sort(byCreation);
  const newest = all.find(({ spec }) => isSameTemplate(spec.template, deployment.spec.template));
  return { newest, old: all.filter((each) => each !== newest) };
}

export function allOf({ newest, old }: ReplicaSets): ReplicaSet[] {
  return newest === undefined ? old : [...old, newest];
}

/** Makes the ReplicaSet of the present template. @throws {StatusError} AlreadyExists when its name is somebody else's */
export function createNewest(
  deployment: Deployment,
  { old }: ReplicaSets,
  collisions: number,
  registry: Registry,
): ReplicaSet {
  const { metadata, spec } = deployment;
  const hash = podTemplateHash(spec.template, collisions);
  const labels = { ...spec.template.metadata?.labels, [HASH_LABEL]: hash };
  const annotations = { ...newestAnnotations(deployment, {}, old), ...sizeAnnotations(deployment) };
  const template = { ...spec.template, metadata: { ...spec.template.metadata, labels } };
  const selector = { ...spec.selector, matchLabels: { ...spec.selector.matchLabels, [HASH_LABEL]: hash } };
  const name = `${metadata.name}-${hash}`;
  const replicas = nextSize(deployment, 0, old);
  const { minReadySeconds = 0 } = spec;
  const replicaSet = {
    metadata: { name, labels, annotations, ownerReferences: [controlledBy(deployment)] },
    spec: { replicas, minReadySeconds, selector, template },
  };
  return asReplicaSet(registry.create(REPLICA_SETS, metadata.namespace, replicaSet));
}

/** Whether a refusal means that another template has the same hash. */
export function isCollision(error: unknown): boolean {
  return error instanceof StatusError && error.reason === 'AlreadyExists';
}

function byCreation(a: ReplicaSet, b: ReplicaSet): number {
  const [timeA, timeB] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp];
  if (timeA !== timeB) return timeA < timeB ? -1 : 1;
  return a.metadata.name < b.metadata.name ? -1 : 1;
}

function isSameTemplate(a: PodTemplate, b: PodTemplate): boolean {
  return isDeepStrictEqual(withoutHash(a), withoutHash(b));
}

function withoutHash({ metadata = {}, spec }: PodTemplate): unknown {
  const labels = Object.entries(metadata.labels ?? {}).filter(([key]) => key !== HASH_LABEL);
  return { spec, metadata: { ...metadata, labels: Object.fromEntries(labels) } };
}
