import { age } from '../age.ts';
import { type FieldError, forbiddenField, invalid, required, unsupported } from '../field-error.ts';
import { dns1123Subdomain } from '../names.ts';
import { ALL_VERBS, type Resource } from '../resource.ts';
import { AGE, NAME } from './columns.ts';
import {
  admitTemplate,
  notNegative,
  selectorChanges,
  setTemplateDefaults,
  workloadErrors,
} from './pod-template.ts';
import { asDeployment, type Deployment } from './workload.ts';
import { SCALE, WORKLOAD_COLUMNS, workloadCells } from './workload-table.ts';

export const deployments: Resource = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  type: 'V1Deployment',
  plural: 'deployments',
  singular: 'deployment',
  shortNames: ['deploy'],
  categories: ['all'],
  namespaced: true,
  verbs: ALL_VERBS,
  subresources: [SCALE, { name: 'status', kind: 'Deployment', verbs: ['get', 'patch', 'update'] }],
  hasStatus: true,
  returnsDeleted: false,
  hasGeneration: true,
  countsAnnotations: true,
  nameErrors: dns1123Subdomain,
  setDefaults: (object) => setDeploymentDefaults(asDeployment(object)),
  prepareCreate(object) {
    asDeployment(object).status = {};
  },
  validate(object, previous) {
    const { spec } = asDeployment(object);
    const errors = [...workloadErrors(spec), ...strategyErrors(spec.strategy), ...patienceErrors(spec)];
    return previous === undefined
      ? errors
      : [...errors, ...selectorChanges(spec, asDeployment(previous).spec)];
  },
  admitValid: (object, _, ruling) => admitTemplate(asDeployment(object), ruling),
  columns: [
    NAME,
    { name: 'Ready', type: 'string', description: 'Number of the pod with ready state' },
    {
      name: 'Up-to-date',
      type: 'string',
      description:
        'Total number of non-terminating pods targeted by this deployment that have the desired template spec.',
    },
    {
      name: 'Available',
      type: 'string',
      description:
        'Total number of available non-terminating pods (ready for at least minReadySeconds) targeted by this deployment.',
    },
    AGE,
    ...WORKLOAD_COLUMNS,
  ],
  row(object, now) {
    const { metadata, spec, status } = asDeployment(object);
    return [
      metadata.name,
      `${status.readyReplicas ?? 0}/${spec.replicas}`,
      status.updatedReplicas ?? 0,
      status.availableReplicas ?? 0,
      age(metadata.creationTimestamp, now),
      ...workloadCells(spec),
    ];
  },
};

function setDeploymentDefaults({ spec }: Deployment): void {
  spec.replicas ??= 1;
  spec.revisionHistoryLimit ??= 10;
  spec.progressDeadlineSeconds ??= 600;
  spec.strategy ??= { type: '' };
  spec.strategy.type ||= 'RollingUpdate';
  if (spec.strategy.type === 'RollingUpdate') {
    const { maxSurge = '25%', maxUnavailable = '25%' } = spec.strategy.rollingUpdate ?? {};
    spec.strategy.rollingUpdate = { maxSurge, maxUnavailable };
  }
  spec.template ??= {};
  setTemplateDefaults(spec.template);
}

function patienceErrors(spec: Deployment['spec']): FieldError[] {
  const { minReadySeconds = 0, progressDeadlineSeconds, revisionHistoryLimit } = spec;
  const errors = [
    ...notNegative('spec.revisionHistoryLimit', revisionHistoryLimit),
    ...notNegative('spec.progressDeadlineSeconds', progressDeadlineSeconds),
  ];
  if (progressDeadlineSeconds <= minReadySeconds)
    errors.push(
      invalid(
        'spec.progressDeadlineSeconds',
        progressDeadlineSeconds,
        'must be greater than minReadySeconds',
      ),
    );
  return errors;
}

function strategyErrors(strategy: Deployment['spec']['strategy']): FieldError[] {
  const field = 'spec.strategy.rollingUpdate';
  const { type, rollingUpdate } = strategy;
  if (type === 'Recreate')
    return rollingUpdate === undefined
      ? []
      : [forbiddenField(field, "may not be specified when strategy `type` is 'Recreate'")];
  if (type !== 'RollingUpdate') return [unknownStrategy(strategy)];
  if (rollingUpdate === undefined) return [required(field, 'this should be defaulted and never be nil')];
  const { maxSurge, maxUnavailable } = rollingUpdate;
  const errors = [
    ...amountErrors(`${field}.maxUnavailable`, maxUnavailable),
    ...amountErrors(`${field}.maxSurge`, maxSurge),
  ];
  if (valueOf(maxUnavailable) === 0 && valueOf(maxSurge) === 0)
    errors.push(invalid(`${field}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0'));
  if (typeof maxUnavailable === 'string' && valueOf(maxUnavailable) > 100)
    errors.push(invalid(`${field}.maxUnavailable`, maxUnavailable, 'must not be greater than 100%'));
  return errors;
}

/** Told of by Go's names of its fields. */
function unknownStrategy({ type, rollingUpdate }: Deployment['spec']['strategy']): FieldError {
  const told = { Type: type, RollingUpdate: rollingUpdate ?? null };
  return unsupported('spec.strategy', told, ['Recreate', 'RollingUpdate']);
}

function amountErrors(field: string, amount: number | string): FieldError[] {
  if (typeof amount === 'number') return notNegative(field, amount);
  const detail =
    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%', or '93%', regex used for validation is '[0-9]+%')";
  return /^\d+%$/.test(amount) ? [] : [invalid(field, amount, detail)];
}

/** What cannot be read counts as nothing, so that all of what is wrong is told. */
function valueOf(amount: number | string): number {
  return typeof amount === 'number' ? amount : Number(/^(\d+)%$/.exec(amount)?.[1] ?? 0);
}
