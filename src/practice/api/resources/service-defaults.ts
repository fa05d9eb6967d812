import { hasClusterIP, isExternal, type ServiceSpec } from './service.ts';

/** Three hours: how long one client stays with one endpoint (k8s.io/api/core/v1, DefaultClientIPServiceAffinitySeconds). */
const AFFINITY_SECONDS = 10_800;

/** What the API server fills in (pkg/apis/core/v1/defaults.go, SetDefaults_Service). */
export function setServiceDefaults(spec: ServiceSpec): void {
  spec.sessionAffinity ??= 'None';
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
  if (spec.sessionAffinity === 'ClientIP')
    spec.sessionAffinityConfig = {
      clientIP: { timeoutSeconds: AFFINITY_SECONDS, ...spec.sessionAffinityConfig?.clientIP },
    };
  spec.type ??= 'ClusterIP';
  for (const port of spec.ports ?? []) {
    port.protocol ??= 'TCP';
    if (port.targetPort === undefined || port.targetPort === 0 || port.targetPort === '')
      port.targetPort = port.port;
  }
  if (isExternal(spec)) spec.externalTrafficPolicy ??= 'Cluster';
  if (hasClusterIP(spec)) spec.internalTrafficPolicy ??= 'Cluster';
  if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true;
}

/** What belongs to the type that a Service had, and was not meant for the one that it has now. */
export function dropOldType(spec: ServiceSpec, before: ServiceSpec): void {
  if (hasClusterIP(before) && !hasClusterIP(spec) && spec.clusterIP === before.clusterIP) {
    delete spec.clusterIP;
    delete spec.clusterIPs;
    delete spec.ipFamilies;
    delete spec.ipFamilyPolicy;
  }
  if (spec.type === before.type) return;
  if (isExternal(before) && !isExternal(spec)) {
    const had = new Set((before.ports ?? []).map(({ nodePort }) => nodePort));
    for (const port of spec.ports ?? []) if (had.has(port.nodePort)) delete port.nodePort;
    if (spec.externalTrafficPolicy === before.externalTrafficPolicy) delete spec.externalTrafficPolicy;
  }
  if (before.type === 'LoadBalancer') delete spec.allocateLoadBalancerNodePorts;
  if (!hasClusterIP(spec)) delete spec.internalTrafficPolicy;
  if (before.type === 'ExternalName' && spec.externalName === before.externalName) delete spec.externalName;
}
