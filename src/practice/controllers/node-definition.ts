/** A Node of the practice cluster: what an administrator and a cloud decide about it. */
export interface NodeDefinition {
  name: string;
  internalIP: string;
  externalIP: string;
  podCIDR: string;
  zone: string;
}

/** Their addresses are of one /24 each. */
export const MOST_NODES = 100;

const ZONES = 'abcf';

/**
 * Nodes as a cloud numbers them: a podCIDR each, the first three with the deck's own subnets. External addresses are of a
 * range that belongs to nobody (RFC 5737).
 *
 * @param count up to MOST_NODES
 */
export function nodeDefinitions(count: number): NodeDefinition[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `node-${index + 1}`,
    internalIP: `10.128.0.${11 + index}`,
    externalIP: `203.0.113.${11 + index}`,
    podCIDR: `10.0.${index}.0/24`,
    zone: `us-central1-${ZONES[index % ZONES.length] ?? 'f'}`,
  }));
}

export const DEFAULT_NODES: readonly NodeDefinition[] = nodeDefinitions(3);

/** By this annotation a Node names the image whose containers, in its own network, are the Node's shell. */
export const NODE_SHELL_IMAGE = { 'k8snet-tutor/node-shell-image': 'k8snet-tutor/node:1' };

export const KUBELET_VERSION = 'v1.34.0+k8snet-practice';
