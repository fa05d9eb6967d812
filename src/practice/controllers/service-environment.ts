import { asService, hasClusterIP, isHeadless, type Service } from '../api/resources/service.ts';
import type { KubernetesObject } from '../api/object.ts';
import { type Registry, SERVICES } from '../api/registry.ts';
import { namespaceOf, type Pod } from './pod.ts';

/**
 * What a kubelet tells a container of Services: all of its namespace that have a clusterIP when it starts, unless the Pod
 * says no to enableServiceLinks; and `kubernetes` of the namespace default in any case.
 */
export function serviceVariables(registry: Registry, pod: Pod): { name: string; value: string }[] {
  const namespace = namespaceOf(pod);
  const own = pod.spec.enableServiceLinks === false ? [] : registry.list(SERVICES, namespace);
  const kubernetes = registry.find(SERVICES, 'default', 'kubernetes');
  const all = new Map<string, KubernetesObject>();
  for (const each of [...(kubernetes === undefined ? [] : [kubernetes]), ...own])
    all.set(each.metadata.name, each);
  return [...all.values()]
    .map(asService)
    .filter(({ spec }) => hasClusterIP(spec) && !isHeadless(spec))
    .flatMap(variablesOf);
}

/** As pkg/kubelet/envvars writes them: host and port for programs, and what Docker's links once told. */
function variablesOf({
  metadata,
  spec: { clusterIP = '', ports = [] },
}: Service): { name: string; value: string }[] {
  const prefix = variableName(metadata.name);
  const [first] = ports;
  if (first === undefined) return [];
  const url = (protocol: string, port: number): string => `${protocol.toLowerCase()}://${clusterIP}:${port}`;
  const told = { host: `${prefix}_SERVICE_HOST`, port: `${prefix}_SERVICE_PORT` };
  return [
    { name: told.host, value: clusterIP },
    { name: told.port, value: String(first.port) },
    ...ports
      .filter(({ name }) => name !== undefined)
      .map(({ name = '', port }) => ({ name: `${told.port}_${variableName(name)}`, value: String(port) })),
    { name: `${prefix}_PORT`, value: url(first.protocol ?? 'TCP', first.port) },
    ...ports.flatMap(({ protocol = 'TCP', port }) => {
      const link = `${prefix}_PORT_${port}_${protocol}`;
      return [
        { name: link, value: url(protocol, port) },
        { name: `${link}_PROTO`, value: protocol.toLowerCase() },
        { name: `${link}_PORT`, value: String(port) },
        { name: `${link}_ADDR`, value: clusterIP },
      ];
    }),
  ];
}

function variableName(name: string): string {
  return name.toUpperCase().replaceAll('-', '_');
}
