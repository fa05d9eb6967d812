import { BridgedNode } from './bridged-node.ts';
import { Cloud } from './cloud.ts';
import type { ClusterNetwork, NetworkNode, PodAttachment } from './cluster-network.ts';
import type { NetworkNamespace } from './namespace.ts';
import { Network } from './network.ts';
import { contains, parseAddress, requirePrefix } from './address.ts';
import { canonicalPrefix, RouteExists } from './route-table.ts';
import { ServiceTable } from './service-table.ts';

/** Google's default (cloud.google.com/vpc/docs/mtu). */
const MTU = 1460;
/** The cloud's gateway. It answers for everything and is nothing: the cloud goes by destinations. */
const GATEWAY = '10.128.0.1';

/**
 * Routes as on Google Compute Engine: a Node's Pods hang on its bridge cbr0, and the cloud sends each Node's podCIDR to it. No
 * encapsulation, no NAT. Addresses that the cloud has no route for, and all external ones, stay silent: its firewall.
 */
export class GceNetwork implements ClusterNetwork {
  readonly kind = 'gce';
  /** As the route controller writes it (k8s.io/cloud-provider/controllers/route). */
  readonly nodeCondition = { reason: 'RouteCreated', message: 'RouteController created a route' };
  readonly services = new ServiceTable();
  readonly cloud: Cloud;
  private readonly network: Network;
  private readonly machines = new Map<
    string,
    { definition: NetworkNode; node: BridgedNode; prefixes: string[] }
  >();
  /** By uid: the Node it is on. */
  private readonly pods = new Map<string, BridgedNode>();

  /** @param report gets what listeners of sockets throw */
  constructor(report: (error: unknown) => void) {
    this.network = new Network(report);
    this.cloud = new Cloud(() => this.network.retransmit());
  }

  /** @throws {RouteExists} when its address or podCIDR is another Node's */
  addNode(definition: NetworkNode): NetworkNamespace {
    if (this.machines.has(definition.name))
      throw new Error(`Node ${definition.name} is on the network already`);
    const prefixes = [definition.internalIP, definition.podCIDR].map(canonicalPrefix);
    if (prefixes.some((prefix) => this.cloud.routes.has(prefix))) throw new RouteExists();
    const node = new BridgedNode(this.network, definition, { bridge: 'cbr0', mtu: MTU, uplink: this.cloud });
    const { namespace, uplink } = node;
    namespace.addAddress(uplink, `${definition.internalIP}/32`);
    namespace.main.add({ destination: `${GATEWAY}/32`, device: uplink.name, scope: 'link' });
    namespace.main.add({ destination: '0.0.0.0/0', via: GATEWAY, device: uplink.name });
    for (const destination of prefixes) this.cloud.routes.add({ destination, to: uplink });
    this.services.attach(namespace, (address) => this.isPodAddress(address));
    this.machines.set(definition.name, { definition, node, prefixes });
    return namespace;
  }

  removeNode(name: string): void {
    const found = this.machines.get(name);
    if (found === undefined) return;
    const { node, prefixes } = found;
    node.remove();
    for (const prefix of prefixes) this.cloud.routes.remove(prefix, ({ to }) => to === node.uplink);
    this.machines.delete(name);
    for (const [uid, on] of this.pods) if (on === node) this.pods.delete(uid);
  }

  /** In the order in which they came. */
  nodes(): NetworkNode[] {
    return [...this.machines.values()].map(({ definition }) => definition);
  }

  /** @throws {Error} when there is no such Node: a bug of the caller */
  node(name: string): NetworkNamespace {
    return this.nodeNamed(name).namespace;
  }

  addPod(node: string, pod: { uid: string; name: string }, wanted?: string): PodAttachment {
    const on = this.nodeNamed(node);
    const attachment = on.addPod(pod.uid, pod.name, wanted);
    this.pods.set(pod.uid, on);
    return attachment;
  }

  pod(uid: string): NetworkNamespace | undefined {
    return this.pods.get(uid)?.pod(uid);
  }

  removePod(uid: string): void {
    this.pods.get(uid)?.removePod(uid);
    this.pods.delete(uid);
  }

  /** Sends again what a fault kept from arriving. Changes of routes, rules and interfaces do so themselves. */
  retransmit(): void {
    this.network.retransmit();
  }

  private isPodAddress(text: string): boolean {
    const address = parseAddress(text);
    return (
      address !== undefined && this.nodes().some(({ podCIDR }) => contains(requirePrefix(podCIDR), address))
    );
  }

  private nodeNamed(name: string): BridgedNode {
    const found = this.machines.get(name);
    if (found === undefined) throw new Error(`there is no Node ${name} on the network`);
    return found.node;
  }
}

/** @param report gets what listeners of sockets throw; without it that is nobody's, and ends the program */
export function createGceNetwork(report: (error: unknown) => void = throwLater): GceNetwork {
  return new GceNetwork(report);
}

function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
