import { isIPv4 } from 'node:net';
import { ENDPOINT_SLICES, NAMESPACES, type Registry, SERVICES } from '../api/registry.ts';
import { asEndpointSlice, SERVICE_NAME } from '../api/resources/endpoint-slices.ts';
import { asService, hasClusterIP, isHeadless } from '../api/resources/service.ts';
import type { DnsAnswer, NameServer } from '../containers/name-server.ts';
import { CLUSTER_DOMAIN } from './resolver-file.ts';

/** CNAMEs are followed so far. */
const MOST_ALIASES = 8;

/**
 * The cluster's DNS, as the specification of Kubernetes' DNS-based service discovery has it. A name of elsewhere it would ask
 * the internet for, which is not there.
 */
export function clusterDns(registry: Registry): NameServer {
  const answer = (name: string, most: number): DnsAnswer | undefined => {
    if (!name.endsWith(`.${CLUSTER_DOMAIN}`)) return undefined;
    const labels = name.slice(0, -CLUSTER_DOMAIN.length - 1).split('.');
    const [kind, namespace = '', service = '', endpoint] = labels.reverse();
    if (labels.length > 4 || labels.length < 3) return undefined;
    if (kind === 'pod')
      return endpoint === undefined ? plain(podAddress(registry, namespace, service)) : undefined;
    const found = kind === 'svc' ? registry.find(SERVICES, namespace, service) : undefined;
    if (found === undefined) return undefined;
    const { spec } = asService(found);
    if (!hasClusterIP(spec)) {
      if (endpoint !== undefined || most === 0) return undefined;
      const target = (spec.externalName ?? '').toLowerCase().replace(/\.$/, '');
      const { aliases = [], addresses = [] } = answer(target, most - 1) ?? {};
      return { aliases: [{ name, target }, ...aliases], addresses };
    }
    if (endpoint === undefined && !isHeadless(spec)) return plain([spec.clusterIP ?? '']);
    const ready = readyEndpoints(registry, namespace, service);
    const asked = endpoint === undefined ? ready : ready.filter((each) => each.name === endpoint);
    return plain(asked.length === 0 ? undefined : asked.map(({ address }) => address));
  };
  return {
    ask: (name) => answer(name, MOST_ALIASES),
    namesOf: (address) => namesOf(registry, address),
  };
}

function plain(addresses: readonly string[] | undefined): DnsAnswer | undefined {
  return addresses && { aliases: [], addresses };
}

/** A Service by its clusterIP, otherwise whatever Services have an endpoint there. */
function namesOf(registry: Registry, address: string): string[] {
  const services = registry.list(SERVICES).map(asService);
  const nameOf = ({ metadata }: { metadata: { name?: string; namespace?: string } }): string =>
    `${metadata.name}.${metadata.namespace}.svc.${CLUSTER_DOMAIN}`;
  const own = services.find(({ spec }) => spec.clusterIP === address);
  if (own !== undefined) return [nameOf(own)];
  return services.flatMap((service) =>
    readyEndpoints(registry, service.metadata.namespace ?? '', service.metadata.name ?? '')
      .filter((each) => each.address === address)
      .map(({ name }) => `${name}.${nameOf(service)}`),
  );
}

/** An endpoint's name is its hostname, or its address with dashes. */
function readyEndpoints(
  registry: Registry,
  namespace: string,
  service: string,
): { name: string; address: string }[] {
  return registry
    .list(ENDPOINT_SLICES, namespace)
    .filter(({ metadata }) => metadata.labels?.[SERVICE_NAME] === service)
    .flatMap((slice) => asEndpointSlice(slice).endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false)
    .flatMap(({ addresses, hostname }) =>
      addresses.map((address) => ({ name: hostname ?? address.replaceAll('.', '-'), address })),
    );
}

/** `10-0-0-5.default.pod`: whatever address is written so, in a namespace that is there (CoreDNS' `pods insecure`). */
function podAddress(registry: Registry, namespace: string, name: string): readonly string[] | undefined {
  const address = name.replaceAll('-', '.');
  const isThere = registry.find(NAMESPACES, undefined, namespace) !== undefined;
  return isThere && isIPv4(address) ? [address] : undefined;
}
