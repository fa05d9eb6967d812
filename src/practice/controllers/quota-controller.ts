import { PODS, type Registry, RESOURCE_QUOTAS } from '../api/registry.ts';
import { asPod } from '../api/resources/pod.ts';
import { usedBy } from '../api/resources/quota-usage.ts';
import { asResourceQuota } from '../api/resources/resource-quota.ts';
import type { Clock } from '../clock.ts';
import { type Fault, guarded } from './guard.ts';

/** All quotas are counted for again so often: Pods that should be gone cease to count when nothing happens. */
const RESYNC = 5 * 60_000;

/** Keeps in the status of each quota what the Pods of its namespace come to. @returns what stops it */
export function countForQuotas(options: { registry: Registry; clock: Clock; fault: Fault }): () => void {
  const { registry, clock, fault } = options;
  const queued = new Set<string>();
  let stopped = false;
  const look = (namespace: string): void => {
    if (queued.has(namespace)) return;
    queued.add(namespace);
    queueMicrotask(
      guarded(() => {
        queued.delete(namespace);
        if (!stopped) count(registry, namespace, clock.now());
      }, fault),
    );
  };
  const resync = (): void => {
    for (const { metadata } of registry.list(RESOURCE_QUOTAS)) look(metadata.namespace ?? '');
    stopClock = clock.after(RESYNC, resync);
  };
  let stopClock = clock.after(RESYNC, resync);
  const stops = [RESOURCE_QUOTAS, PODS].map((resource) =>
    registry.follow(resource, ({ object }) => look(object.metadata.namespace ?? '')),
  );
  return () => {
    stopped = true;
    for (const stop of [...stops, stopClock]) stop();
  };
}

function count(registry: Registry, namespace: string, now: number): void {
  const quotas = registry.list(RESOURCE_QUOTAS, namespace).map(asResourceQuota);
  if (quotas.length === 0) return;
  const pods = registry.list(PODS, namespace).map(asPod);
  for (const { metadata, spec } of quotas) {
    const hard = spec.hard ?? {};
    const used = usedBy(pods, Object.keys(hard), now);
    registry.updateStatus(RESOURCE_QUOTAS, namespace, metadata.name, () => ({ hard, used }));
  }
}
