import { age } from '../age.ts';
import { type FieldError, forbiddenField, invalid } from '../field-error.ts';
import { dns1123Subdomain, qualifiedName } from '../names.ts';
import { nanos } from '../quantity.ts';
import { ALL_VERBS, type Resource } from '../resource.ts';
import { AGE, NAME } from './columns.ts';
import { COMPUTE, LIMITABLE } from './quota-usage.ts';
import { asResourceQuota, type ResourceQuota } from './resource-quota.ts';

const NOT_MODELLED = 'the practice cluster does not model this';

/** What Kubernetes knows, beside what is modelled here: refused in other words than what it does not know. */
const STANDARD = new Set([
  'configmaps',
  'ephemeral-storage',
  'limits.ephemeral-storage',
  'persistentvolumeclaims',
  'replicationcontrollers',
  'requests.ephemeral-storage',
  'requests.storage',
  'resourcequotas',
  'secrets',
  'services',
  'services.loadbalancers',
  'services.nodeports',
  'storage',
]);

export const resourceQuotas: Resource = {
  group: '',
  version: 'v1',
  kind: 'ResourceQuota',
  type: 'V1ResourceQuota',
  plural: 'resourcequotas',
  singular: 'resourcequota',
  shortNames: ['quota'],
  categories: [],
  namespaced: true,
  verbs: ALL_VERBS,
  subresources: [{ name: 'status', kind: 'ResourceQuota', verbs: ['get', 'patch', 'update'] }],
  hasStatus: true,
  returnsDeleted: true,
  hasGeneration: false,
  nameErrors: dns1123Subdomain,
  prepareCreate(object) {
    asResourceQuota(object).status = {};
  },
  validate: (object) => quotaErrors(asResourceQuota(object)),
  columns: [
    NAME,
    {
      name: 'Request',
      type: 'string',
      description: 'Request represents a minimum amount of cpu/memory that a container may consume.',
    },
    {
      name: 'Limit',
      type: 'string',
      description:
        'Limits control the maximum amount of cpu/memory that a container may use independent of contention on the node.',
    },
    AGE,
  ],
  row(object, now) {
    const { metadata, status } = asResourceQuota(object);
    const { hard = {}, used = {} } = status;
    const told = (isLimit: boolean): string =>
      Object.keys(hard)
        .sort()
        .filter((name) => name.startsWith('limits.') === isLimit)
        .map((name) => `${name}: ${used[name] ?? '0'}/${hard[name]}`)
        .join(', ');
    return [metadata.name, told(false), told(true), age(metadata.creationTimestamp, now)];
  },
};

function quotaErrors({ spec }: ResourceQuota): FieldError[] {
  const errors = Object.entries(spec.hard ?? {}).flatMap(([name, quantity]) => [
    ...nameErrors(name),
    ...quantityErrors(name, quantity),
  ]);
  for (const field of ['scopes', 'scopeSelector'] as const)
    if (spec[field] !== undefined) errors.push(forbiddenField(`spec.${field}`, NOT_MODELLED));
  return errors;
}

function nameErrors(name: string): FieldError[] {
  const field = `spec.hard[${name}]`;
  if (LIMITABLE.includes(name)) return [];
  if (STANDARD.has(name)) return [forbiddenField(field, NOT_MODELLED)];
  const malformed = qualifiedName(name);
  if (malformed.length > 0) return malformed.map((error) => invalid(field, name, error));
  if (name.includes('/')) return [forbiddenField(field, NOT_MODELLED)];
  return [
    invalid(field, name, 'must be a standard resource type or fully qualified'),
    invalid(field, name, 'must be a standard resource for quota'),
  ];
}

function quantityErrors(name: string, quantity: string): FieldError[] {
  const field = `spec.hard[${name}]`;
  const value = nanos(quantity) ?? 0n;
  if (value < 0n) return [invalid(field, quantity, 'must be greater than or equal to 0')];
  const isCount = COMPUTE[name] === undefined;
  return isCount && value % 10n ** 9n !== 0n ? [invalid(field, quantity, 'must be an integer')] : [];
}
