import { own } from '../api/own.ts';
import type { NodeInfo } from './node-info.ts';
import { namespaceOf, type Pod, type PodAffinityTerm } from './pod.ts';
import type { PlacementView } from './scheduling-filter.ts';
import { matchesSelector } from './selector.ts';

export interface Surroundings {
  nodes: Iterable<NodeInfo>;
  /** Those among the Pods on the Nodes that have terms of their own. */
  withTerms: Iterable<{ pod: Pod; node: NodeInfo }>;
  namespaceLabels(name: string): Record<string, string> | undefined;
}

/** Of a topology key's values, how many matching Pods, or how much weight. */
class Tally {
  private readonly counts = new Map<string, number>();

  add(node: NodeInfo, key: string, amount: number): void {
    const value = own(node.labels, key);
    if (value === undefined) return;
    const place = `${key}=${value}`;
    this.counts.set(place, (this.counts.get(place) ?? 0) + amount);
  }

  at(node: NodeInfo, key: string): number {
    return this.counts.get(`${key}=${own(node.labels, key) ?? ''}`) ?? 0;
  }

  get empty(): boolean {
    return this.counts.size === 0;
  }
}

/** How strongly a required affinity of a Pod that is there pulls matching ones (--hard-pod-affinity-weight). */
const HARD_WEIGHT = 1;

/** What the affinity terms of a Pod, and those of the Pods that are there, say about Nodes. */
export function affinityView(pod: Pod, surroundings: Surroundings): PlacementView {
  const matches = (term: PodAffinityTerm, owner: Pod, other: Pod): boolean =>
    inNamespaces(term, owner, other, surroundings) &&
    matchesSelector(term.labelSelector, other.metadata.labels);
  const required = pod.spec.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  const forbidden = pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  const wishes = pod.spec.affinity?.podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  const aversions = pod.spec.affinity?.podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  const near = required.map(() => new Tally());
  const apart = new Tally();
  const taken = new Tally();
  const takenKeys = new Set<string>();
  const score = new Tally();
  const scoreKeys = new Set<string>();
  const weigh = (node: NodeInfo, key: string, weight: number): void => {
    scoreKeys.add(key);
    score.add(node, key, weight);
  };
  if (required.length + forbidden.length + wishes.length + aversions.length > 0)
    for (const node of surroundings.nodes)
      for (const other of node.pods.values()) {
        // Affinity terms are met by a Pod that matches all of them.
        if (required.length > 0 && required.every((term) => matches(term, pod, other)))
          required.forEach((term, index) => near[index]?.add(node, term.topologyKey, 1));
        for (const term of forbidden) if (matches(term, pod, other)) apart.add(node, term.topologyKey, 1);
        for (const { weight, podAffinityTerm: term } of wishes)
          if (matches(term, pod, other)) weigh(node, term.topologyKey, weight);
        for (const { weight, podAffinityTerm: term } of aversions)
          if (matches(term, pod, other)) weigh(node, term.topologyKey, -weight);
      }
  for (const { pod: other, node } of surroundings.withTerms) {
    const { podAffinity, podAntiAffinity } = other.spec.affinity ?? {};
    for (const term of podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [])
      if (matches(term, other, pod)) {
        takenKeys.add(term.topologyKey);
        taken.add(node, term.topologyKey, 1);
      }
    for (const term of podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [])
      if (matches(term, other, pod)) weigh(node, term.topologyKey, HARD_WEIGHT);
    for (const {
      weight,
      podAffinityTerm: term,
    } of podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [])
      if (matches(term, other, pod)) weigh(node, term.topologyKey, weight);
    for (const {
      weight,
      podAffinityTerm: term,
    } of podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [])
      if (matches(term, other, pod)) weigh(node, term.topologyKey, -weight);
  }
  // The first Pod of a group that wants to be near its own kind may go anywhere.
  const first = near.every((tally) => tally.empty) && required.every((term) => matches(term, pod, pod));
  return {
    refusal(node) {
      const together = required.every(
        ({ topologyKey }, index) =>
          own(node.labels, topologyKey) !== undefined &&
          (first || (near[index]?.at(node, topologyKey) ?? 0) > 0),
      );
      if (!together) return { reasons: ["node(s) didn't match pod affinity rules"], final: true };
      if (forbidden.some(({ topologyKey }) => apart.at(node, topologyKey) > 0))
        return { reasons: ["node(s) didn't match pod anti-affinity rules"], final: false };
      if ([...takenKeys].some((key) => taken.at(node, key) > 0))
        return { reasons: ["node(s) didn't satisfy existing pods anti-affinity rules"], final: false };
      return undefined;
    },
    preference: (node) => [...scoreKeys].reduce((sum, key) => sum + score.at(node, key), 0),
  };
}

/** Without namespaces a term is about those of its own Pod. */
function inNamespaces(term: PodAffinityTerm, owner: Pod, other: Pod, surroundings: Surroundings): boolean {
  const namespace = namespaceOf(other);
  if (term.namespaces?.includes(namespace) === true) return true;
  if (term.namespaceSelector)
    return matchesSelector(term.namespaceSelector, surroundings.namespaceLabels(namespace));
  return (term.namespaces ?? []).length === 0 && namespace === namespaceOf(owner);
}

export function hasTerms(pod: Pod): boolean {
  return pod.spec.affinity?.podAffinity !== undefined || pod.spec.affinity?.podAntiAffinity !== undefined;
}
