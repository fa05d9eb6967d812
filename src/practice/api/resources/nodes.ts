import { age } from '../age.ts';
import { type FieldError, forbiddenField, invalid, unsupported } from '../field-error.ts';
import { dns1123Subdomain, labelValue, qualifiedName } from '../names.ts';
import type { KubernetesObject } from '../object.ts';
import { ALL_VERBS, type Resource } from '../resource.ts';
import { AGE, NAME } from './columns.ts';

interface Node extends KubernetesObject {
  spec: {
    podCIDR?: string;
    podCIDRs?: string[];
    providerID?: string;
    unschedulable?: boolean;
    taints?: { key: string; value?: string; effect: string; timeAdded?: string }[];
  };
  status: {
    conditions?: { type: string; status: string }[];
    addresses?: { type: string; address: string }[];
    nodeInfo?: Record<string, string>;
  };
}

const ROLE = 'node-role.kubernetes.io/';
const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export const nodes: Resource = {
  group: '',
  version: 'v1',
  kind: 'Node',
  type: 'V1Node',
  plural: 'nodes',
  singular: 'node',
  shortNames: ['no'],
  categories: [],
  namespaced: false,
  verbs: ALL_VERBS,
  subresources: [{ name: 'status', kind: 'Node', verbs: ['get', 'patch', 'update'] }],
  hasStatus: true,
  returnsDeleted: false,
  hasGeneration: false,
  nameErrors: dns1123Subdomain,
  setDefaults(object) {
    const { spec } = object as Node;
    if (spec.podCIDR !== undefined) spec.podCIDRs ??= [spec.podCIDR];
  },
  validate(object, previous) {
    const { taints = [] } = (object as Node).spec;
    const errors: FieldError[] = [];
    const seen = new Set<string>();
    taints.forEach((taint, index) => {
      const field = `metadata.taints[${index}]`;
      errors.push(...qualifiedName(taint.key).map((error) => invalid(`${field}.key`, taint.key, error)));
      errors.push(
        ...labelValue(taint.value ?? '').map((error) => invalid(`${field}.value`, taint.value, error)),
      );
      if (!EFFECTS.includes(taint.effect)) errors.push(unsupported(`${field}.effect`, taint.effect, EFFECTS));
      const key = `${taint.key}:${taint.effect}`;
      if (seen.has(key))
        errors.push({
          field,
          reason: 'FieldValueDuplicate',
          message: `Duplicate value: ${JSON.stringify(taint)}: taints must be unique by key and effect pair`,
        });
      seen.add(key);
    });
    if (previous !== undefined)
      errors.push(...immutableErrors((object as Node).spec, (previous as Node).spec));
    return errors;
  },
  selectableFields: (object) => ({
    'spec.unschedulable': String((object as Node).spec.unschedulable === true),
  }),
  columns: [
    NAME,
    { name: 'Status', type: 'string', description: 'The status of the node' },
    { name: 'Roles', type: 'string', description: 'The roles of the node' },
    AGE,
    { name: 'Version', type: 'string', description: 'Kubelet Version reported by the node.' },
    {
      name: 'Internal-IP',
      type: 'string',
      priority: 1,
      description: 'List of addresses reachable to the node.',
    },
    {
      name: 'External-IP',
      type: 'string',
      priority: 1,
      description: 'List of addresses reachable to the node.',
    },
    {
      name: 'OS-Image',
      type: 'string',
      priority: 1,
      description: 'OS Image reported by the node from /etc/os-release.',
    },
    {
      name: 'Kernel-Version',
      type: 'string',
      priority: 1,
      description: "Kernel Version reported by the node from 'uname -r'.",
    },
    {
      name: 'Container-Runtime',
      type: 'string',
      priority: 1,
      description: 'ContainerRuntime Version reported by the node through runtime remote API.',
    },
  ],
  row(object, now) {
    const { metadata, spec, status } = object as Node;
    const info = status.nodeInfo ?? {};
    const address = (type: string): string =>
      status.addresses?.find((each) => each.type === type)?.address ?? '<none>';
    return [
      metadata.name,
      statusOf(spec, status),
      rolesOf(metadata.labels ?? {}),
      age(metadata.creationTimestamp, now),
      info['kubeletVersion'] ?? '',
      address('InternalIP'),
      address('ExternalIP'),
      info['osImage'] || '<unknown>',
      kernelOf(info),
      info['containerRuntimeVersion'] || '<unknown>',
    ];
  },
};

function statusOf(spec: Node['spec'], status: Node['status']): string {
  const ready = status.conditions?.find(({ type }) => type === 'Ready');
  const words = [ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'];
  if (spec.unschedulable === true) words.push('SchedulingDisabled');
  return words.join(',');
}

/** With the architecture, as 1.36 shows it. */
function kernelOf({ kernelVersion = '', architecture = '' }: Record<string, string>): string {
  if (kernelVersion === '') return '<unknown>';
  return architecture === '' ? kernelVersion : `${kernelVersion} (${architecture})`;
}

function rolesOf(labels: Record<string, string>): string {
  const roles = Object.entries(labels).flatMap(([key, value]) => {
    if (key.startsWith(ROLE) && key.length > ROLE.length) return [key.slice(ROLE.length)];
    return key === 'kubernetes.io/role' && value !== '' ? [value] : [];
  });
  return roles.length === 0 ? '<none>' : [...new Set(roles)].sort().join(',');
}

function immutableErrors(after: Node['spec'], before: Node['spec']): FieldError[] {
  const errors: FieldError[] = [];
  if (before.podCIDR !== undefined && after.podCIDR !== before.podCIDR)
    errors.push(
      forbiddenField('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid'),
    );
  if (before.providerID !== undefined && after.providerID !== before.providerID)
    errors.push(
      forbiddenField('spec.providerID', 'node updates may not change providerID except from "" to valid'),
    );
  return errors;
}
