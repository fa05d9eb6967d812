import { forbidden } from '../../failures.ts';
import { NAMESPACES } from '../../registry.ts';
import type { Ruling } from '../../resource.ts';
import type { Container, Pod } from '../../resources/pod.ts';
import { policyOf, type Standard, standardText } from './policy.ts';
import { violationsOf, violationsText } from './standard.ts';

/**
 * The admission plugin PodSecurity, of a Pod: its namespace's labels say what it is held to.
 *
 * @throws {StatusError} Forbidden, worded as Kubernetes words it
 */
export function admitBySecurity(pod: Pod, previous: Pod | undefined, ruling: Ruling): void {
  if (previous !== undefined && !changesImages(pod, previous)) return;
  const namespace = ruling.find(NAMESPACES, undefined, pod.metadata.namespace ?? '');
  const { policy } = policyOf(namespace?.metadata.labels);
  const refusal = told(pod, policy.enforce);
  if (refusal !== undefined) throw forbidden('pods', pod.metadata.name, `violates ${refusal}`);
  warnOf(pod, policy.warn, ruling);
}

/**
 * Of what makes Pods: nobody is refused for a template, but warned. An update that leaves it as it was says nothing new,
 * and is warned of all the same.
 */
export function warnOfTemplate(pod: Pod, ruling: Ruling): void {
  const namespace = ruling.find(NAMESPACES, undefined, pod.metadata.namespace ?? '');
  warnOf(pod, policyOf(namespace?.metadata.labels).policy.warn, ruling);
}

function warnOf(pod: Pod, standard: Standard, ruling: Ruling): void {
  const warning = told(pod, standard);
  if (warning !== undefined) ruling.warn(`would violate ${warning}`);
}

function told(pod: Pod, standard: Standard): string | undefined {
  const violations = violationsOf(pod, standard);
  if (violations.length === 0) return undefined;
  return `PodSecurity "${standardText(standard)}": ${violationsText(violations)}`;
}

/** Nothing else that may be changed of a Pod matters. */
function changesImages(after: Pod, before: Pod): boolean {
  const images = (containers: readonly Container[] = []): string[] =>
    containers.map(({ image = '' }) => image);
  return (['containers', 'initContainers', 'ephemeralContainers'] as const).some(
    (list) => images(after.spec[list]).join('\n') !== images(before.spec[list]).join('\n'),
  );
}
