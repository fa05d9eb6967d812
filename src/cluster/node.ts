import type { Api, KubernetesObject } from './api.ts';
import type { Condition } from './pod.ts';
import { objectPath } from './resources.ts';

/** The fields of a Node that we read. */
export interface Node extends KubernetesObject {
  spec?: {
    podCIDR?: string;
    podCIDRs?: string[];
    providerID?: string;
    unschedulable?: boolean;
    taints?: { key: string; effect: string }[];
  };
  status?: {
    addresses?: { type: string; address: string }[];
    conditions?: Condition[];
    nodeInfo?: { kubeletVersion?: string; architecture?: string; operatingSystem?: string };
  };
}

/** @throws {ApiError | TransportError} 403 where Nodes may not be read */
export async function listNodes(api: Api): Promise<Node[]> {
  return (await api.list<Node>(objectPath('v1', 'nodes'))).items;
}

export function nodeAddresses(node: Node, type: 'InternalIP' | 'ExternalIP'): string[] {
  return (node.status?.addresses ?? []).filter((each) => each.type === type).map((each) => each.address);
}

export function isReady(node: Node): boolean {
  return node.status?.conditions?.some((each) => each.type === 'Ready' && each.status === 'True') ?? false;
}

/** The annotation by which a cluster says which image gives a shell on its Nodes, and that anybody may have one. */
const SHELL_IMAGE = 'k8snet-tutor/node-shell-image';

/** The image for a shell on this Node, where the cluster offers one. */
export function offeredShellImage(node: Node): string | undefined {
  return node.metadata.annotations?.[SHELL_IMAGE] || undefined;
}

/** Whether ordinary Pods are put on this Node. */
export function takesPods(node: Node): boolean {
  const { unschedulable, taints = [] } = node.spec ?? {};
  return (
    isReady(node) && unschedulable !== true && taints.every(({ effect }) => effect === 'PreferNoSchedule')
  );
}
