import { type Api, ApiError, type KubernetesObject } from './api.ts';
import type { Node } from './node.ts';
import { objectPath } from './resources.ts';

export type NetworkName =
  | 'Flannel'
  | 'Calico'
  | 'Cilium'
  | 'kindnet'
  | 'GCE routes'
  /** Routes that another cloud than Google's keeps for the Nodes. */
  | 'cloud routes'
  | 'AWS VPC'
  | 'Weave'
  | 'unknown';

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

/** Reasons of the Node condition NetworkUnavailable, written by whatever took care of it; RouteCreated by a cloud's route controller. */
const REASONS: Record<string, NetworkName> = {
  CalicoIsUp: 'Calico',
  CiliumIsUp: 'Cilium',
  FlannelIsUp: 'Flannel',
  WeaveIsUp: 'Weave',
};

/** API groups that a network's own kinds live in. They may outlast it, and be there for its policies alone. */
const GROUPS: [RegExp, NetworkName][] = [
  [/(^|\.)projectcalico\.org$/, 'Calico'],
  [/(^|\.)cilium\.io$/, 'Cilium'],
];

const DAEMON_SETS: [RegExp, NetworkName][] = [
  [/^calico-node$/, 'Calico'],
  [/^cilium$/, 'Cilium'],
  [/^kube-flannel/, 'Flannel'],
  [/^kindnet$/, 'kindnet'],
  [/^weave-net$/, 'Weave'],
  [/^aws-node$/, 'AWS VPC'],
];

/** When several leave traces (Canal: Calico's policies on Flannel's network), the first of these moves the packets. */
const PRECEDENCE: NetworkName[] = [
  'Cilium',
  'Flannel',
  'AWS VPC',
  'Calico',
  'Weave',
  'kindnet',
  'GCE routes',
  'cloud routes',
];

/**
 * Reads the hints a network leaves in the API. Each is optional, a hint that may not be read is passed over: k3s, for
 * example, runs Flannel without a DaemonSet and only the annotations tell. Weaker hints are looked for only where there
 * is no other.
 */
export async function detectNetwork(api: Api, nodes: Node[]): Promise<DetectedNetwork> {
  const daemonSets = await daemonSetHints(api);
  const strong = [...nodes.flatMap(nodeHints), ...(daemonSets ?? [])];
  const hints = strong.length > 0 ? strong : await weakHints(api, nodes, daemonSets === undefined);
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
  const byReason = reason === 'RouteCreated' ? routesOf(node) : REASONS[reason];
  if (byReason !== undefined)
    hints.push({ name: byReason, evidence: `condition NetworkUnavailable has the reason ${reason}` });
  // The provider alone tells where a machine runs, not which network its Pods have.
  if (byReason === 'GCE routes' && node.spec?.providerID?.startsWith('gce:'))
    hints.push({ name: byReason, evidence: 'the Nodes run at Google (providerID gce://…)' });
  return hints;
}

/** Every cloud with a route controller writes RouteCreated. Who it is stands in the Node's providerID, if anywhere. */
function routesOf(node: Node): NetworkName {
  return /^gce:|^$/.test(node.spec?.providerID ?? '') ? 'GCE routes' : 'cloud routes';
}

/** Undefined: they may not be read. */
async function daemonSetHints(api: Api): Promise<Hint[] | undefined> {
  const list = await orUndefined(api.list<KubernetesObject>(objectPath('apps/v1', 'daemonsets')));
  return list?.items.flatMap(({ metadata }) =>
    DAEMON_SETS.filter(([pattern]) => pattern.test(metadata.name)).map(([, name]) => ({
      name,
      evidence: `DaemonSet ${metadata.name} in namespace ${metadata.namespace}`,
    })),
  );
}

async function weakHints(api: Api, nodes: Node[], daemonSetsHidden: boolean): Promise<Hint[]> {
  const answer = await orUndefined(api.get<{ groups?: { name: string }[] }>('/apis'));
  const hints = (answer?.groups ?? []).flatMap(({ name: group }) =>
    GROUPS.filter(([pattern]) => pattern.test(group)).map(([, name]) => ({
      name,
      evidence: `only the API group ${group} says so`,
    })),
  );
  // Where DaemonSets may be read, a kind cluster without kindnet's has another network.
  if (daemonSetsHidden && nodes.some((node) => node.spec?.providerID?.startsWith('kind://')))
    hints.push({
      name: 'kindnet',
      evidence: 'the Nodes are made by kind, which brings kindnet unless told otherwise',
    });
  return hints;
}

async function orUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}
