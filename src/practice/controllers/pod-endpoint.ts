import type { TargetReference } from '../api/resources/endpoints.ts';
import type { SlicePort } from '../api/resources/endpoint-slices.ts';
import type { Service, ServicePort } from '../api/resources/service.ts';
import { isFinished, isSidecar, namespaceOf, type Pod } from './pod.ts';

/** A Pod as one of the places where a Service leads to. */
export interface PodEndpoint {
  address: string;
  /** Its readiness, whatever else. */
  serving: boolean;
  terminating: boolean;
  hostname: string | undefined;
  nodeName: string;
  targetRef: TargetReference;
  /** Those ports of the Service that this Pod has. */
  ports: SlicePort[];
}

/** The Pod as an endpoint; undefined when it has no address, or has ended. */
export function podEndpoint(service: Service, pod: Pod): PodEndpoint | undefined {
  const { podIP = '', conditions = [] } = pod.status ?? {};
  if (podIP === '' || isFinished(pod)) return undefined;
  const { hostname, subdomain, nodeName = '' } = pod.spec;
  const { name, uid, deletionTimestamp } = pod.metadata;
  const ports = (service.spec.ports ?? []).flatMap((port) => {
    const number = targetPort(pod, port);
    if (number === undefined) return [];
    const { name: portName = '', protocol = 'TCP', appProtocol } = port;
    return [{ name: portName, port: number, protocol, ...(appProtocol !== undefined && { appProtocol }) }];
  });
  return {
    address: podIP,
    serving: conditions.some(({ type, status }) => type === 'Ready' && status === 'True'),
    terminating: deletionTimestamp !== undefined,
    hostname: subdomain === service.metadata.name ? hostname : undefined,
    nodeName,
    targetRef: { kind: 'Pod', namespace: namespaceOf(pod), name, uid },
    ports,
  };
}

/** A named targetPort is looked for among the ports of the Pod's containers. */
function targetPort(
  { spec }: Pod,
  { port, targetPort: target = port, protocol }: ServicePort,
): number | undefined {
  if (typeof target === 'number') return target;
  return [...spec.containers, ...(spec.initContainers ?? []).filter(isSidecar)]
    .flatMap(({ ports = [] }) => ports)
    .find((each) => each.name === target && (each.protocol ?? 'TCP') === protocol)?.containerPort;
}
