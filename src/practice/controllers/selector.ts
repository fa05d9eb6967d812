import { own } from '../api/own.ts';
import type { LabelSelector, NodeSelectorTerm, SelectorRequirement } from './pod.ts';

type Labels = Record<string, string>;

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

/** A term without requirements matches nothing. */
export function matchesTerm(
  term: NodeSelectorTerm,
  node: { name: string; labels?: Labels | undefined },
): boolean {
  const expressions = term.matchExpressions ?? [];
  const fields = term.matchFields ?? [];
  if (expressions.length + fields.length === 0) return false;
  return (
    expressions.every((requirement) => meets(requirement, node.labels ?? {})) &&
    fields.every((requirement) => meets(requirement, { 'metadata.name': node.name }))
  );
}

function meets({ key, operator, values = [] }: SelectorRequirement, labels: Labels): boolean {
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
