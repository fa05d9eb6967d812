import { StatusError } from '../status-error.ts';
import type { KubernetesObject } from '../object.ts';
import type { Pod } from './pod.ts';

/**
 * A Pod on its node, as pods/binding makes it.
 *
 * @param now as Kubernetes writes a time
 * @throws {StatusError} Conflict
 */
export function boundPod(pod: Pod, node: string, now: string): KubernetesObject {
  const { name, deletionTimestamp, generation } = pod.metadata;
  if (deletionTimestamp !== undefined)
    throw refused(name, `pod ${name} is being deleted, cannot be assigned to a host`);
  if (pod.spec.nodeName !== undefined && pod.spec.nodeName !== '')
    throw refused(name, `pod ${name} is already assigned to node "${pod.spec.nodeName}"`);
  const scheduled = {
    type: 'PodScheduled',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: now,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
  };
  const others = (pod.status.conditions ?? []).filter(({ type }) => type !== 'PodScheduled');
  return {
    ...pod,
    spec: { ...pod.spec, nodeName: node },
    status: { ...pod.status, conditions: [...others, scheduled] },
  };
}

function refused(name: string, why: string): StatusError {
  const message = `Operation cannot be fulfilled on pods/binding ${JSON.stringify(name)}: ${why}`;
  return new StatusError(409, 'Conflict', message, { name, kind: 'pods/binding' });
}
