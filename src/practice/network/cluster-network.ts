import type { ServiceTable } from './service-table.ts';
import type { NetworkStack } from './stack.ts';

export interface NetworkNode {
  name: string;
  internalIP: string;
  externalIP: string;
  podCIDR: string;
}

/** Which interface and addresses a Pod was given. */
export interface PodAttachment {
  stack: NetworkStack;
  address: string;
}

/** No address is left in the Node's podCIDR. */
export class NoAddressLeft extends Error {
  constructor(podCIDR: string) {
    super(`no IP addresses available in range set: ${podCIDR}`);
    this.name = 'NoAddressLeft';
  }
}

/**
 * What each kind of network offers to the kubelets of a cluster. It wires Nodes and Pods together out of the parts in
 * this folder; nobody else knows which kind it is. Pure: no clock, no I/O.
 */
export interface ClusterNetwork {
  /** As `practice start --network` names it. */
  readonly kind: 'gce';
  /** What the kind writes into a Node's condition NetworkUnavailable. */
  readonly nodeCondition: { reason: string; message: string };
  /** Where Services lead to, on every Node. */
  readonly services: ServiceTable;
  addNode(node: NetworkNode): NetworkStack;
  removeNode(name: string): void;
  /** The Node's own network namespace; a hostNetwork Pod runs in it. */
  node(name: string): NetworkStack;
  /**
   * Gives a Pod its network namespace and an address of its Node's podCIDR.
   *
   * @param wanted the address it had before the cluster was stopped, used again when it is free
   * @throws {NoAddressLeft}
   */
  addPod(node: string, pod: { uid: string; name: string }, wanted?: string): PodAttachment;
  removePod(uid: string): void;
}
