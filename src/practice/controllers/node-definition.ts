/** A Node of the practice cluster: what an administrator and a cloud decide about it. */
export interface NodeDefinition {
  name: string;
  internalIP: string;
  externalIP: string;
  podCIDR: string;
  zone: string;
}

/** Three Nodes, with the deck's own subnets. External addresses are of a range that belongs to nobody (RFC 5737). */
export const DEFAULT_NODES: readonly NodeDefinition[] = [1, 2, 3].map((number) => ({
  name: `node-${number}`,
  internalIP: `10.128.0.${10 + number}`,
  externalIP: `203.0.113.${10 + number}`,
  podCIDR: `10.0.${number - 1}.0/24`,
  zone: `us-central1-${'abc'[number - 1] ?? 'f'}`,
}));

/** By this annotation a Node names the image whose containers, in its own network, are the Node's shell. */
export const NODE_SHELL_IMAGE = { 'k8snet-tutor/node-shell-image': 'k8snet-tutor/node:1' };

export const KUBELET_VERSION = 'v1.34.0+k8snet-practice';
