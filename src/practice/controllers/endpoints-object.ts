import type { KubernetesObject } from '../api/object.ts';
import type { EndpointAddress, EndpointSubset } from '../api/resources/endpoints.ts';
import { isHeadless, type Service } from '../api/resources/service.ts';
import { namespaceOf } from './pod.ts';
import type { PodEndpoint } from './pod-endpoint.ts';

/** When the Pods or the Service last gave a reason to write it. */
export const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time';
export const HEADLESS_LABEL = 'service.kubernetes.io/headless';

/** The Endpoints of a Service as its controller writes them: addresses with the same ports stand in one subset. */
export function endpointsOf(
  service: Service,
  all: readonly PodEndpoint[],
  before: KubernetesObject | undefined,
  now: string,
): KubernetesObject {
  const { publishNotReadyAddresses = false } = service.spec;
  const subsets = new Map<string, Required<EndpointSubset>>();
  for (const endpoint of [...all].sort(byAddress)) {
    if (endpoint.terminating && !publishNotReadyAddresses) continue;
    if (endpoint.ports.length === 0 && (service.spec.ports ?? []).length > 0) continue;
    const key = JSON.stringify(endpoint.ports);
    let subset = subsets.get(key);
    if (subset === undefined) {
      const ports = endpoint.ports.map(({ name, port = 0, ...more }) => ({
        ...(name !== '' && { name }),
        port,
        ...more,
      }));
      subsets.set(key, (subset = { addresses: [], notReadyAddresses: [], ports }));
    }
    const isReady = endpoint.serving || publishNotReadyAddresses;
    subset[isReady ? 'addresses' : 'notReadyAddresses'].push(addressOf(endpoint));
  }
  const labels = {
    ...service.metadata.labels,
    'endpoints.kubernetes.io/managed-by': 'endpoint-controller',
    ...(isHeadless(service.spec) && { [HEADLESS_LABEL]: '' }),
  };
  const annotations = { ...before?.metadata.annotations, [TRIGGER_TIME]: now };
  const metadata = { namespace: namespaceOf(service), name: service.metadata.name, labels, annotations };
  const list = [...subsets.values()].map(withoutEmpty);
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata,
    ...(list.length > 0 && { subsets: list }),
  } as unknown as KubernetesObject;
}

function addressOf({ address, hostname, nodeName, targetRef }: PodEndpoint): EndpointAddress {
  return { ip: address, ...(hostname !== undefined && { hostname }), nodeName, targetRef };
}

function withoutEmpty(subset: Required<EndpointSubset>): EndpointSubset {
  return Object.fromEntries(Object.entries(subset).filter(([, list]) => list.length > 0));
}

function byAddress(one: PodEndpoint, other: PodEndpoint): number {
  const [a, b] = [one, other].map(({ address }) =>
    address
      .split('.')
      .map((part) => part.padStart(3, '0'))
      .join('.'),
  );
  return a! < b! ? -1 : a! > b! ? 1 : 0;
}
