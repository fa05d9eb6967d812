import { age } from '../age.ts';
import { dns1123Subdomain } from '../names.ts';
import { ALL_VERBS, type Resource } from '../resource.ts';
import { AGE, NAME } from './columns.ts';
import { admitTemplate, selectorChanges, setTemplateDefaults, workloadErrors } from './pod-template.ts';
import { asReplicaSet } from './workload.ts';
import { SCALE, WORKLOAD_COLUMNS, workloadCells } from './workload-table.ts';

export const replicaSets: Resource = {
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  type: 'V1ReplicaSet',
  plural: 'replicasets',
  singular: 'replicaset',
  shortNames: ['rs'],
  categories: ['all'],
  namespaced: true,
  verbs: ALL_VERBS,
  subresources: [SCALE, { name: 'status', kind: 'ReplicaSet', verbs: ['get', 'patch', 'update'] }],
  hasStatus: true,
  returnsDeleted: false,
  hasGeneration: true,
  nameErrors: dns1123Subdomain,
  setDefaults(object) {
    const { spec } = asReplicaSet(object);
    spec.replicas ??= 1;
    spec.template ??= {};
    setTemplateDefaults(spec.template);
  },
  prepareCreate(object) {
    asReplicaSet(object).status = { replicas: 0 };
  },
  validate(object, previous) {
    const { spec } = asReplicaSet(object);
    const errors = workloadErrors(spec);
    return previous === undefined
      ? errors
      : [...errors, ...selectorChanges(spec, asReplicaSet(previous).spec)];
  },
  admitValid: (object, _, ruling) => admitTemplate(asReplicaSet(object), ruling),
  selectableFields: (object) => ({ 'status.replicas': String(asReplicaSet(object).status.replicas ?? 0) }),
  columns: [
    NAME,
    { name: 'Desired', type: 'integer', description: 'Replicas is the number of desired pods.' },
    {
      name: 'Current',
      type: 'integer',
      description: 'Replicas is the most recently observed number of non-terminating pods.',
    },
    {
      name: 'Ready',
      type: 'integer',
      description: 'The number of non-terminating pods targeted by this ReplicaSet with a Ready Condition.',
    },
    AGE,
    ...WORKLOAD_COLUMNS,
  ],
  row(object, now) {
    const { metadata, spec, status } = asReplicaSet(object);
    return [
      metadata.name,
      spec.replicas,
      status.replicas ?? 0,
      status.readyReplicas ?? 0,
      age(metadata.creationTimestamp, now),
      ...workloadCells(spec),
    ];
  },
};
