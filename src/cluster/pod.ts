import { type Api, ApiError, type KubernetesObject } from './api.ts';
import { podPath } from './resources.ts';

/** How and when a container ended; times are ISO 8601, in whole seconds. */
export interface Terminated {
  exitCode: number;
  reason?: string;
  message?: string;
  startedAt?: string;
  finishedAt?: string;
}

export interface ContainerStatus {
  name: string;
  ready: boolean;
  restartCount: number;
  image?: string;
  state?: {
    waiting?: { reason?: string; message?: string };
    running?: { startedAt?: string };
    terminated?: Terminated;
  };
  lastState?: { terminated?: Terminated };
}

export interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
}

/** The fields of a Pod that we read. */
export interface Pod extends KubernetesObject {
  spec: {
    nodeName?: string;
    hostNetwork?: boolean;
    hostPID?: boolean;
    shareProcessNamespace?: boolean;
    containers: { name: string; image?: string }[];
    initContainers?: { name: string; restartPolicy?: string }[];
  };
  status?: {
    phase?: string;
    reason?: string;
    message?: string;
    podIP?: string;
    podIPs?: { ip: string }[];
    hostIP?: string;
    conditions?: Condition[];
    initContainerStatuses?: ContainerStatus[];
    containerStatuses?: ContainerStatus[];
  };
}

export function findPod(api: Api, namespace: string, name: string): Promise<Pod | undefined> {
  return api.find<Pod>(podPath(namespace, name));
}

/** @throws {ApiError | TransportError} 403 where Pods may not be listed */
export async function listPods(api: Api, namespace: string): Promise<Pod[]> {
  return (await api.list<Pod>(podPath(namespace))).items;
}

/** The same, where it only serves to explain something; empty where the API server does not tell. @throws {TransportError} */
export async function podsSeen(api: Api, namespace: string): Promise<Pod[]> {
  try {
    return await listPods(api, namespace);
  } catch (error) {
    if (error instanceof ApiError) return [];
    throw error;
  }
}

/**
 * The namespaces, of those given, that hold a Pod of this name. One that may not be read counts as none: this only
 * serves to tell a learner where their Pod went.
 */
export async function namespacesHolding(api: Api, name: string, namespaces: string[]): Promise<string[]> {
  const found = await Promise.all(
    namespaces.map(async (namespace) => {
      try {
        return (await findPod(api, namespace, name)) === undefined ? [] : [namespace];
      } catch (error) {
        if (error instanceof ApiError) return [];
        throw error;
      }
    }),
  );
  return found.flat();
}

export function condition(pod: Pod, type: string): Condition | undefined {
  return pod.status?.conditions?.find((each) => each.type === type);
}

/** All addresses of the Pod, the first is `status.podIP`. */
export function podAddresses(pod: Pod): string[] {
  const first = pod.status?.podIP;
  const all = pod.status?.podIPs?.map((each) => each.ip) ?? [];
  return [...new Set([...(first ? [first] : []), ...all])];
}

export function containerStatus(pod: Pod, name: string): ContainerStatus | undefined {
  return pod.status?.containerStatuses?.find((each) => each.name === name);
}
