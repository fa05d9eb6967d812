import type { KubernetesObject, ObjectMeta } from '../object.ts';
import type { LabelSelector } from './label-selector.ts';
import type { PodSpec } from './pod.ts';

export interface PodTemplate {
  metadata?: Partial<ObjectMeta>;
  spec?: PodSpec;
}

/** What keeps a number of like Pods. It has been decoded and has its defaults, so the types are what they say. */
interface Workload extends KubernetesObject {
  spec: {
    replicas: number;
    selector: LabelSelector;
    template: PodTemplate;
    minReadySeconds?: number;
  };
  status: {
    replicas?: number;
    readyReplicas?: number;
    availableReplicas?: number;
    observedGeneration?: number;
  };
}

export interface Deployment extends Workload {
  spec: Workload['spec'] & {
    strategy: {
      type: string;
      rollingUpdate?: { maxSurge: number | string; maxUnavailable: number | string };
    };
    paused?: boolean;
    progressDeadlineSeconds: number;
    revisionHistoryLimit: number;
  };
  status: Workload['status'] & {
    updatedReplicas?: number;
    unavailableReplicas?: number;
    /** How many hashes of its template were taken. */
    collisionCount?: number;
    conditions?: DeploymentCondition[];
  };
}

export interface ReplicaSet extends Workload {
  status: Workload['status'] & {
    fullyLabeledReplicas?: number;
    conditions?: Condition[];
  };
}

export interface Condition {
  type: string;
  status: string;
  lastTransitionTime: string;
  reason: string;
  message: string;
}

export interface DeploymentCondition extends Condition {
  lastUpdateTime: string;
}

/** The schema says that they are. */
export function asDeployment(object: KubernetesObject): Deployment {
  return object as Deployment;
}

export function asReplicaSet(object: KubernetesObject): ReplicaSet {
  return object as ReplicaSet;
}
