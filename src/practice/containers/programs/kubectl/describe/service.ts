import { type ApiObject, at, isFields, textAt } from '../object.ts';
import { pathOf, type Session } from '../session.ts';
import { annotations, head, orNone, pairs } from './text.ts';

const SLICES = {
  group: 'discovery.k8s.io',
  version: 'v1',
  plural: 'endpointslices',
  namespaced: true,
} as const;

/** So many endpoints of a port are named. */
const MOST_TOLD = 3;

export async function describeService(service: ApiObject, session: Session): Promise<string> {
  const { name = '', namespace } = service.metadata;
  const query = new URLSearchParams({ labelSelector: `kubernetes.io/service-name=${name}` });
  const answer = (await session.read(pathOf(SLICES, namespace), {}, query)) as { items: ApiObject[] };
  const slices = answer.items;
  const spec = (field: string): string => textAt(service, 'spec', field);
  const joined = (field: string): string => orNone(listAt(service, 'spec', field).join(','));
  const line = (title: string, value: string): string => (value === '' ? '' : `${title}:\t${value}\n`);
  const selector = at(service, 'spec', 'selector');
  return [
    `${head(service)}${pairs('Labels', service.metadata.labels)}${annotations(service)}`,
    `Selector:\t${orNone(selectorText(selector))}\nType:\t${spec('type')}\n`,
    line('IP Family Policy', spec('ipFamilyPolicy')),
    `IP Families:\t${joined('ipFamilies')}\nIP:\t${spec('clusterIP')}\nIPs:\t${joined('clusterIPs')}\n`,
    line('External Name', spec('externalName')),
    ...listAt(service, 'spec', 'ports').map((port) => portText(port, slices)),
    `Session Affinity:\t${spec('sessionAffinity')}\n`,
    line('External Traffic Policy', spec('externalTrafficPolicy')),
    line('Internal Traffic Policy', spec('internalTrafficPolicy')),
  ].join('');
}

export function describeEndpoints(endpoints: ApiObject): string {
  const subsets = listAt(endpoints, 'subsets').map((subset) => {
    const addresses = (field: string): string =>
      orNone(
        listAt(subset, field)
          .map((address) => textAt(address, 'ip'))
          .join(','),
      );
    const ports = listAt(subset, 'ports').map(
      (port) => `    ${nameOf(port)}\t${textAt(port, 'port')}\t${textAt(port, 'protocol')}\n`,
    );
    const table =
      ports.length === 0
        ? ''
        : `  Ports:\n    Name\tPort\tProtocol\n    ----\t----\t--------\n${ports.join('')}`;
    return `  Addresses:\t${addresses('addresses')}\n  NotReadyAddresses:\t${addresses('notReadyAddresses')}\n${table}\n`;
  });
  return `${head(endpoints)}${pairs('Labels', endpoints.metadata.labels)}${annotations(endpoints)}Subsets:\n${subsets.join('')}`;
}

function portText(port: unknown, slices: readonly ApiObject[]): string {
  const protocol = textAt(port, 'protocol');
  const nodePort = textAt(port, 'nodePort');
  const node = nodePort === '' ? '' : `NodePort:\t${nameOf(port)}\t${nodePort}/${protocol}\n`;
  return `Port:\t${nameOf(port)}\t${textAt(port, 'port')}/${protocol}\nTargetPort:\t${textAt(port, 'targetPort')}/${protocol}\n${node}Endpoints:\t${endpointsText(port, slices)}\n`;
}

/** The ready ones of a port, in the order of the slices. */
function endpointsText(port: unknown, slices: readonly ApiObject[]): string {
  const all = slices.flatMap((slice) => {
    const found = listAt(slice, 'ports').find((each) => textAt(each, 'name') === textAt(port, 'name'));
    if (found === undefined) return [];
    return listAt(slice, 'endpoints')
      .filter((endpoint) => at(endpoint, 'conditions', 'ready') !== false)
      .flatMap((endpoint) => listAt(endpoint, 'addresses'))
      .map((address) => `${String(address)}:${textAt(found, 'port')}`);
  });
  const told = all.slice(0, MOST_TOLD).join(',');
  return all.length > MOST_TOLD ? `${told} + ${all.length - MOST_TOLD} more...` : told;
}

function nameOf(port: unknown): string {
  return textAt(port, 'name') || '<unset>';
}

function selectorText(selector: unknown): string {
  if (!isFields(selector)) return '';
  return Object.entries(selector)
    .map(([key, value]) => `${key}=${String(value)}`)
    .sort()
    .join(',');
}

function listAt(value: unknown, ...path: string[]): unknown[] {
  const list = at(value, ...path);
  return Array.isArray(list) ? list : [];
}
