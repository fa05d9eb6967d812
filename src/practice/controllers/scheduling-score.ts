import { type NodeInfo, scoredRequestsOf } from './node-info.ts';
import type { Pod } from './pod.ts';
import type { PlacementView } from './scheduling-filter.ts';
import { matchesTerm } from './selector.ts';
import { untolerated } from './taint.ts';

const FULL = 100;

/** Weights as in the scheduler's default profile. */
const WEIGHTS = { taints: 3, nodeAffinity: 2, views: 2, free: 1, balance: 1 };

/** How well each of the feasible Nodes suits a Pod, in their order. */
export function scoresOf(pod: Pod, nodes: readonly NodeInfo[], views: readonly PlacementView[]): number[] {
  const taints = normalized(
    nodes.map((node) => -untoleratedPreferences(pod, node)),
    'span',
  );
  const nodeAffinity = normalized(
    nodes.map((node) => nodePreference(pod, node)),
    'share',
  );
  const preferences = views.map((view) =>
    normalized(
      nodes.map((node) => view.preference(node)),
      'span',
    ),
  );
  return nodes.map((node, index) => {
    const { free, balance } = room(pod, node);
    return (
      WEIGHTS.taints * (taints[index] ?? 0) +
      WEIGHTS.nodeAffinity * (nodeAffinity[index] ?? 0) +
      WEIGHTS.views * preferences.reduce((sum, scores) => sum + (scores[index] ?? 0), 0) +
      WEIGHTS.free * free +
      WEIGHTS.balance * balance
    );
  });
}

/** `span`: the worst gets nothing, the best everything. `share`: in proportion to the best. */
function normalized(scores: number[], how: 'span' | 'share'): number[] {
  const best = Math.max(...scores);
  const worst = how === 'span' ? Math.min(...scores) : 0;
  if (best === worst) return scores.map(() => 0);
  return scores.map((score) => Math.floor((FULL * (score - worst)) / (best - worst)));
}

function untoleratedPreferences(pod: Pod, node: NodeInfo): number {
  const preferences = node.taints.filter(({ effect }) => effect === 'PreferNoSchedule');
  return untolerated(preferences, pod.spec.tolerations).length;
}

function nodePreference(pod: Pod, node: NodeInfo): number {
  const preferred = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return preferred.reduce(
    (sum, { weight, preference }) => sum + (matchesTerm(preference, node) ? weight : 0),
    0,
  );
}

/** NodeResourcesFit's LeastAllocated, and how evenly CPU and memory would be used. */
function room(pod: Pod, node: NodeInfo): { free: number; balance: number } {
  const wanted = scoredRequestsOf(pod);
  const shares = ['cpu', 'memory'].map((resource) => {
    const there = node.allocatable[resource] ?? 0;
    const used = (node.scored[resource] ?? 0) + (wanted[resource] ?? 0);
    return there === 0 ? 1 : Math.min(1, used / there);
  });
  const [cpu = 1, memory = 1] = shares;
  return {
    free: Math.floor(FULL * (1 - (cpu + memory) / 2)),
    balance: Math.floor(FULL * (1 - Math.abs(cpu - memory) / 2)),
  };
}
