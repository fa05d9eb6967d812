import { isIP } from 'node:net';
import { age } from '../age.ts';
import { type FieldError, forbiddenField, invalid, required, unsupported } from '../field-error.ts';
import { dns1123Label, dns1123Subdomain } from '../names.ts';
import type { KubernetesObject } from '../object.ts';
import { ALL_VERBS, type Resource } from '../resource.ts';
import { AGE, NAME } from './columns.ts';
import { inRange } from './ranges.ts';

export interface Endpoints extends KubernetesObject {
  subsets?: EndpointSubset[];
}

export interface EndpointSubset {
  addresses?: EndpointAddress[];
  notReadyAddresses?: EndpointAddress[];
  ports?: EndpointPort[];
}

export interface EndpointAddress {
  ip: string;
  hostname?: string;
  nodeName?: string;
  targetRef?: TargetReference;
}

/** The Pod behind an address. */
export interface TargetReference {
  kind: string;
  namespace: string;
  name: string;
  uid: string;
}

export interface EndpointPort {
  name?: string;
  port: number;
  protocol?: string;
  appProtocol?: string;
}

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
/** So many are told in a table. */
const MOST_TOLD = 3;

/** The schema says that it is one. */
export function asEndpoints(object: KubernetesObject): Endpoints {
  return object;
}

export const endpoints: Resource = {
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  type: 'V1Endpoints',
  plural: 'endpoints',
  singular: 'endpoints',
  shortNames: ['ep'],
  categories: [],
  namespaced: true,
  verbs: ALL_VERBS,
  subresources: [],
  hasStatus: false,
  returnsDeleted: false,
  hasGeneration: false,
  deprecation: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  nameErrors: dns1123Subdomain,
  setDefaults(object) {
    for (const { ports = [] } of asEndpoints(object).subsets ?? [])
      for (const port of ports) port.protocol ??= 'TCP';
  },
  validate: (object) =>
    (asEndpoints(object).subsets ?? []).flatMap((subset, index) => subsetErrors(subset, `subsets[${index}]`)),
  columns: [
    NAME,
    {
      name: 'Endpoints',
      type: 'string',
      description:
        'The set of all endpoints is the union of all subsets. Addresses are placed into subsets according to the IPs they share. A single address with multiple ports, some of which are ready and some of which are not (because they come from different containers) will result in the address being displayed in different subsets for the different ports. No address will appear in both Addresses and NotReadyAddresses in the same subset. Sets of addresses and ports that comprise a service.',
    },
    AGE,
  ],
  row(object, now) {
    const { metadata, subsets = [] } = asEndpoints(object);
    const all = subsets.flatMap(({ addresses = [], ports = [] }) =>
      ports.length === 0
        ? addresses.map(({ ip }) => ip)
        : ports.flatMap(({ port }) => addresses.map(({ ip }) => `${ip}:${port}`)),
    );
    return [
      metadata.name,
      subsets.length === 0 ? '<none>' : shortened(all),
      age(metadata.creationTimestamp, now),
    ];
  },
};

/** The first three, and how many more there are. */
export function shortened(all: readonly string[]): string {
  const told = all.slice(0, MOST_TOLD).join(',');
  return all.length > MOST_TOLD ? `${told} + ${all.length - MOST_TOLD} more...` : told;
}

function subsetErrors(
  { addresses = [], notReadyAddresses = [], ports = [] }: EndpointSubset,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (addresses.length === 0 && notReadyAddresses.length === 0)
    errors.push(required(field, 'must specify `addresses` or `notReadyAddresses`'));
  addresses.forEach((each, index) => errors.push(...addressErrors(each, `${field}.addresses[${index}]`)));
  notReadyAddresses.forEach((each, index) =>
    errors.push(...addressErrors(each, `${field}.notReadyAddresses[${index}]`)),
  );
  ports.forEach(({ name = '', port, protocol }, index) => {
    const at = `${field}.ports[${index}]`;
    if (ports.length > 1 && name === '') errors.push(required(`${at}.name`));
    else if (name !== '')
      errors.push(...dns1123Label(name).map((error) => invalid(`${at}.name`, name, error)));
    errors.push(...inRange(`${at}.port`, port, 1, 65_535));
    if (!PROTOCOLS.includes(protocol ?? '')) errors.push(unsupported(`${at}.protocol`, protocol, PROTOCOLS));
  });
  return errors;
}

function addressErrors({ ip, hostname }: EndpointAddress, field: string): FieldError[] {
  return [
    ...endpointIPErrors(ip, `${field}.ip`),
    ...(hostname === undefined
      ? []
      : dns1123Label(hostname).map((error) => invalid(`${field}.hostname`, hostname, error))),
  ];
}

/** No Service may lead to what is everybody's own, or to many at once (ValidateNonSpecialIP). */
export function endpointIPErrors(ip: string, field: string): FieldError[] {
  if (isIP(ip) === 0)
    return [invalid(field, ip, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')];
  if (isIP(ip) === 6) return [forbiddenField(field, 'the practice cluster does not model this')];
  if (ip === '0.0.0.0') return [invalid(field, ip, 'may not be unspecified (0.0.0.0 or ::)')];
  if (ip.startsWith('127.'))
    return [invalid(field, ip, 'may not be in the loopback range (127.0.0.0/8, ::1/128)')];
  if (ip.startsWith('169.254.'))
    return [invalid(field, ip, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)')];
  if (ip.startsWith('224.0.0.'))
    return [invalid(field, ip, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)')];
  return [];
}
