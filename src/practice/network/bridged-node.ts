import { AddressPool } from './address-pool.ts';
import type { NetworkNode, PodAttachment } from './cluster-network.ts';
import type { Interface, Link } from './interface.ts';
import { Bridge, cable, connect } from './links.ts';
import { macOf, vethName } from './mac.ts';
import { NetworkNamespace } from './namespace.ts';
import type { Network } from './network.ts';

export interface BridgedNodeOptions {
  /** cbr0 of kubenet, cni0 of Flannel. */
  bridge: string;
  /** Of everything but lo. */
  mtu: number;
  /** What eth0 is plugged into. */
  uplink: Link;
}

interface BridgedPod {
  namespace: NetworkNamespace;
  address: string;
  /** The Node's end of its cable. */
  port: Interface;
}

/** A Node whose Pods hang on a bridge, as the CNI plugin `bridge` and kubenet wire them; what is beyond eth0 is each network's own. */
export class BridgedNode {
  readonly namespace: NetworkNamespace;
  readonly uplink: Interface;
  private readonly bridge: Bridge;
  private readonly pool: AddressPool;
  private readonly network: Network;
  private readonly mtu: number;
  private readonly pods = new Map<string, BridgedPod>();

  constructor(network: Network, node: NetworkNode, options: BridgedNodeOptions) {
    this.network = network;
    this.mtu = options.mtu;
    this.pool = new AddressPool(node.podCIDR);
    const namespace = new NetworkNamespace(network, node.name);
    this.namespace = namespace;
    namespace.forwarding = true;
    this.uplink = namespace.addInterface({
      name: 'eth0',
      kind: 'ethernet',
      mac: macOf('42:01', node.internalIP),
      mtu: options.mtu,
      link: options.uplink,
    });
    this.bridge = new Bridge(options.bridge);
    this.bridge.own = namespace.addInterface({
      name: options.bridge,
      kind: 'bridge',
      mac: macOf('0a:58', this.pool.gateway),
      mtu: options.mtu,
      link: this.bridge,
    });
    namespace.addAddress(this.bridge.own, `${this.pool.gateway}/${this.pool.prefix.length}`);
  }

  /** @throws {NoAddressLeft} */
  addPod(uid: string, name: string, wanted?: string): PodAttachment {
    if (this.pods.has(uid)) throw new Error(`Pod ${name} (${uid}) is on the network already`);
    const address = this.pool.take(wanted);
    const namespace = new NetworkNamespace(this.network, name);
    const eth0 = namespace.addInterface({
      name: 'eth0',
      kind: 'veth',
      mac: macOf('0a:58', address),
      mtu: this.mtu,
      link: cable,
    });
    const port = this.namespace.addInterface({
      name: vethName(address),
      kind: 'veth',
      mac: macOf('ce:58', address),
      mtu: this.mtu,
      link: cable,
    });
    connect(eth0, port);
    this.bridge.addPort(port);
    namespace.addAddress(eth0, `${address}/${this.pool.prefix.length}`);
    namespace.main.add({ destination: '0.0.0.0/0', via: this.pool.gateway, device: 'eth0' });
    this.pods.set(uid, { namespace, address, port });
    return { stack: namespace, address };
  }

  pod(uid: string): NetworkNamespace | undefined {
    return this.pods.get(uid)?.namespace;
  }

  /** Its sockets end first, as its processes have: peers are reset. */
  removePod(uid: string): void {
    const pod = this.pods.get(uid);
    if (pod === undefined) return;
    pod.namespace.closeSockets();
    this.pods.delete(uid);
    this.bridge.removePort(pod.port);
    this.namespace.removeInterface(pod.port);
    this.pool.giveBack(pod.address);
  }

  /** Everything on it ends. */
  remove(): void {
    for (const uid of this.pods.keys()) this.removePod(uid);
    this.namespace.closeSockets();
    this.namespace.setUp(this.uplink, false);
  }
}
