import { type FieldError, forbiddenField, invalid, required, unsupported } from '../field-error.ts';
import { labelErrors, labelValue, qualifiedName } from '../names.ts';
import type { PodSpec, Toleration } from './pod.ts';
import { oneOf } from './ranges.ts';

/** Where a Pod may and where it should run. */
export function validatePlacement(spec: PodSpec): FieldError[] {
  return [
    ...labelErrors(spec.nodeSelector, 'spec.nodeSelector'),
    ...validateTolerations(spec.tolerations ?? []),
    ...validateAffinity(spec.affinity ?? {}),
    ...validateSpread(spec),
  ];
}

function validateTolerations(tolerations: readonly Toleration[]): FieldError[] {
  return tolerations.flatMap(
    ({ key = '', operator = '', value = '', effect = '', tolerationSeconds }, index) => {
      const field = `spec.tolerations[${index}]`;
      const errors: FieldError[] = [];
      if (key !== '') errors.push(...qualifiedName(key).map((error) => invalid(`${field}.key`, key, error)));
      else if (operator !== 'Exists')
        errors.push(
          invalid(
            `${field}.operator`,
            operator,
            'operator must be Exists when `key` is empty, which means "match all values and all keys"',
          ),
        );
      if (tolerationSeconds !== undefined && effect !== 'NoExecute')
        errors.push(
          invalid(`${field}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"),
        );
      if (operator === 'Exists' && value !== '')
        errors.push(
          invalid(
            `${field}.operator`,
            { key, operator, value, effect },
            "value must be empty when `operator` is 'Exists'",
          ),
        );
      else if (operator === '' || operator === 'Equal')
        errors.push(...labelValue(value).map((error) => invalid(`${field}.operator`, value, error)));
      else if (operator !== 'Exists')
        errors.push(unsupported(`${field}.operator`, operator, ['Equal', 'Exists']));
      if (effect !== '')
        errors.push(...oneOf(`${field}.effect`, effect, ['NoSchedule', 'PreferNoSchedule', 'NoExecute']));
      return errors;
    },
  );
}

type Affinity = NonNullable<PodSpec['affinity']>;

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';
const OPERATORS = new Set(['DoesNotExist', 'Exists', 'Gt', 'In', 'Lt', 'NotIn']);

function validateAffinity({ nodeAffinity, podAffinity, podAntiAffinity }: Affinity): FieldError[] {
  const errors: FieldError[] = [];
  const terms = nodeAffinity?.[REQUIRED]?.nodeSelectorTerms;
  const nodeField = `spec.affinity.nodeAffinity.${REQUIRED}.nodeSelectorTerms`;
  if (nodeAffinity?.[REQUIRED] !== undefined && (terms ?? []).length === 0)
    errors.push(required(nodeField, 'must have at least one node selector term'));
  terms?.forEach(({ matchExpressions = [] }, index) =>
    matchExpressions.forEach((expression, at) =>
      errors.push(...expressionErrors(`${nodeField}[${index}].matchExpressions[${at}]`, expression)),
    ),
  );
  for (const [name, affinity] of Object.entries({ podAffinity, podAntiAffinity })) {
    const field = `spec.affinity.${name}`;
    affinity?.[REQUIRED]?.forEach(({ topologyKey }, index) =>
      errors.push(...topologyKeyErrors(`${field}.${REQUIRED}[${index}].topologyKey`, topologyKey)),
    );
    affinity?.[PREFERRED]?.forEach(({ weight, podAffinityTerm }, index) => {
      const at = `${field}.${PREFERRED}[${index}]`;
      if (weight < 1 || weight > 100)
        errors.push(invalid(`${at}.weight`, weight, 'must be in the range 1-100'));
      errors.push(...topologyKeyErrors(`${at}.podAffinityTerm.topologyKey`, podAffinityTerm.topologyKey));
    });
  }
  return errors;
}

function expressionErrors(
  field: string,
  { key, operator, values = [] }: { key: string; operator: string; values?: string[] },
): FieldError[] {
  const errors: FieldError[] = [];
  if ((operator === 'In' || operator === 'NotIn') && values.length === 0)
    errors.push(required(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
  if ((operator === 'Exists' || operator === 'DoesNotExist') && values.length > 0)
    errors.push(
      forbiddenField(`${field}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
    );
  if ((operator === 'Gt' || operator === 'Lt') && values.length !== 1)
    errors.push(
      required(`${field}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'"),
    );
  if (!OPERATORS.has(operator))
    errors.push(invalid(`${field}.operator`, operator, 'not a valid selector operator'));
  return [...errors, ...qualifiedName(key).map((error) => invalid(`${field}.key`, key, error))];
}

function topologyKeyErrors(field: string, key: string): FieldError[] {
  const errors = key === '' ? [required(field, 'can not be empty')] : [];
  return [...errors, ...qualifiedName(key).map((error) => invalid(field, key, error))];
}

function validateSpread({ topologySpreadConstraints = [] }: PodSpec): FieldError[] {
  return topologySpreadConstraints.flatMap(({ maxSkew, topologyKey, whenUnsatisfiable }, index) => {
    const field = `spec.topologySpreadConstraints[${index}]`;
    const errors: FieldError[] = [];
    if (maxSkew <= 0) errors.push(invalid(`${field}.maxSkew`, maxSkew, 'must be greater than zero'));
    if (topologyKey === '') errors.push(required(`${field}.topologyKey`, 'can not be empty'));
    if (!['DoNotSchedule', 'ScheduleAnyway'].includes(whenUnsatisfiable))
      errors.push(
        unsupported(`${field}.whenUnsatisfiable`, whenUnsatisfiable, ['DoNotSchedule', 'ScheduleAnyway']),
      );
    return errors;
  });
}
