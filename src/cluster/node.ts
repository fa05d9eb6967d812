import type { Api, KubernetesObject } from './api.ts';
import type { Condition } from './pod.ts';
import { objectPath } from './resources.ts';

/** The fields of a Node that we read. */
export interface Node extends KubernetesObject {
  spec?: { podCIDR?: string; podCIDRs?: string[]; providerID?: string };
  status?: {
    addresses?: { type: string; address: string }[];
    conditions?: Condition[];
    nodeInfo?: { kubeletVersion?: string };
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
