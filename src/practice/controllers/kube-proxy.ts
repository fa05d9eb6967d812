import type { KubernetesObject } from '../api/object.ts';
import { ENDPOINT_SLICES, type Registry, SERVICES } from '../api/registry.ts';
import { asEndpointSlice, type Endpoint, SERVICE_NAME } from '../api/resources/endpoint-slices.ts';
import {
  asService,
  hasClusterIP,
  isHeadless,
  type Service,
  type ServicePort,
} from '../api/resources/service.ts';
import type { Clock } from '../clock.ts';
import type { SocketAddress } from '../network/connection.ts';
import type { ServicePortal, ServiceTable } from '../network/service-table.ts';
import { type Fault, guarded } from './guard.ts';
import { namespaceOf } from './pod.ts';

export interface KubeProxyOptions {
  registry: Registry;
  clock: Clock;
  /** 0 ≤ x < 1 */
  random(): number;
  table: ServiceTable;
  fault: Fault;
}

/** Writes on the Nodes where each Service leads to, whenever it or its slices change. @returns what stops it */
export function proxyServices(options: KubeProxyOptions): () => void {
  const { registry, table, fault } = options;
  /** Of each port, which endpoint a client was given, and when; ClientIP affinity goes by it. */
  const clients = new Map<string, Map<string, { endpoint: SocketAddress; at: number }>>();
  const look = (namespace: string, name: string): void => {
    const key = `${namespace}/${name}`;
    const found = registry.find(SERVICES, namespace, name);
    const service = found && asService(found);
    const isProxied = service !== undefined && hasClusterIP(service.spec) && !isHeadless(service.spec);
    if (!isProxied) {
      for (const each of clients.keys()) if (each.startsWith(`${key}:`)) clients.delete(each);
      return table.set(key, []);
    }
    const slices = registry
      .list(ENDPOINT_SLICES, namespace)
      .filter(({ metadata }) => metadata.labels?.[SERVICE_NAME] === name);
    const ports = (service.spec.ports ?? []).filter(({ protocol }) => protocol === 'TCP');
    table.set(
      key,
      ports.map((port) => portalOf(service, port, endpointsOf(slices, port), { ...options, clients })),
    );
  };
  const stops = [
    registry.follow(
      SERVICES,
      guarded(({ object }) => look(namespaceOf(object), object.metadata.name), fault),
    ),
    registry.follow(
      ENDPOINT_SLICES,
      guarded(({ object, previous }) => {
        for (const slice of [object, previous]) {
          const name = slice?.metadata.labels?.[SERVICE_NAME];
          if (slice !== undefined && name !== undefined) look(namespaceOf(slice), name);
        }
      }, fault),
    ),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** The ready ones; where there are none, those that still serve while they go. */
function endpointsOf(slices: readonly KubernetesObject[], { name = '' }: ServicePort): SocketAddress[] {
  const all = slices.map(asEndpointSlice).flatMap(({ endpoints = [], ports = [] }) => {
    const port = ports.find((each) => (each.name ?? '') === name && each.protocol === 'TCP')?.port;
    return port === undefined ? [] : endpoints.map((endpoint) => ({ endpoint, port }));
  });
  const those = (is: (endpoint: Endpoint) => boolean): SocketAddress[] =>
    all
      .filter(({ endpoint }) => is(endpoint))
      .map(({ endpoint: { addresses }, port }) => ({ address: addresses[0] ?? '', port }));
  const ready = those(({ conditions }) => conditions?.ready !== false);
  return ready.length > 0 ? ready : those(({ conditions }) => conditions?.serving === true);
}

function portalOf(
  service: Service,
  port: ServicePort,
  endpoints: readonly SocketAddress[],
  context: Pick<KubeProxyOptions, 'clock' | 'random'> & {
    clients: Map<string, Map<string, { endpoint: SocketAddress; at: number }>>;
  },
): ServicePortal {
  const { clock, random, clients } = context;
  const { spec, metadata } = service;
  const name = `${namespaceOf(service)}/${metadata.name}:${port.name ?? port.port}`;
  const chosen = (): SocketAddress => endpoints[Math.floor(random() * endpoints.length)]!;
  const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 0;
  const sticky = (client: string): SocketAddress => {
    const known = clients.get(name) ?? new Map<string, { endpoint: SocketAddress; at: number }>();
    clients.set(name, known);
    const before = known.get(client);
    const isThere = ({ address, port: number }: SocketAddress): boolean =>
      endpoints.some((each) => each.address === address && each.port === number);
    const isKept =
      before !== undefined && clock.now() - before.at < seconds * 1000 && isThere(before.endpoint);
    const endpoint = isKept ? before.endpoint : chosen();
    known.set(client, { endpoint, at: clock.now() });
    return endpoint;
  };
  return {
    name,
    clusterIP: spec.clusterIP ?? '',
    port: port.port,
    nodePort: port.nodePort,
    isServed: endpoints.length > 0,
    endpoint: spec.sessionAffinity === 'ClientIP' ? sticky : chosen,
  };
}
