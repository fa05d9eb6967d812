import type { KubernetesObject } from '../object.ts';

/** A Service as far as its rules and the controllers read it. It has been decoded, so the types are what they say. */
export interface Service extends KubernetesObject {
  spec: ServiceSpec;
}

export interface ServiceSpec {
  type?: string;
  selector?: Record<string, string>;
  ports?: ServicePort[];
  /** `None` for a headless one. */
  clusterIP?: string;
  clusterIPs?: string[];
  externalName?: string;
  externalIPs?: string[];
  externalTrafficPolicy?: string;
  internalTrafficPolicy?: string;
  healthCheckNodePort?: number;
  ipFamilies?: string[];
  ipFamilyPolicy?: string;
  loadBalancerClass?: string;
  loadBalancerIP?: string;
  loadBalancerSourceRanges?: string[];
  allocateLoadBalancerNodePorts?: boolean;
  publishNotReadyAddresses?: boolean;
  sessionAffinity?: string;
  sessionAffinityConfig?: { clientIP?: { timeoutSeconds?: number } };
  trafficDistribution?: string;
}

export interface ServicePort {
  name?: string;
  protocol?: string;
  port: number;
  targetPort?: number | string;
  nodePort?: number;
  appProtocol?: string;
}

/** The clusterIP of a headless Service. */
export const HEADLESS = 'None';

/** The schema says that it is one. */
export function asService(object: KubernetesObject): Service {
  return object as Service;
}

export function isHeadless({ clusterIP }: ServiceSpec): boolean {
  return clusterIP === HEADLESS;
}

/** An ExternalName is a name and nothing else; every other Service has a clusterIP, or says that it wants none. */
export function hasClusterIP({ type }: ServiceSpec): boolean {
  return type !== 'ExternalName';
}

export function hasNodePorts({ type, allocateLoadBalancerNodePorts }: ServiceSpec): boolean {
  return type === 'NodePort' || (type === 'LoadBalancer' && allocateLoadBalancerNodePorts !== false);
}

/** Whether traffic may come from outside of the cluster. */
export function isExternal({ type }: ServiceSpec): boolean {
  return type === 'NodePort' || type === 'LoadBalancer';
}
