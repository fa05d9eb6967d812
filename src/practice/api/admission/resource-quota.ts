import { forbidden } from '../failures.ts';
import { compare, plus } from '../quantity.ts';
import { PODS, RESOURCE_QUOTAS } from '../registry.ts';
import type { Surroundings } from '../resource.ts';
import { allContainers, asPod, type Pod } from '../resources/pod.ts';
import { COMPUTE, type Usage, usageOf, usedBy } from '../resources/quota-usage.ts';
import { asResourceQuota, type ResourceQuota } from '../resources/resource-quota.ts';

/**
 * The admission plugin ResourceQuota, of a new Pod. The Pods are counted anew each time: a quota's status, which others
 * read, may be a moment late.
 *
 * @throws {StatusError} Forbidden, worded as Kubernetes words it
 */
export function admitByQuota(pod: Pod, surroundings: Surroundings): void {
  const { namespace = '' } = pod.metadata;
  const quotas = surroundings.list(RESOURCE_QUOTAS, namespace).map(asResourceQuota);
  if (quotas.length === 0) return;
  for (const quota of quotas) requireAmounts(pod, quota);
  const now = Date.parse(surroundings.now());
  const others = surroundings.list(PODS, namespace).map(asPod);
  for (const quota of quotas) requireRoom(pod, quota, others, now);
}

/** Where CPU or memory is limited, each container has to say how much of it; or else the Pod as a whole. */
function requireAmounts(pod: Pod, { metadata, spec }: ResourceQuota): void {
  const ofPod = pod.spec.resources ?? {};
  if (Object.keys({ ...ofPod.requests, ...ofPod.limits }).length > 0) return;
  const missing = Object.keys(spec.hard ?? {})
    .sort()
    .flatMap((name) => {
      const asked = COMPUTE[name];
      if (asked === undefined) return [];
      const without = allContainers(pod.spec)
        .filter(({ container }) => container.resources?.[asked.list]?.[asked.resource] === undefined)
        .map(({ container }) => container.name);
      return without.length === 0 ? [] : [`${name} for: ${without.sort().join(',')}`];
    });
  if (missing.length > 0)
    throw forbidden(
      'pods',
      pod.metadata.name,
      `failed quota: ${metadata.name}: must specify ${missing.join('; ')}`,
    );
}

function requireRoom(pod: Pod, { metadata, spec }: ResourceQuota, others: readonly Pod[], now: number): void {
  const hard = spec.hard ?? {};
  const requested = usageOf(pod, now);
  const used = usedBy(others, Object.keys(hard), now);
  const exceeded = Object.keys(hard)
    .sort()
    .filter((name) => {
      const wanted = requested[name] ?? '0';
      return compare(wanted, '0') !== 0 && compare(plus(used[name]!, wanted), hard[name]!) > 0;
    });
  if (exceeded.length === 0) return;
  const told = (usage: Usage): string => exceeded.map((name) => `${name}=${usage[name]}`).join(',');
  throw forbidden(
    'pods',
    pod.metadata.name,
    `exceeded quota: ${metadata.name}, requested: ${told(requested)}, used: ${told(used)}, limited: ${told(hard)}`,
  );
}
