import type { KubernetesObject } from '../api/object.ts';
import { podTotal } from '../api/resources/pod-total.ts';
import type { ContainerSpec, Pod } from './pod.ts';
import { parseQuantity } from './quantity.ts';
import type { Taint } from './taint.ts';

export type Amounts = Record<string, number>;

/** A Node and the Pods on it, as the scheduler sees them. */
export class NodeInfo {
  readonly name: string;
  labels: Record<string, string> = {};
  taints: Taint[] = [];
  unschedulable = false;
  allocatable: Amounts = {};
  readonly pods = new Map<string, Pod>();
  readonly requested: Amounts = {};
  /** What the score counts: containers without a request count for a little. */
  readonly scored: Amounts = {};

  constructor(node: KubernetesObject) {
    this.name = node.metadata.name;
    this.update(node);
  }

  update(node: KubernetesObject): void {
    const spec = (node['spec'] ?? {}) as { taints?: Taint[]; unschedulable?: boolean };
    const status = (node['status'] ?? {}) as { allocatable?: Record<string, string> };
    this.labels = node.metadata.labels ?? {};
    this.taints = spec.taints ?? [];
    this.unschedulable = spec.unschedulable === true;
    this.allocatable = parse(status.allocatable ?? {});
  }

  add(pod: Pod): void {
    if (this.pods.has(pod.metadata.uid)) this.remove(pod.metadata.uid);
    this.pods.set(pod.metadata.uid, pod);
    this.count(pod, 1);
  }

  remove(uid: string): void {
    const pod = this.pods.get(uid);
    if (!pod) return;
    this.pods.delete(uid);
    this.count(pod, -1);
  }

  private count(pod: Pod, sign: 1 | -1): void {
    for (const [sums, amounts] of [
      [this.requested, requestsOf(pod)],
      [this.scored, scoredRequestsOf(pod)],
    ] as const)
      for (const [resource, amount] of Object.entries(amounts))
        sums[resource] = (sums[resource] ?? 0) + sign * amount;
  }
}

/** What a Pod asks for: all its containers together, or its greediest init container beside the sidecars before it. */
export function requestsOf(pod: Pod): Amounts {
  return total(pod, (container) => parse(container.resources?.requests ?? {}));
}

/** The scheduler's own defaults for scoring: 0.1 CPU and 200 MB for each container that asks for nothing. */
export function scoredRequestsOf(pod: Pod): Amounts {
  return total(pod, (container) => {
    const { cpu = 0.1, memory = 200 * 1024 * 1024 } = parse(container.resources?.requests ?? {});
    return { cpu, memory };
  });
}

function total({ spec }: Pod, amountsOf: (container: ContainerSpec) => Amounts): Amounts {
  return podTotal(spec, amountsOf, (a, b) => a + b, Math.max);
}

function parse(quantities: Record<string, string | number>): Amounts {
  return Object.fromEntries(
    Object.entries(quantities).map(([resource, quantity]) => [resource, parseQuantity(quantity)]),
  );
}
