import type { Deployment, ReplicaSet } from '../api/resources/workload.ts';
import { maxSurge } from './rollout-limits.ts';

export const REVISION = 'deployment.kubernetes.io/revision';
const HISTORY = 'deployment.kubernetes.io/revision-history';
const DESIRED = 'deployment.kubernetes.io/desired-replicas';
const MOST = 'deployment.kubernetes.io/max-replicas';
/** What a Deployment's annotations say of it alone. */
const OWN = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  HISTORY,
  DESIRED,
  MOST,
  'deprecated.deployment.rollback.to',
]);

type Annotations = Record<string, string>;

export function revisionOf({ metadata }: ReplicaSet): number {
  return Number(metadata.annotations?.[REVISION] ?? 0) || 0;
}

export function desiredBefore({ metadata }: ReplicaSet): number | undefined {
  return count(metadata.annotations?.[DESIRED]);
}

export function mostBefore({ metadata }: ReplicaSet): number | undefined {
  return count(metadata.annotations?.[MOST]);
}

/** What the newest ReplicaSet's annotations should be: the Deployment's, and a revision above all `others`'. */
export function newestAnnotations(
  { metadata }: Deployment,
  before: Annotations,
  others: readonly ReplicaSet[],
): Annotations {
  const copied = Object.entries(metadata.annotations ?? {}).filter(([key]) => !OWN.has(key));
  const annotations: Annotations = { ...before, ...Object.fromEntries(copied) };
  const revision = Math.max(0, ...others.map(revisionOf)) + 1;
  const last = before[REVISION];
  if (revision <= Number(last ?? 0)) return annotations;
  annotations[REVISION] = String(revision);
  if (last !== undefined) {
    const history = before[HISTORY] ?? '';
    annotations[HISTORY] = history === '' ? last : `${history},${last}`;
  }
  return annotations;
}

/** By which a later scaling knows what there was to share out. */
export function sizeAnnotations(deployment: Deployment): Annotations {
  const { replicas } = deployment.spec;
  return { [DESIRED]: String(replicas), [MOST]: String(replicas + maxSurge(deployment)) };
}

function count(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
