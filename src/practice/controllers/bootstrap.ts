import { NAMESPACES, type Registry } from '../api/registry.ts';

/** What a cluster has from its first second; `learner` is the namespace of the fixed learner identity. */
export const FIRST_NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease', 'learner'];

export function createFirstNamespaces(registry: Registry): void {
  for (const name of FIRST_NAMESPACES) {
    if (registry.find(NAMESPACES, undefined, name)) continue;
    registry.create(NAMESPACES, undefined, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
}
