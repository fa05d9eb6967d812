import type { KubernetesObject } from '../object.ts';

/** A limit to what the Pods of a namespace come to together. */
export interface ResourceQuota extends KubernetesObject {
  spec: { hard?: Record<string, string>; scopes?: string[]; scopeSelector?: object };
  status: { hard?: Record<string, string>; used?: Record<string, string> };
}

/** The schema says that it is one. */
export function asResourceQuota(object: KubernetesObject): ResourceQuota {
  return object as ResourceQuota;
}
