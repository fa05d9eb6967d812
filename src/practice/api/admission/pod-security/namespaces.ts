import { invalidObject } from '../../field-error.ts';
import type { KubernetesObject } from '../../object.ts';
import { PODS } from '../../registry.ts';
import type { Ruling } from '../../resource.ts';
import { asPod } from '../../resources/pod.ts';
import { LEVELS, policyOf, type Standard, standardText } from './policy.ts';
import { violationsOf } from './standard.ts';

/**
 * The admission plugin PodSecurity, of a namespace: labels that can't be read are refused; of a stricter level the
 * Pods that are there already and do not meet it are told, and stay.
 *
 * @throws {StatusError} Invalid
 */
export function admitPolicy(
  { metadata: { name, labels } }: KubernetesObject,
  previous: KubernetesObject | undefined,
  ruling: Ruling,
): void {
  const { policy, errors } = policyOf(labels);
  const before = previous && policyOf(previous.metadata.labels);
  const isNew = JSON.stringify(errors) !== JSON.stringify(before?.errors ?? []);
  if (errors.length > 0 && isNew) throw invalidObject('', 'Namespace', name, errors);
  if (before === undefined || !isStricter(policy.enforce, before.policy.enforce)) return;
  for (const warning of warningsOf(name, policy.enforce, ruling)) ruling.warn(warning);
}

/** Of another version nobody can say, unless it asks for nothing. */
function isStricter(after: Standard, before: Standard): boolean {
  if (after.level === 'privileged') return false;
  return after.version !== before.version || LEVELS.indexOf(after.level) > LEVELS.indexOf(before.level);
}

function warningsOf(namespace: string, standard: Standard, ruling: Ruling): string[] {
  const names = new Map<string, string[]>();
  for (const pod of ruling.list(PODS, namespace).map(asPod)) {
    const reasons = violationsOf(pod, standard).map(({ reason }) => reason);
    if (reasons.length === 0) continue;
    const text = reasons.join(', ');
    names.set(text, [...(names.get(text) ?? []), pod.metadata.name]);
  }
  if (names.size === 0) return [];
  const lines = [...names].map(
    ([reasons, [first, ...others]]) => `${first}${andOthers(others.length)}: ${reasons}`,
  );
  return [
    `existing pods in namespace "${namespace}" violate the new PodSecurity enforce level "${standardText(standard)}"`,
    ...lines.sort(),
  ];
}

function andOthers(count: number): string {
  if (count === 0) return '';
  return ` (and ${count} other ${count === 1 ? 'pod' : 'pods'})`;
}
