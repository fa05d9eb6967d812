import { isDeepStrictEqual } from 'node:util';
import { warnOfTemplate } from '../admission/pod-security/pods.ts';
import { type FieldError, forbiddenField, invalid, required, unsupported } from '../field-error.ts';
import { matchesSelector } from '../label-match.ts';
import { labelErrors, qualifiedName } from '../names.ts';
import type { Ruling } from '../resource.ts';
import { setPodSpecDefaults } from './pod-defaults.ts';
import type { Pod } from './pod.ts';
import { validatePodSpec } from './pod-validation.ts';
import { labelSelectorErrors } from './label-selector.ts';
import type { Deployment, PodTemplate, ReplicaSet } from './workload.ts';

type Spec = (Deployment | ReplicaSet)['spec'];

/** What is left out of a Pod template. */
export function setTemplateDefaults(template: PodTemplate): void {
  template.metadata ??= {};
  template.spec ??= {};
  setPodSpecDefaults(template.spec);
}

/** What Deployments and ReplicaSets have in common, by the rules of kubernetes/pkg/apis/apps/validation. */
export function workloadErrors(spec: Spec): FieldError[] {
  return [
    ...notNegative('spec.replicas', spec.replicas),
    ...notNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...ownSelectorErrors(spec),
    ...templateErrors(spec),
  ];
}

/** Which Pods are its own is settled once and for all. */
export function selectorChanges(after: Spec, before: Spec): FieldError[] {
  return isDeepStrictEqual(after.selector, before.selector)
    ? []
    : [invalid('spec.selector', after.selector, 'field is immutable')];
}

export function notNegative(field: string, value: number | undefined): FieldError[] {
  return (value ?? 0) < 0 ? [invalid(field, value, 'must be greater than or equal to 0')] : [];
}

function ownSelectorErrors({ selector }: { selector?: Spec['selector'] }): FieldError[] {
  if (selector === undefined) return [required('spec.selector')];
  const errors = labelSelectorErrors('spec.selector', selector);
  const { matchLabels = {}, matchExpressions = [] } = selector;
  if (Object.keys(matchLabels).length + matchExpressions.length === 0)
    errors.push(invalid('spec.selector', selector, 'empty selector is invalid for deployment'));
  return errors;
}

function templateErrors({ selector, template }: Spec): FieldError[] {
  const { metadata = {}, spec = {} } = template;
  const labels = metadata.labels ?? {};
  const errors: FieldError[] = [];
  if (!matchesSelector(selector, labels))
    errors.push(
      invalid(
        'spec.template.metadata.labels',
        metadata.labels,
        '`selector` does not match template `labels`',
      ),
    );
  errors.push(...labelErrors(labels, 'spec.template.labels'));
  for (const key of Object.keys(metadata.annotations ?? {}))
    errors.push(
      ...qualifiedName(key.toLowerCase()).map((error) => invalid('spec.template.annotations', key, error)),
    );
  errors.push(...validatePodSpec(spec).map((error) => ({ ...error, field: `spec.template.${error.field}` })));
  if ((spec.ephemeralContainers ?? []).length > 0)
    errors.push(
      forbiddenField(
        'spec.template.spec.ephemeralContainers',
        'ephemeral containers not allowed in pod template',
      ),
    );
  if (spec.restartPolicy !== 'Always')
    errors.push(unsupported('spec.template.spec.restartPolicy', spec.restartPolicy, ['Always']));
  if (spec.activeDeadlineSeconds !== undefined)
    errors.push(
      forbiddenField(
        'spec.template.spec.activeDeadlineSeconds',
        'activeDeadlineSeconds in ReplicaSet is not Supported',
      ),
    );
  return errors;
}

/** Pod Security warns already of the template; it refuses the Pods alone. */
export function admitTemplate({ metadata, spec }: Deployment | ReplicaSet, ruling: Ruling): void {
  const { template } = spec;
  const pod = {
    ...template,
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { ...template.metadata, namespace: metadata.namespace },
  };
  warnOfTemplate({ ...pod, status: {} } as Pod, ruling);
}
