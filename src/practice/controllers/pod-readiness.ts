import type { Pod } from './pod.ts';

export function isReady({ status }: Pod): boolean {
  return (
    status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ===
    true
  );
}

/** It neither has ended nor is going to. */
export function isActive({ metadata, status }: Pod): boolean {
  return (
    status?.phase !== 'Succeeded' && status?.phase !== 'Failed' && metadata.deletionTimestamp === undefined
  );
}

/** Milliseconds until a ready Pod has been so for `minReadySeconds`: 0 when it has; undefined when it isn't ready. */
export function untilAvailable(pod: Pod, minReadySeconds: number, now: number): number | undefined {
  if (!isReady(pod)) return undefined;
  const since = pod.status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime ?? '';
  return Math.max(0, Date.parse(since) + minReadySeconds * 1000 - now) || 0;
}
