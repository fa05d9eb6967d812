import type { Node } from './node.ts';

/** The subnets a Node names for its Pods. Only where Pods' addresses lie in them does the network use them. */
export function subnetsOf(node: Node): string[] {
  const { podCIDR, podCIDRs } = node.spec ?? {};
  return podCIDRs ?? (podCIDR === undefined ? [] : [podCIDR]);
}
