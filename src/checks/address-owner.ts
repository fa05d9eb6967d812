import { canonicalAddress, nodesOwnAddresses } from '../cluster/address.ts';
import { ApiError } from '../cluster/api.ts';
import { listNodes, type Node } from '../cluster/node.ts';
import { subnetsOf } from '../cluster/node-subnets.ts';
import type { Pod } from '../cluster/pod.ts';
import type { CheckContext } from './context.ts';

/** A Node whose address it is. */
export interface AddressOwner {
  node: string;
  /** As a sentence names it: `Node n1`, `Node n1 (its own address in 10.210.1.0/24)`. */
  text: string;
}

/**
 * Whose address this is, as far as the API tells: one a Node says it has, or the first of a Node's podCIDR, which its bridge
 * or its overlay has. Nodes may be hidden from this user; then `pod`, where it is given, names the address of its own Node.
 */
export async function ownersOf(context: CheckContext, address: string, pod?: Pod): Promise<AddressOwner[]> {
  try {
    const nodes = await listNodes(context.api);
    return nodes.flatMap((node) => ownership(node, canonicalAddress(address)));
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return hostOf(pod, canonicalAddress(address));
    throw error;
  }
}

/** Whether this user may not see the Nodes: then an address without an owner may still be a Node's. */
export async function nodesAreHidden(context: CheckContext): Promise<boolean> {
  try {
    await listNodes(context.api);
    return false;
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return true;
    throw error;
  }
}

function hostOf(pod: Pod | undefined, address: string): AddressOwner[] {
  const { nodeName } = pod?.spec ?? {};
  const { hostIP } = pod?.status ?? {};
  if (nodeName === undefined || hostIP === undefined || canonicalAddress(hostIP) !== address) return [];
  return [{ node: nodeName, text: `Node ${nodeName}` }];
}

function ownership(node: Node, address: string): AddressOwner[] {
  const { name } = node.metadata;
  if ((node.status?.addresses ?? []).some((each) => canonicalAddress(each.address) === address))
    return [{ node: name, text: `Node ${name}` }];
  const subnet = subnetsOf(node).find((each) => nodesOwnAddresses(each).includes(address));
  return subnet === undefined ? [] : [{ node: name, text: `Node ${name} (its own address in ${subnet})` }];
}
