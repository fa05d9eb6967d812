import type { Resource } from '../resource.ts';
import { configMaps } from './config-maps.ts';
import { deployments } from './deployments.ts';
import { endpointSlices } from './endpoint-slices.ts';
import { endpoints } from './endpoints.ts';
import { events } from './events.ts';
import { leases } from './leases.ts';
import { namespaces } from './namespaces.ts';
import { networkPolicies } from './network-policies.ts';
import { nodes } from './nodes.ts';
import { pods } from './pods.ts';
import { replicaSets } from './replica-sets.ts';
import { resourceQuotas } from './resource-quotas.ts';
import { serviceAccounts } from './service-accounts.ts';
import { services } from './services.ts';

/** Everything that the practice cluster keeps, in the order of discovery. */
export const RESOURCES: readonly Resource[] = [
  configMaps,
  endpoints,
  events,
  namespaces,
  nodes,
  pods,
  resourceQuotas,
  serviceAccounts,
  services,
  deployments,
  replicaSets,
  leases,
  networkPolicies,
  endpointSlices,
];
