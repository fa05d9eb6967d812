import { type Amounts, type NodeInfo, requestsOf } from './node-info.ts';
import type { Pod } from './pod.ts';
import { matchesLabels, matchesTerm } from './selector.ts';
import { type Taint, tolerates, untolerated } from './taint.ts';

/** Why a Pod can't go to a Node. `final`: making room there would not help. The words are the scheduler's own. */
export interface Refusal {
  reasons: string[];
  final: boolean;
}

/** What somebody says about Nodes as places for one Pod. */
export interface PlacementView {
  refusal(node: NodeInfo): Refusal | undefined;
  /** The more, the better. */
  preference(node: NodeInfo): number;
}

const UNSCHEDULABLE: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

const final = (reason: string): Refusal => ({ reasons: [reason], final: true });

/** Whether a Pod may go to a Node, by the scheduler's filters in their order; the first that says no decides. */
export function refusalOf(pod: Pod, node: NodeInfo, views: readonly PlacementView[]): Refusal | undefined {
  const tolerations = pod.spec.tolerations ?? [];
  if (node.unschedulable && !tolerations.some((toleration) => tolerates(toleration, UNSCHEDULABLE)))
    return final('node(s) were unschedulable');
  const [taint] = untolerated(
    node.taints.filter(({ effect }) => effect !== 'PreferNoSchedule'),
    tolerations,
  );
  if (taint) return final(`node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`);
  if (!matchesNodeAffinity(pod, node)) return final("node(s) didn't match Pod's node affinity/selector");
  if (portsTaken(pod, node))
    return { reasons: ["node(s) didn't have free ports for the requested pod ports"], final: false };
  const little = tooLittle(pod, node);
  if (little) return little;
  for (const view of views) {
    const refusal = view.refusal(node);
    if (refusal) return refusal;
  }
  return undefined;
}

export function matchesNodeAffinity({ spec }: Pod, node: NodeInfo): boolean {
  if (!matchesLabels(spec.nodeSelector, node.labels)) return false;
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required === undefined || required.nodeSelectorTerms.some((term) => matchesTerm(term, node));
}

interface HostPort {
  port: number;
  protocol: string;
  address: string;
}

function hostPorts({ spec }: Pod): HostPort[] {
  return spec.containers.flatMap(({ ports = [] }) =>
    ports.flatMap(({ hostPort = 0, protocol = 'TCP', hostIP = '' }) =>
      hostPort === 0 ? [] : [{ port: hostPort, protocol, address: hostIP === '' ? '0.0.0.0' : hostIP }],
    ),
  );
}

function portsTaken(pod: Pod, node: NodeInfo): boolean {
  const wanted = hostPorts(pod);
  if (wanted.length === 0) return false;
  const taken = [...node.pods.values()].flatMap(hostPorts);
  return wanted.some((a) => taken.some((b) => conflict(a, b)));
}

function conflict(a: HostPort, b: HostPort): boolean {
  if (a.port !== b.port || a.protocol !== b.protocol) return false;
  return a.address === b.address || a.address === '0.0.0.0' || b.address === '0.0.0.0';
}

function tooLittle(pod: Pod, node: NodeInfo): Refusal | undefined {
  const { allocatable, requested } = node;
  const reasons: string[] = [];
  let never = false;
  if (node.pods.size + 1 > (allocatable['pods'] ?? 0)) reasons.push('Too many pods');
  const wanted: Amounts = requestsOf(pod);
  for (const [resource, amount] of Object.entries(wanted)) {
    const there = allocatable[resource] ?? 0;
    // A little tolerance: sums of floating point numbers.
    if (amount === 0 || amount <= there - (requested[resource] ?? 0) + 1e-9) continue;
    reasons.push(`Insufficient ${resource}`);
    if (amount > there) never = true;
  }
  return reasons.length > 0 ? { reasons, final: never } : undefined;
}
