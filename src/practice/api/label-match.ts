import { own } from './own.ts';
import type { LabelSelector } from './resources/label-selector.ts';

type Labels = Record<string, string>;

type Requirement = NonNullable<LabelSelector['matchExpressions']>[number];

/** A selector that is not there matches nothing; an empty one matches everything. */
export function matchesSelector(selector: LabelSelector | undefined, labels: Labels = {}): boolean {
  if (selector === undefined) return false;
  return (
    matchesLabels(selector.matchLabels, labels) &&
    (selector.matchExpressions ?? []).every((requirement) => meets(requirement, labels))
  );
}

export function matchesLabels(wanted: Labels = {}, labels: Labels = {}): boolean {
  return Object.entries(wanted).every(([key, value]) => own(labels, key) === value);
}

export function meets({ key, operator, values = [] }: Requirement, labels: Labels): boolean {
  const value = own(labels, key);
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return /^-?\d+$/.test(value ?? '') && Number(value) > Number(values[0]);
    case 'Lt':
      return /^-?\d+$/.test(value ?? '') && Number(value) < Number(values[0]);
    default:
      return false;
  }
}
