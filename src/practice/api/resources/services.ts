import { age } from '../age.ts';
import { dns1035Label } from '../names.ts';
import { ALL_VERBS, type Resource } from '../resource.ts';
import { AGE, NAME } from './columns.ts';
import { allocateForService } from './service-allocation.ts';
import { setServiceDefaults } from './service-defaults.ts';
import { serviceErrors } from './service-validation.ts';
import { asService, type ServicePort, type ServiceSpec } from './service.ts';

export const services: Resource = {
  group: '',
  version: 'v1',
  kind: 'Service',
  type: 'V1Service',
  plural: 'services',
  singular: 'service',
  shortNames: ['svc'],
  categories: ['all'],
  namespaced: true,
  verbs: ALL_VERBS,
  subresources: [{ name: 'status', kind: 'Service', verbs: ['get', 'patch', 'update'] }],
  hasStatus: true,
  returnsDeleted: true,
  hasGeneration: false,
  nameErrors: dns1035Label,
  setDefaults: (object) => setServiceDefaults(asService(object).spec),
  allocate: allocateForService,
  prepareCreate(object) {
    object['status'] = { loadBalancer: {} };
  },
  validate: (object, previous) => serviceErrors(asService(object), previous && asService(previous)),
  selectableFields(object) {
    const { clusterIP = '', type = '' } = asService(object).spec;
    return { 'spec.clusterIP': clusterIP, 'spec.type': type };
  },
  columns: [
    NAME,
    {
      name: 'Type',
      type: 'string',
      description:
        'type determines how the Service is exposed. Defaults to ClusterIP. Valid options are ExternalName, ClusterIP, NodePort, and LoadBalancer.',
    },
    {
      name: 'Cluster-IP',
      type: 'string',
      description: 'clusterIP is the IP address of the service and is usually assigned randomly.',
    },
    {
      name: 'External-IP',
      type: 'string',
      description:
        'externalIPs is a list of IP addresses for which nodes in the cluster will also accept traffic for this service.',
    },
    { name: 'Port(s)', type: 'string', description: 'The list of ports that are exposed by this service.' },
    AGE,
    {
      name: 'Selector',
      type: 'string',
      priority: 1,
      description: 'Route service traffic to pods with label keys and values matching this selector.',
    },
  ],
  row(object, now) {
    const { metadata, spec } = asService(object);
    const selector = Object.entries(spec.selector ?? {}).map(([key, value]) => `${key}=${value}`);
    return [
      metadata.name,
      spec.type ?? '',
      spec.clusterIP ?? '<none>',
      externalAddress(spec),
      spec.ports?.map(portText).join(',') || '<none>',
      age(metadata.creationTimestamp, now),
      selector.sort().join(',') || '<none>',
    ];
  },
};

/** No cloud gives a LoadBalancer its address here. */
function externalAddress({ type, externalName }: ServiceSpec): string {
  if (type === 'LoadBalancer') return '<pending>';
  return type === 'ExternalName' ? (externalName ?? '') : '<none>';
}

function portText({ port, nodePort, protocol = '' }: ServicePort): string {
  return `${port}${nodePort === undefined ? '' : `:${nodePort}`}/${protocol}`;
}
