import { inSubnet } from '../cluster/address.ts';
import { ApiError } from '../cluster/api.ts';
import { TransportError } from '../cluster/connection.ts';
import { detectNetwork } from '../cluster/network.ts';
import { isReady, listNodes, type Node, nodeAddresses } from '../cluster/node.ts';
import { findPod, type Pod, podAddresses } from '../cluster/pod.ts';
import { addressesSeenBy } from '../checks/same-address.ts';
import type { CheckContext } from '../checks/context.ts';
import { type FactReference, factName } from '../lesson/fact-reference.ts';
import { missingPermission, permissionText } from '../cluster/permission.ts';

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

/** Reads Nodes once for all facts of a page. */
class FactSources {
  private readonly context: CheckContext;
  private nodeList: Promise<Node[]> | undefined;
  private readonly pods = new Map<string, Promise<Pod | undefined>>();

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
}

type Value = { values: string[]; known: boolean };

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
): Promise<Value> {
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

async function clusterFact(
  field: 'version' | 'nodes' | 'network',
  context: CheckContext,
  sources: FactSources,
  version: string,
): Promise<Value> {
  if (field === 'version') return known(`Kubernetes ${version}`);
  const nodes = await sources.nodes();
  if (field === 'nodes') {
    const ready = nodes.filter(isReady).length;
    return known(`${nodes.length} (${ready} ready): ${nodes.map((node) => node.metadata.name).join(', ')}`);
  }
  const network = await detectNetwork(context.api, nodes);
  return known(`${network.name} (${network.evidence.join('; ')})`);
}

async function nodesFact(field: 'addresses' | 'subnets', sources: FactSources): Promise<Value> {
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

function subnetsOf(node: Node): string[] {
  const { podCIDR, podCIDRs } = node.spec ?? {};
  return podCIDRs ?? (podCIDR === undefined ? [] : [podCIDR]);
}

async function podFact(
  name: string,
  field: 'ip' | 'node' | 'phase' | 'subnet',
  sources: FactSources,
): Promise<Value> {
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
  }
}

/** A Node's podCIDR is where its Pods' addresses come from only if they lie in it; Calico, Cilium, AWS do otherwise. */
function podSubnet(pod: Pod, address: string, nodes: Node[]): Value {
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
): Promise<Value> {
  const pod = await sources.pod(name);
  if (pod === undefined) return unknown('not there yet');
  const view = await addressesSeenBy(context, pod, container);
  return 'finding' in view ? unknown(view.finding.observed) : known(view.addresses.join(', '));
}

function known(value: string): Value {
  return { values: [value], known: true };
}

function unknown(why: string): Value {
  return { values: [why], known: false };
}

function unknownBecause(error: unknown): Value {
  if (error instanceof ApiError) {
    const permission = error.status === 403 ? missingPermission(error.message) : undefined;
    return unknown(permission === undefined ? error.message : `you may not: ${permissionText(permission)}`);
  }
  if (error instanceof TransportError && error.reason !== 'aborted') return unknown(error.message);
  throw error;
}

function labelOf(reference: FactReference): string {
  switch (reference.kind) {
    case 'cluster':
      return { version: 'Version', nodes: 'Nodes', network: 'Network' }[reference.field];
    case 'nodes':
      return { addresses: 'Node addresses', subnets: 'Node subnets' }[reference.field];
    case 'pod':
      return `Pod ${reference.pod}, ${{ ip: 'address', node: 'Node', phase: 'phase', subnet: 'subnet' }[reference.field]}`;
    case 'container':
      return `Container ${reference.container}, own view`;
  }
}

function commandOf(reference: FactReference, context: CheckContext): string {
  switch (reference.kind) {
    case 'cluster':
      return reference.field === 'version' ? context.kubectl('version') : context.kubectl('get', 'nodes');
    case 'nodes':
      return context.kubectl('get', 'nodes', '-o', 'wide');
    case 'pod':
      return context.kubectl('get', 'pod', reference.pod, '-o', 'wide');
    case 'container':
      return context.kubectl(
        'exec',
        reference.pod,
        '-c',
        reference.container,
        '--',
        'cat',
        '/proc/net/fib_trie',
      );
  }
}
