import { age } from '../age.ts';
import { type FieldError, invalid } from '../field-error.ts';
import { dns1123Subdomain } from '../names.ts';
import type { KubernetesObject } from '../object.ts';
import { ALL_VERBS, type Resource } from '../resource.ts';
import { AGE, NAME } from './columns.ts';

interface Lease extends KubernetesObject {
  spec?: { holderIdentity?: string; leaseDurationSeconds?: number; leaseTransitions?: number };
}

export const leases: Resource = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  type: 'V1Lease',
  plural: 'leases',
  singular: 'lease',
  shortNames: [],
  categories: [],
  namespaced: true,
  verbs: ALL_VERBS,
  subresources: [],
  hasStatus: false,
  returnsDeleted: false,
  hasGeneration: false,
  nameErrors: dns1123Subdomain,
  validate(object) {
    const { leaseDurationSeconds, leaseTransitions } = (object as Lease).spec ?? {};
    const errors: FieldError[] = [];
    if (leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0)
      errors.push(invalid('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0'));
    if (leaseTransitions !== undefined && leaseTransitions < 0)
      errors.push(invalid('spec.leaseTransitions', leaseTransitions, 'must be greater than or equal to 0'));
    return errors;
  },
  columns: [
    NAME,
    {
      name: 'Holder',
      type: 'string',
      description: 'holderIdentity contains the identity of the holder of a current lease.',
    },
    AGE,
  ],
  row(object, now) {
    const { metadata, spec } = object as Lease;
    return [metadata.name, spec?.holderIdentity ?? '', age(metadata.creationTimestamp, now)];
  },
};
