import type { NodeInfo } from './node-info.ts';
import { namespaceOf, type Pod, type TopologySpreadConstraint } from './pod.ts';
import type { PlacementView, Refusal } from './scheduling-filter.ts';
import { matchesSelector } from './selector.ts';

const REASON = "node(s) didn't match pod topology spread constraints";

/** How many Pods that a constraint counts are in each domain. */
interface Spread {
  constraint: TopologySpreadConstraint;
  counts: Map<string, number>;
  /** 1 when the Pod itself will be counted. */
  self: number;
}

/**
 * What the topologySpreadConstraints of a Pod say about Nodes.
 *
 * @param eligible whether a Node counts: the Pod's own node selector and affinity allow it
 */
export function spreadView(
  pod: Pod,
  nodes: readonly NodeInfo[],
  eligible: (node: NodeInfo) => boolean,
): PlacementView {
  const constraints = pod.spec.topologySpreadConstraints ?? [];
  const of = (what: TopologySpreadConstraint['whenUnsatisfiable']): Spread[] => {
    const own = constraints.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === what);
    const complete = nodes.filter(
      (node) => eligible(node) && own.every(({ topologyKey }) => Object.hasOwn(node.labels, topologyKey)),
    );
    return own.map((constraint) => countOf(pod, constraint, complete));
  };
  const hard = of('DoNotSchedule');
  const soft = of('ScheduleAnyway');
  return {
    refusal: (node) => hard.map((spread) => refusalBy(spread, node)).find((refusal) => refusal !== undefined),
    preference: (node) => soft.reduce((sum, spread) => sum - at(spread, node), 0),
  };
}

function countOf(pod: Pod, constraint: TopologySpreadConstraint, nodes: readonly NodeInfo[]): Spread {
  const { topologyKey, labelSelector } = constraint;
  const counts = new Map<string, number>();
  for (const { labels, pods } of nodes) {
    const domain = labels[topologyKey] ?? '';
    const matching = [...pods.values()].filter(
      (other) =>
        namespaceOf(other) === namespaceOf(pod) &&
        other.metadata.deletionTimestamp === undefined &&
        matchesSelector(labelSelector, other.metadata.labels),
    );
    counts.set(domain, (counts.get(domain) ?? 0) + matching.length);
  }
  return { constraint, counts, self: matchesSelector(labelSelector, pod.metadata.labels) ? 1 : 0 };
}

function refusalBy(spread: Spread, node: NodeInfo): Refusal | undefined {
  const { constraint, counts, self } = spread;
  if (!Object.hasOwn(node.labels, constraint.topologyKey))
    return { reasons: [`${REASON} (missing required label)`], final: true };
  const tooFew = counts.size < (constraint.minDomains ?? 1);
  const least = tooFew ? 0 : Math.min(...counts.values());
  const skew = at(spread, node) + self - least;
  return skew > constraint.maxSkew ? { reasons: [REASON], final: false } : undefined;
}

function at({ constraint, counts }: Spread, node: NodeInfo): number {
  return counts.get(node.labels[constraint.topologyKey] ?? '') ?? 0;
}
