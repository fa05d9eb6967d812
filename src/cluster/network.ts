import { type Api, ApiError, type KubernetesObject } from './api.ts';
import type { Node } from './node.ts';
import { objectPath } from './resources.ts';

export type NetworkName = 'Flannel' | 'Calico' | 'Cilium' | 'kindnet' | 'GCE routes' | 'Weave' | 'unknown';

/** Which network solution a cluster seems to run, and what says so. "unknown" is an answer. */
export interface DetectedNetwork {
  name: NetworkName;
  evidence: string[];
}

type Hint = { name: NetworkName; evidence: string };

const ANNOTATIONS: [RegExp, NetworkName][] = [
  [/^projectcalico\.org\//, 'Calico'],
  [/^(network|io)\.cilium(\.io)?[./]/, 'Cilium'],
  [/^flannel\.alpha\.coreos\.com\//, 'Flannel'],
];

/** Reasons of the Node condition NetworkUnavailable, written by the network that took care of it. */
const REASONS: Record<string, NetworkName> = {
  CalicoIsUp: 'Calico',
  CiliumIsUp: 'Cilium',
  FlannelIsUp: 'Flannel',
  WeaveIsUp: 'Weave',
  RouteCreated: 'GCE routes',
};

const DAEMON_SETS: [RegExp, NetworkName][] = [
  [/^calico-node$/, 'Calico'],
  [/^cilium$/, 'Cilium'],
  [/^kube-flannel/, 'Flannel'],
  [/^kindnet$/, 'kindnet'],
  [/^weave-net$/, 'Weave'],
];

/** When several leave traces (Canal: Calico's policies on Flannel's network), the first of these moves the packets. */
const PRECEDENCE: NetworkName[] = ['Cilium', 'Flannel', 'Calico', 'Weave', 'kindnet', 'GCE routes'];

/**
 * Reads the hints a network leaves in the API. Each is optional, a hint that may not be read is passed over: k3s, for
 * example, runs Flannel without a DaemonSet and only the annotations tell.
 */
export async function detectNetwork(api: Api, nodes: Node[]): Promise<DetectedNetwork> {
  const hints = [...nodes.flatMap(nodeHints), ...(await daemonSetHints(api))];
  const name = PRECEDENCE.find((each) => hints.some((hint) => hint.name === each));
  if (name === undefined)
    return { name: 'unknown', evidence: ['no known network has left a trace in the API'] };
  const evidence = new Set(hints.filter((hint) => hint.name === name).map((hint) => hint.evidence));
  return { name, evidence: [...evidence] };
}

function nodeHints(node: Node): Hint[] {
  const hints: Hint[] = [];
  for (const [pattern, name] of ANNOTATIONS)
    for (const key of Object.keys(node.metadata.annotations ?? {}))
      if (pattern.test(key)) hints.push({ name, evidence: `Nodes carry the annotation ${key}` });
  const reason = node.status?.conditions?.find((each) => each.type === 'NetworkUnavailable')?.reason ?? '';
  const byReason = REASONS[reason];
  if (byReason !== undefined)
    hints.push({ name: byReason, evidence: `condition NetworkUnavailable has the reason ${reason}` });
  return hints;
}

async function daemonSetHints(api: Api): Promise<Hint[]> {
  try {
    const { items } = await api.list<KubernetesObject>(objectPath('apps/v1', 'daemonsets'));
    return items.flatMap(({ metadata }) =>
      DAEMON_SETS.filter(([pattern]) => pattern.test(metadata.name)).map(([, name]) => ({
        name,
        evidence: `DaemonSet ${metadata.name} in namespace ${metadata.namespace}`,
      })),
    );
  } catch (error) {
    if (error instanceof ApiError) return [];
    throw error;
  }
}
