import { ENDPOINT_SLICES, ENDPOINTS, type Registry, SERVICES } from '../api/registry.ts';
import { SERVICE_NAME } from '../api/resources/endpoint-slices.ts';
import type { Change } from '../api/store.ts';
import type { Clock } from '../clock.ts';
import { type Fault, guarded } from './guard.ts';
import { unlessLost } from './lost-race.ts';
import { CLUSTER_DNS } from './resolver-file.ts';

/**
 * The machine with the API server and the cluster's DNS. It is the cloud's, not one of the Nodes, and stands behind a
 * firewall: Pods do not reach it.
 */
const CONTROL_PLANE = '10.128.0.2';
/** After it was deleted the Service `kubernetes` comes back within so long. Milliseconds. */
const RESYNC = 10_000;

interface FirstService {
  namespace: string;
  name: string;
  clusterIP: string;
  labels: Record<string, string>;
  ports: { name: string; port: number; protocol: string; targetPort: number }[];
}

const KUBERNETES: FirstService = {
  namespace: 'default',
  name: 'kubernetes',
  clusterIP: '10.96.0.1',
  labels: { component: 'apiserver', provider: 'kubernetes' },
  ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 443 }],
};

const KUBE_DNS: FirstService = {
  namespace: 'kube-system',
  name: 'kube-dns',
  clusterIP: CLUSTER_DNS,
  labels: { 'k8s-app': 'kube-dns' },
  ports: [
    { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
    { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
  ],
};

/** The Services that a cluster begins with; `kubernetes` comes back when it is deleted. @returns what stops it */
export function keepFirstServices(options: { registry: Registry; clock: Clock; fault: Fault }): () => void {
  const { registry, clock, fault } = options;
  const provide = (first: FirstService): void => unlessLost(() => provideService(registry, first));
  let cancel: (() => void) | undefined;
  const again = ({ type, object: { metadata } }: Change): void => {
    if (
      type !== 'DELETED' ||
      metadata.namespace !== KUBERNETES.namespace ||
      metadata.name !== KUBERNETES.name
    )
      return;
    cancel ??= clock.after(
      RESYNC,
      guarded(() => {
        cancel = undefined;
        provide(KUBERNETES);
      }, fault),
    );
  };
  provide(KUBE_DNS);
  provide(KUBERNETES);
  const stops = [SERVICES, ENDPOINTS, ENDPOINT_SLICES].map((resource) => registry.follow(resource, again));
  return () => {
    for (const stop of stops) stop();
    cancel?.();
  };
}

function provideService(
  registry: Registry,
  { namespace, name, clusterIP, labels, ports }: FirstService,
): void {
  if (registry.find(SERVICES, namespace, name) === undefined)
    registry.create(SERVICES, namespace, { metadata: { name, labels }, spec: { clusterIP, ports } });
  const targets = ports.map(({ targetPort, ...port }) => ({ ...port, port: targetPort }));
  if (registry.find(ENDPOINTS, namespace, name) === undefined)
    registry.create(ENDPOINTS, namespace, {
      metadata: { name, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
      subsets: [{ addresses: [{ ip: CONTROL_PLANE }], ports: targets }],
    });
  if (registry.find(ENDPOINT_SLICES, namespace, name) === undefined)
    registry.create(ENDPOINT_SLICES, namespace, {
      metadata: { name, labels: { [SERVICE_NAME]: name } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [CONTROL_PLANE], conditions: { ready: true } }],
      ports: targets,
    });
}
