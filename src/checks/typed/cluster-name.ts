import { inSubnet, isLoopback } from '../../cluster/address.ts';
import type { CheckContext } from '../context.ts';

/** What only private networks use: RFC 1918, RFC 6598 (carriers, and some clouds' Pods), RFC 4193. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'];

/** `localhost`, and every address that is whoever asks. */
export function isHere(host: string): boolean {
  return host === 'localhost' || host === '0.0.0.0' || host === '::' || isLoopback(host);
}

export function isPrivate(address: string): boolean {
  return PRIVATE.some((subnet) => inSubnet(address, subnet));
}

/**
 * Whether a name may be one of the cluster's: without a dot, or as cluster DNS ends them, or with one of these namespaces
 * (https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/).
 */
export function isClusterName(
  name: string,
  { namespace, otherNamespaces }: Pick<CheckContext, 'namespace' | 'otherNamespaces'>,
): boolean {
  const labels = name.replace(/\.$/, '').split('.');
  if (labels.length === 1) return true;
  if (labels.at(-1) === 'svc' || name.endsWith('.cluster.local')) return true;
  return labels.length === 2 && [namespace, ...otherNamespaces, 'kube-system'].includes(labels[1]!);
}
