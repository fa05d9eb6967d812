import { allContainers, type Container, type Pod } from '../../resources/pod.ts';

/** Why a Pod does not meet a standard: `host namespaces (hostNetwork=true)`. */
export interface Violation {
  reason: string;
  detail: string;
}

/** One control of a Pod Security Standard, as k8s.io/pod-security-admission words it. */
export interface Check {
  id: string;
  level: 'baseline' | 'restricted';
  /** The first version 1.N that has it. */
  since: number;
  /** The first that no longer has it. */
  until?: number;
  /** The check of the level below that it stands for. */
  overrides?: string;
  /** @param version 1.N */
  look(pod: Pod, version: number): Violation | undefined;
}

/** The names of the containers for which something holds. */
export function containersThat(pod: Pod, holds: (container: Container) => boolean): string[] {
  return allContainers(pod.spec).flatMap(({ container }) => (holds(container) ? [container.name] : []));
}

/** `container "a"`, `containers "a", "b"` */
export function counted(noun: string, names: readonly string[]): string {
  return `${plural(noun, names.length)} ${quoted(names)}`;
}

export function plural(noun: string, count: number): string {
  return count === 1 ? noun : `${noun}s`;
}

/** `uses` of one, `use` of more. */
export function uses(count: number): string {
  return count === 1 ? 'uses' : 'use';
}

/** As they are, between quotation marks. */
export function quoted(values: readonly string[]): string {
  return values.map((value) => `"${value}"`).join(', ');
}

/** Each value once, in alphabetical order. */
export function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}

/** `pod and containers "a", "b"`: who sets something for themselves. */
export function setters(isPod: boolean, containers: readonly string[]): string {
  const parts = isPod ? ['pod'] : [];
  if (containers.length > 0) parts.push(counted('container', containers));
  return parts.join(' and ');
}

export function isWindows({ spec }: Pod): boolean {
  return spec.os?.name === 'windows';
}
