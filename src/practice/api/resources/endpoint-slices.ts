import { age } from '../age.ts';
import {
  duplicate,
  type FieldError,
  forbiddenField,
  invalid,
  required,
  unsupported,
} from '../field-error.ts';
import { dns1123Label, dns1123Subdomain } from '../names.ts';
import type { KubernetesObject } from '../object.ts';
import { ALL_VERBS, type Resource } from '../resource.ts';
import { AGE, NAME } from './columns.ts';
import { endpointIPErrors, shortened, type TargetReference } from './endpoints.ts';
import { inRange } from './ranges.ts';

export interface EndpointSlice extends KubernetesObject {
  addressType: string;
  endpoints?: Endpoint[];
  ports?: SlicePort[];
}

export interface Endpoint {
  addresses: string[];
  conditions?: { ready?: boolean; serving?: boolean; terminating?: boolean };
  hostname?: string;
  nodeName?: string;
  zone?: string;
  targetRef?: TargetReference;
}

export interface SlicePort {
  name?: string;
  port?: number;
  protocol?: string;
  appProtocol?: string;
}

/** By this label a slice tells whose it is. */
export const SERVICE_NAME = 'kubernetes.io/service-name';

const ADDRESS_TYPES = ['FQDN', 'IPv4', 'IPv6'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const MOST_ENDPOINTS = 1000;

/** The schema says that it is one. */
export function asEndpointSlice(object: KubernetesObject): EndpointSlice {
  return object as EndpointSlice;
}

export const endpointSlices: Resource = {
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  type: 'V1EndpointSlice',
  plural: 'endpointslices',
  singular: 'endpointslice',
  shortNames: [],
  categories: [],
  namespaced: true,
  verbs: ALL_VERBS,
  subresources: [],
  hasStatus: false,
  returnsDeleted: false,
  hasGeneration: true,
  nameErrors: dns1123Subdomain,
  setDefaults(object) {
    for (const port of asEndpointSlice(object).ports ?? []) {
      port.name ??= '';
      port.protocol ??= 'TCP';
    }
  },
  validate(object, previous) {
    const slice = asEndpointSlice(object);
    const errors = sliceErrors(slice);
    if (previous !== undefined && asEndpointSlice(previous).addressType !== slice.addressType)
      errors.push(invalid('addressType', slice.addressType, 'field is immutable'));
    return errors;
  },
  columns: [
    NAME,
    {
      name: 'AddressType',
      type: 'string',
      description:
        'addressType specifies the type of address carried by this EndpointSlice. All addresses in this slice must be the same type. This field is immutable after creation.',
    },
    {
      name: 'Ports',
      type: 'string',
      description: 'ports specifies the list of network ports exposed by each endpoint in this slice.',
    },
    {
      name: 'Endpoints',
      type: 'string',
      description: 'endpoints is a list of unique endpoints in this slice.',
    },
    AGE,
  ],
  row(object, now) {
    const { metadata, addressType, endpoints = [], ports = [] } = asEndpointSlice(object);
    const numbers = ports.map(({ port, name }) => (port === undefined ? name || '*' : String(port)));
    return [
      metadata.name,
      addressType,
      shortened(numbers) || '<unset>',
      shortened(endpoints.flatMap(({ addresses }) => addresses)) || '<unset>',
      age(metadata.creationTimestamp, now),
    ];
  },
};

function sliceErrors({ addressType, endpoints = [], ports = [] }: EndpointSlice): FieldError[] {
  const errors: FieldError[] = [];
  if (addressType === '') errors.push(required('addressType'));
  else if (!ADDRESS_TYPES.includes(addressType))
    errors.push(unsupported('addressType', addressType, ADDRESS_TYPES));
  else if (addressType !== 'IPv4')
    errors.push(forbiddenField('addressType', 'the practice cluster models IPv4 only'));
  if (endpoints.length > MOST_ENDPOINTS)
    errors.push({
      field: 'endpoints',
      reason: 'FieldValueTooMany',
      message: `Too many: ${endpoints.length}: must have at most ${MOST_ENDPOINTS} items`,
    });
  endpoints.forEach(({ addresses = [], hostname }: Partial<Endpoint>, index) => {
    const field = `endpoints[${index}]`;
    if (addresses.length === 0)
      errors.push(required(`${field}.addresses`, 'must contain at least 1 address'));
    addresses.forEach((address, each) =>
      errors.push(...endpointIPErrors(address, `${field}.addresses[${each}]`)),
    );
    if (hostname !== undefined)
      errors.push(...dns1123Label(hostname).map((error) => invalid(`${field}.hostname`, hostname, error)));
  });
  const names = new Set<string>();
  ports.forEach(({ name = '', port, protocol }, index) => {
    const field = `ports[${index}]`;
    if (names.has(name)) errors.push(duplicate(`${field}.name`, name));
    names.add(name);
    if (name !== '') errors.push(...dns1123Label(name).map((error) => invalid(`${field}.name`, name, error)));
    errors.push(...inRange(`${field}.port`, port, 1, 65_535));
    if (!PROTOCOLS.includes(protocol ?? ''))
      errors.push(unsupported(`${field}.protocol`, protocol, PROTOCOLS));
  });
  return errors;
}
