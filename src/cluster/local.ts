import { isIP } from 'node:net';
import { inSubnet, isLoopback } from './address.ts';
import type { ConnectionTarget } from './connection.ts';

const LOCAL_CONTEXT = /^(kind-.+|k3d-.+|minikube|docker-desktop|rancher-desktop)$/;
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'];

/**
 * Whether a cluster is surely the learner's own: both its context's name and its address must say so, since either
 * alone can be chosen by anybody. Only such a cluster is used without asking.
 */
export function isKnownLocal(target: Pick<ConnectionTarget, 'context' | 'server'>): boolean {
  if (!LOCAL_CONTEXT.test(target.context)) return false;
  let host: string;
  try {
    host = new URL(target.server).hostname.replace(/^\[|\]$/g, '');
  } catch {
    return false;
  }
  if (host === 'localhost') return true;
  if (isIP(host) === 0) return false;
  return isLoopback(host) || PRIVATE.some((subnet) => inSubnet(host, subnet));
}
