import { isReady } from './pod-readiness.ts';
import type { Pod } from './pod.ts';

const COST = 'controller.kubernetes.io/pod-deletion-cost';
const PHASES = ['Pending', 'Unknown', 'Running'];

/**
 * Sorts Pods as a ReplicaSet that is scaled down ends them (kubernetes/pkg/controller, ActivePodsWithRanks): first what
 * serves least. Ages are compared by their order of magnitude, so that not always the youngest goes.
 *
 * @param related all Pods of the same Deployment: where many of them share a Node, some of these go first
 * @param now milliseconds since 1970
 */
export function inDeletionOrder(pods: readonly Pod[], related: readonly Pod[], now: number): Pod[] {
  const onNode = new Map<string, number>();
  for (const { spec } of related)
    if (spec.nodeName !== undefined) onNode.set(spec.nodeName, (onNode.get(spec.nodeName) ?? 0) + 1);
  const crowd = ({ spec }: Pod): number => onNode.get(spec.nodeName ?? '') ?? 0;
  return [...pods].sort(
    (a, b) =>
      Number(isAssigned(a)) - Number(isAssigned(b)) ||
      phase(a) - phase(b) ||
      Number(isReady(a)) - Number(isReady(b)) ||
      cost(a) - cost(b) ||
      crowd(b) - crowd(a) ||
      (isReady(a) && isReady(b) ? younger(readySince(a), readySince(b), a, b, now) : 0) ||
      restarts(b) - restarts(a) ||
      younger(a.metadata.creationTimestamp, b.metadata.creationTimestamp, a, b, now),
  );
}

function isAssigned({ spec }: Pod): boolean {
  return (spec.nodeName ?? '') !== '';
}

function phase({ status }: Pod): number {
  return PHASES.indexOf(status?.phase ?? 'Pending');
}

function cost({ metadata }: Pod): number {
  const value = metadata.annotations?.[COST] ?? '0';
  return /^-?\d+$/.test(value) ? Number(value) : 0;
}

function restarts({ status }: Pod): number {
  return Math.max(0, ...(status?.containerStatuses ?? []).map(({ restartCount }) => restartCount));
}

function readySince({ status }: Pod): string {
  return status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime ?? '';
}

/** Negative where `a` goes first. Times that are equal decide nothing. */
function younger(timeA: string, timeB: string, a: Pod, b: Pod, now: number): number {
  if (timeA === timeB) return 0;
  const difference = magnitude(now - Date.parse(timeA)) - magnitude(now - Date.parse(timeB));
  if (difference !== 0) return difference;
  return a.metadata.uid < b.metadata.uid ? -1 : 1;
}

/** Of nanoseconds, as Go counts them. */
function magnitude(milliseconds: number): number {
  return milliseconds > 0 ? Math.trunc(Math.log2(milliseconds * 1e6)) : -1;
}
