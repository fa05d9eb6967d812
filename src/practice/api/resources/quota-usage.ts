import { compare, plus } from '../quantity.ts';
import type { Pod, PodSpec } from './pod.ts';
import { podTotal } from './pod-total.ts';

/** Quantities by what a quota can limit. */
export type Usage = Record<string, string>;

/** Of what the containers of a Pod ask for: the names that a quota has for it. */
export const COMPUTE: Readonly<Record<string, { list: 'requests' | 'limits'; resource: 'cpu' | 'memory' }>> =
  {
    cpu: { list: 'requests', resource: 'cpu' },
    memory: { list: 'requests', resource: 'memory' },
    'requests.cpu': { list: 'requests', resource: 'cpu' },
    'requests.memory': { list: 'requests', resource: 'memory' },
    'limits.cpu': { list: 'limits', resource: 'cpu' },
    'limits.memory': { list: 'limits', resource: 'memory' },
  };

/** Everything that a quota of the practice cluster can limit. */
export const LIMITABLE: readonly string[] = ['pods', 'count/pods', ...Object.keys(COMPUTE)];

/**
 * What one Pod counts for (kubernetes/pkg/quota/v1/evaluator/core/pods.go).
 *
 * @param now milliseconds since 1970
 */
export function usageOf(pod: Pod, now: number): Usage {
  const usage: Usage = { 'count/pods': '1' };
  if (isOver(pod, now)) return usage;
  usage['pods'] = '1';
  const totals = { requests: total(pod.spec, 'requests'), limits: total(pod.spec, 'limits') };
  for (const [name, { list, resource }] of Object.entries(COMPUTE)) {
    const amount = totals[list][resource];
    if (amount !== undefined) usage[name] = amount;
  }
  return usage;
}

/** What all Pods together count for, for each of these names. */
export function usedBy(pods: readonly Pod[], names: readonly string[], now: number): Usage {
  const usages = pods.map((pod) => usageOf(pod, now));
  return Object.fromEntries(
    names.map((name) => [name, usages.reduce((sum, usage) => plus(sum, usage[name] ?? '0'), '0')]),
  );
}

/** It has ended, or should have: those on a Node that is lost are charged to nobody. */
function isOver({ metadata, status }: Pod, now: number): boolean {
  if (status.phase === 'Succeeded' || status.phase === 'Failed') return true;
  const { deletionTimestamp, deletionGracePeriodSeconds } = metadata;
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds === undefined) return false;
  return now > Date.parse(deletionTimestamp) + deletionGracePeriodSeconds * 1000;
}

/** What is asked for the Pod as a whole goes before what its containers ask for. */
function total(spec: PodSpec, list: 'requests' | 'limits'): Usage {
  const most = (a: string, b: string): string => (compare(a, b) < 0 ? b : a);
  const ofContainers = podTotal(spec, (container) => container.resources?.[list] ?? {}, plus, most);
  return { ...ofContainers, ...spec.resources?.[list] };
}
