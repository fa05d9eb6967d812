import { canonicalAddress, nodesOwnAddresses } from '../cluster/address.ts';
import { ApiError } from '../cluster/api.ts';
import { listNodes, type Node } from '../cluster/node.ts';
import type { CheckContext } from './context.ts';

/** A Node whose address it is. */
export interface AddressOwner {
  node: string;
  /** As a sentence names it: `Node n1`, `Node n1 (its own address in 10.210.1.0/24)`. */
  text: string;
}

/**
 * Whose address this is, as far as the API tells: one a Node says it has, or the first of a Node's podCIDR, which its bridge
 * or its overlay has. Nodes may be hidden from this user.
 */
export async function ownersOf(context: CheckContext, address: string): Promise<AddressOwner[]> {
  try {
    const nodes = await listNodes(context.api);
    return nodes.flatMap((node) => ownership(node, canonicalAddress(address)));
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return [];
    throw error;
  }
}

function ownership({ metadata: { name }, spec, status }: Node, address: string): AddressOwner[] {
  if ((status?.addresses ?? []).some((each) => canonicalAddress(each.address) === address))
    return [{ node: name, text: `Node ${name}` }];
  const subnets = spec?.podCIDRs ?? (spec?.podCIDR === undefined ? [] : [spec.podCIDR]);
  const subnet = subnets.find((each) => nodesOwnAddresses(each).includes(address));
  return subnet === undefined ? [] : [{ node: name, text: `Node ${name} (its own address in ${subnet})` }];
}
