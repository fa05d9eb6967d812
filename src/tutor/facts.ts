import { inSubnet } from '../cluster/address.ts';
import { ApiError } from '../cluster/api.ts';
import { TransportError } from '../cluster/connection.ts';
import { type DetectedNetwork, detectNetwork, type NetworkName } from '../cluster/network.ts';
import { isReady, listNodes, type Node, nodeAddresses } from '../cluster/node.ts';
import { subnetsOf } from '../cluster/node-subnets.ts';
import { findPod, listPods, type Pod, podAddresses } from '../cluster/pod.ts';
import { addressesSeenBy } from '../checks/same-address.ts';
import type { CheckContext } from '../checks/context.ts';
import { type FactField, type FactReference, factName } from '../lesson/fact-reference.ts';
import { missingPermission, permissionText } from '../cluster/permission.ts';
import { type FactValue, known, unknown } from './fact-value.ts';
import { isNetworkFact, pathFact, routeFact, routeSeenBy, type RouteView } from './path-facts.ts';

/** A live fact, looked up on the learner's own cluster. */
export interface Fact {
  name: string;
  label: string;
  /** One line for each value; a table's rows are one value each. */
  values: string[];
  /** Known: measured, or simulated by the practice cluster. Unknown: `values` says why. */
  known: boolean;
  origin: 'measured' | 'simulated';
  /** The kubectl line that shows the same. */
  command: string;
}

/** Reads Nodes, and whatever else costs a request, once for all facts of a page. */
class FactSources {
  private readonly context: CheckContext;
  private nodeList: Promise<Node[]> | undefined;
  private detected: Promise<DetectedNetwork> | undefined;
  private readonly pods = new Map<string, Promise<Pod | undefined>>();
  private readonly routes = new Map<string, Promise<RouteView>>();

  constructor(context: CheckContext) {
    this.context = context;
  }

  nodes(): Promise<Node[]> {
    return (this.nodeList ??= listNodes(this.context.api));
  }

  pod(name: string): Promise<Pod | undefined> {
    const known = this.pods.get(name);
    if (known !== undefined) return known;
    const found = findPod(this.context.api, this.context.namespace, name);
    this.pods.set(name, found);
    return found;
  }

  async network(): Promise<DetectedNetwork> {
    const nodes = await this.nodes();
    return (this.detected ??= detectNetwork(this.context.api, nodes));
  }

  route(pod: Pod): Promise<RouteView> {
    const known = this.routes.get(pod.metadata.name);
    if (known !== undefined) return known;
    const view = routeSeenBy(this.context, pod);
    this.routes.set(pod.metadata.name, view);
    return view;
  }
}

/** Looks all facts up at once. A fact that can't be had says why; it never keeps the others from being shown. */
export async function lookUpFacts(
  references: FactReference[],
  context: CheckContext,
  version: string,
): Promise<Fact[]> {
  const sources = new FactSources(context);
  return Promise.all(
    references.map(async (reference): Promise<Fact> => {
      const value = await valueOf(reference, context, sources, version).catch(unknownBecause);
      return {
        name: factName(reference),
        label: labelOf(reference),
        ...value,
        origin: context.origin,
        command: commandOf(reference, context),
      };
    }),
  );
}

function valueOf(
  reference: FactReference,
  context: CheckContext,
  sources: FactSources,
  version: string,
): Promise<FactValue> {
  switch (reference.kind) {
    case 'cluster':
      return clusterFact(reference.field, context, sources, version);
    case 'nodes':
      return nodesFact(reference.field, sources);
    case 'pod':
      return podFact(reference.pod, reference.field, sources);
    case 'container':
      return containerFact(reference.pod, reference.container, context, sources);
  }
}

/** The networks that the deck has a page about. */
const PRODUCTS = { flannel: 'Flannel', gce: 'GCE routes', calico: 'Calico' } satisfies Record<
  string,
  NetworkName
>;

async function clusterFact(
  field: FactField<'cluster'>,
  context: CheckContext,
  sources: FactSources,
  version: string,
): Promise<FactValue> {
  if (field === 'version') return known(`Kubernetes ${version}`);
  const nodes = await sources.nodes();
  if (field === 'nodes') {
    const ready = nodes.filter(isReady).length;
    return known(`${nodes.length} (${ready} ready): ${nodes.map((node) => node.metadata.name).join(', ')}`);
  }
  const network = await sources.network();
  if (field === 'network') return known(`${network.name} (${network.evidence.join('; ')})`);
  if (field !== 'path') return isNetworkFact(PRODUCTS[field], network);
  const pods = await podsToBeSeen(context);
  const asked = pods.find((pod) => pod.spec.hostNetwork !== true && pod.status?.phase === 'Running');
  const route = asked && { pod: asked.metadata.name, view: await sources.route(asked) };
  return pathFact(network, nodes, pods, route);
}

/** The Pods of the lesson are an example only: where they may not be listed, the rest is told without one. */
async function podsToBeSeen({ api, namespace }: CheckContext): Promise<Pod[]> {
  try {
    // One that goes is no example: a moment later nobody finds it.
    return (await listPods(api, namespace)).filter((pod) => pod.metadata.deletionTimestamp === undefined);
  } catch (error) {
    if (error instanceof ApiError) return [];
    throw error;
  }
}

async function nodesFact(field: FactField<'nodes'>, sources: FactSources): Promise<FactValue> {
  const nodes = await sources.nodes();
  const values = nodes.map((node) => {
    const name = node.metadata.name;
    if (field === 'subnets') return `${name}: ${subnetsOf(node).join(', ') || 'none in node.spec.podCIDR'}`;
    const internal = nodeAddresses(node, 'InternalIP').join(', ') || 'none';
    const external = nodeAddresses(node, 'ExternalIP').join(', ') || 'none';
    return `${name}: internal ${internal}, external ${external}`;
  });
  return { values, known: true };
}

async function podFact(name: string, field: FactField<'pod'>, sources: FactSources): Promise<FactValue> {
  const pod = await sources.pod(name);
  if (pod === undefined) return unknown('not there yet');
  const address = podAddresses(pod)[0];
  switch (field) {
    case 'ip':
      return address === undefined ? unknown('none yet') : known(podAddresses(pod).join(', '));
    case 'node':
      return pod.spec.nodeName === undefined ? unknown('none yet') : known(pod.spec.nodeName);
    case 'phase':
      return known(pod.status?.phase ?? 'unknown');
    case 'subnet':
      return address === undefined
        ? unknown('no address yet')
        : podSubnet(pod, address, await sources.nodes());
    case 'route':
      return routeFact(await sources.route(pod));
  }
}

/** A Node's podCIDR is where its Pods' addresses come from only if they lie in it; Calico, Cilium, AWS do otherwise. */
function podSubnet(pod: Pod, address: string, nodes: Node[]): FactValue {
  const node = nodes.find((each) => each.metadata.name === pod.spec.nodeName);
  const subnets = node === undefined ? [] : subnetsOf(node);
  const home = subnets.find((subnet) => inSubnet(address, subnet));
  if (home !== undefined) return known(`${home}, the subnet of Node ${pod.spec.nodeName}`);
  if (subnets.length === 0)
    return known(`Node ${pod.spec.nodeName} names no subnet; the network assigns addresses its own way`);
  return known(
    `${address} lies outside ${subnets.join(', ')}, which Node ${pod.spec.nodeName} names; the network assigns addresses its own way`,
  );
}

async function containerFact(
  name: string,
  container: string,
  context: CheckContext,
  sources: FactSources,
): Promise<FactValue> {
  const pod = await sources.pod(name);
  if (pod === undefined) return unknown('not there yet');
  const view = await addressesSeenBy(context, pod, container);
  return 'finding' in view ? unknown(view.finding.observed) : known(view.addresses.join(', '));
}

function unknownBecause(error: unknown): FactValue {
  if (error instanceof ApiError) {
    const permission = error.status === 403 ? missingPermission(error.message) : undefined;
    return unknown(permission === undefined ? error.message : `you may not: ${permissionText(permission)}`);
  }
  if (error instanceof TransportError && error.reason !== 'aborted') return unknown(error.message);
  throw error;
}

const CLUSTER_LABELS: Record<FactField<'cluster'>, string> = {
  version: 'Version',
  nodes: 'Nodes',
  network: 'Network',
  path: 'To a Pod on another Node',
  flannel: 'Flannel',
  gce: 'Google Compute Engine',
  calico: 'Calico',
};

const POD_LABELS: Record<FactField<'pod'>, string> = {
  ip: 'address',
  node: 'Node',
  phase: 'phase',
  subnet: 'subnet',
  route: 'way out',
};

function labelOf(reference: FactReference): string {
  switch (reference.kind) {
    case 'cluster':
      return CLUSTER_LABELS[reference.field];
    case 'nodes':
      return { addresses: 'Node addresses', subnets: 'Node subnets' }[reference.field];
    case 'pod':
      return `Pod ${reference.pod}, ${POD_LABELS[reference.field]}`;
    case 'container':
      return `Container ${reference.container}, own view`;
  }
}

function commandOf(reference: FactReference, { kubectl }: CheckContext): string {
  switch (reference.kind) {
    case 'cluster':
      if (reference.field === 'version') return kubectl('version');
      return reference.field === 'nodes' ? kubectl('get', 'nodes') : kubectl('get', 'nodes', '-o', 'yaml');
    case 'nodes':
      return kubectl('get', 'nodes', '-o', 'wide');
    case 'pod':
      if (reference.field === 'route')
        return kubectl('exec', reference.pod, '--', 'cat', '/proc/net/route', '/sys/class/net/eth0/mtu');
      return kubectl('get', 'pod', reference.pod, '-o', 'wide');
    case 'container':
      return kubectl('exec', reference.pod, '-c', reference.container, '--', 'cat', '/proc/net/fib_trie');
  }
}
