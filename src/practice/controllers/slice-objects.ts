import type { KubernetesObject } from '../api/object.ts';
import {
  asEndpointSlice,
  type Endpoint,
  SERVICE_NAME,
  type SlicePort,
} from '../api/resources/endpoint-slices.ts';
import { isHeadless, type Service } from '../api/resources/service.ts';
import { HEADLESS_LABEL, TRIGGER_TIME } from './endpoints-object.ts';
import { namespaceOf } from './pod.ts';
import type { PodEndpoint } from './pod-endpoint.ts';

export const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
export const SLICE_CONTROLLER = 'endpointslice-controller.k8s.io';
/** The controller's --max-endpoints-per-slice. */
const MOST_ENDPOINTS = 100;

export interface PlannedSlices {
  /** To be written; those without `before` are new. */
  kept: { slice: KubernetesObject; before: KubernetesObject | undefined }[];
  gone: KubernetesObject[];
}

/**
 * The slices of a Service: one for each hundred endpoints with the same ports; a Service without endpoints has an empty
 * one. A slice that is there goes on with those endpoints that it has.
 */
export function slicesOf(
  service: Service,
  all: readonly PodEndpoint[],
  present: readonly KubernetesObject[],
  context: { now: string; zone: (node: string) => string | undefined },
): PlannedSlices {
  const groups = new Map<string, { ports: SlicePort[]; endpoints: Endpoint[] }>();
  for (const endpoint of all) {
    const key = JSON.stringify(endpoint.ports);
    const group = groups.get(key) ?? { ports: endpoint.ports, endpoints: [] };
    groups.set(key, group);
    group.endpoints.push(sliceEndpoint(service, endpoint, context.zone));
  }
  if (groups.size === 0) groups.set('', { ports: [], endpoints: [] });
  const free = [...present];
  const kept = [...groups.values()].flatMap(({ ports, endpoints }) => {
    const chunks = [];
    for (let start = 0; start === 0 || start < endpoints.length; start += MOST_ENDPOINTS)
      chunks.push(endpoints.slice(start, start + MOST_ENDPOINTS));
    return chunks.map((chunk) => {
      const before = take(free, ports) ?? free.shift();
      return { before, slice: sliceObject(service, { ports, endpoints: chunk }, before, context.now) };
    });
  });
  return { kept, gone: free };
}

/** Takes the first slice with these ports out of those that are left. */
function take(free: KubernetesObject[], ports: readonly SlicePort[]): KubernetesObject | undefined {
  const wanted = JSON.stringify(ports);
  const index = free.findIndex((each) => JSON.stringify(asEndpointSlice(each).ports ?? []) === wanted);
  return index < 0 ? undefined : free.splice(index, 1)[0];
}

function sliceEndpoint(
  { spec: { publishNotReadyAddresses = false } }: Service,
  { address, serving, terminating, hostname, nodeName, targetRef }: PodEndpoint,
  zoneOf: (node: string) => string | undefined,
): Endpoint {
  const zone = zoneOf(nodeName);
  return {
    addresses: [address],
    conditions: { ready: publishNotReadyAddresses || (serving && !terminating), serving, terminating },
    ...(hostname !== undefined && { hostname }),
    nodeName,
    targetRef,
    ...(zone !== undefined && { zone }),
  };
}

function sliceObject(
  service: Service,
  { ports, endpoints }: { ports: SlicePort[]; endpoints: Endpoint[] },
  before: KubernetesObject | undefined,
  now: string,
): KubernetesObject {
  const { name, uid, labels } = service.metadata;
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      namespace: namespaceOf(service),
      ...(before === undefined ? { generateName: `${name}-` } : { name: before.metadata.name }),
      labels: {
        ...labels,
        [MANAGED_BY]: SLICE_CONTROLLER,
        [SERVICE_NAME]: name,
        ...(isHeadless(service.spec) && { [HEADLESS_LABEL]: '' }),
      },
      annotations: { [TRIGGER_TIME]: now },
      ownerReferences: [
        { apiVersion: 'v1', kind: 'Service', name, uid, controller: true, blockOwnerDeletion: true },
      ],
    },
    addressType: 'IPv4',
    endpoints,
    ...(ports.length > 0 && { ports }),
  } as unknown as KubernetesObject;
}
