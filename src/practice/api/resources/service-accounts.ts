import { age } from '../age.ts';
import { dns1123Subdomain } from '../names.ts';
import { ALL_VERBS, type Resource } from '../resource.ts';
import { AGE, NAME } from './columns.ts';

export const serviceAccounts: Resource = {
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  type: 'V1ServiceAccount',
  plural: 'serviceaccounts',
  singular: 'serviceaccount',
  shortNames: ['sa'],
  categories: [],
  namespaced: true,
  verbs: ALL_VERBS,
  subresources: [],
  hasStatus: false,
  returnsDeleted: true,
  hasGeneration: false,
  nameErrors: dns1123Subdomain,

  columns: [NAME, AGE],
  row: ({ metadata }, now) => [metadata.name, age(metadata.creationTimestamp, now)],
};
