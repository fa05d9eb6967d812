import { meets } from '../api/label-match.ts';
import type { NodeSelectorTerm } from './pod.ts';

export { matchesLabels, matchesSelector } from '../api/label-match.ts';

type Labels = Record<string, string>;

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
