import type { DetectedNetwork, NetworkName } from './network.ts';
import type { Node } from './node.ts';

/** How a network moves a Pod's packet to another Node, as far as its name and its notes on the Nodes tell. */
export interface Wiring {
  kind: 'overlay' | 'overlay-free' | 'unknown';
  /** One or two plain sentences: how a Pod's packet for another Node travels here. */
  how: string;
  /** Which address another Node sees when a Pod calls it. Custom of this network, not a promise of Kubernetes. */
  podToOtherNode: 'pod' | 'node' | 'either';
  /** One sentence: who rewrites that address, or why nobody does. */
  why: string;
}

type Caller = Pick<Wiring, 'podToOtherNode' | 'why'>;
type Transport = Pick<Wiring, 'kind' | 'how'>;

const FLANNEL = 'flannel.alpha.coreos.com';
const CALICO = 'projectcalico.org';

/**
 * What is custom in each network: design notes of the networks themselves. Flannel: --ip-masq, set in its own manifest
 * and in k3s. Calico: natOutgoing of the address pool, set by its own installers. Google: ip-masq-agent leaves the
 * private ranges alone. Only a probe shows what is really so here.
 */
export function wiringOf(network: DetectedNetwork, nodes: Node[]): Wiring {
  return WIRINGS[network.name](nodes);
}

const WIRINGS: Record<NetworkName, (nodes: Node[]) => Wiring> = {
  Flannel: (nodes) => ({
    ...flannelTransport(annotation(nodes, `${FLANNEL}/backend-type`)),
    podToOtherNode: 'node',
    why: "Flannel, as usually set up (--ip-masq), has a Pod's Node put its own address on packets that leave the Pods' network, and other Nodes lie outside it.",
  }),
  Calico: calicoWiring,
  Cilium: () => ({
    kind: 'unknown',
    how: 'Cilium either wraps packets for another Node (tunnel mode, VXLAN or Geneve) or sends them as they are (native routing). Which of the two is not written on the Nodes.',
    podToOtherNode: 'either',
    why: "In tunnel mode the Pod's Node puts its own address on the packet, with native routing nobody does.",
  }),
  kindnet: () => ({
    kind: 'overlay-free',
    how: "Nothing is wrapped: kindnet writes a route for each other Node's Pod subnet into every Node's routing table, with that Node's address as the next hop.",
    podToOtherNode: 'node',
    why: "kindnet has a Pod's Node put its own address on packets that leave the Pods' network, and other Nodes lie outside it.",
  }),
  'GCE routes': () => ({
    kind: 'overlay-free',
    how: "Nothing is wrapped: the Node hands the packet to Google's network as it is, and that network has a route for each Node's Pod subnet, with the Node as its target.",
    podToOtherNode: 'pod',
    why: "Nobody rewrites it: Google's network knows the way back to a Pod, so Nodes keep their hands off packets for the private address ranges, in which other Nodes normally lie.",
  }),
  'cloud routes': () => ({
    kind: 'overlay-free',
    how: "Nothing is wrapped: the Node hands the packet to the cloud's network as it is, and that network has a route for each Node's Pod subnet, with the Node as its target.",
    podToOtherNode: 'either',
    why: "The cloud's network knows the way back to a Pod, but whether a Node still puts its own address on the packet is a setting that the API does not show.",
  }),
  'AWS VPC': () => ({
    kind: 'overlay-free',
    how: "Nothing is wrapped: Pods have addresses of the VPC itself, which lie on the Nodes' own network cards, so the VPC brings a packet to the right Node as it is.",
    podToOtherNode: 'pod',
    why: 'Nobody rewrites it: a Pod has an address of the VPC like any machine there, and the plugin rewrites only what leaves the VPC.',
  }),
  Weave: () => ({
    kind: 'overlay',
    how: 'Weave wraps packets for another Node (VXLAN, or its own encrypted form), sends them to that Node, and there they are unwrapped.',
    podToOtherNode: 'node',
    why: "Weave has a Pod's Node put its own address on packets that leave the Pods' network, and other Nodes lie outside it.",
  }),
  unknown: () => ({
    kind: 'unknown',
    how: 'The network does not say who it is, so neither can we say how it brings a packet to another Node.',
    podToOtherNode: 'either',
    why: "Some networks have the Pod's Node put its own address on the packet and some leave it alone; this one does not say who it is.",
  }),
};

const CALICO_CALLER: Caller = {
  podToOtherNode: 'node',
  why: "Calico, as usually set up (natOutgoing), has a Pod's Node put its own address on packets that leave the Pods' address pools, and other Nodes lie outside them.",
};

/** Backends of Flannel, as the annotation backend-type calls them. */
function flannelTransport(backend: string | undefined): Transport {
  switch (backend) {
    case 'vxlan':
      return overlay('Flannel wraps the packet (VXLAN, interface flannel.1)');
    case 'wireguard':
      return overlay('Flannel encrypts and wraps the packet (WireGuard, interface flannel-wg)');
    case 'ipip':
      return overlay('Flannel wraps the packet (IP in IP, interface flannel.ipip)');
    case 'udp':
      return overlay('Flannel wraps the packet (UDP, interface flannel0)');
    case 'host-gw':
      return {
        kind: 'overlay-free',
        how: "Nothing is wrapped: Flannel (backend host-gw) writes a route for each other Node's Pod subnet into every Node's routing table, with that Node's address as the next hop.",
      };
    case undefined:
      return {
        kind: 'unknown',
        how: 'Flannel wraps packets for another Node (VXLAN) unless another backend was chosen. The Nodes do not say which one is used here.',
      };
    default:
      return { kind: 'unknown', how: `Flannel leaves the way to other Nodes to its backend "${backend}".` };
  }
}

function overlay(wraps: string): Transport {
  return {
    kind: 'overlay',
    how: `${wraps} and addresses it to the other Node, which unwraps it there.`,
  };
}

/** Calico's notes on the Nodes: a tunnel has an address of its own; without one BGP, or the cloud, knows the way. */
function calicoWiring(nodes: Node[]): Wiring {
  const tunnel = annotation(nodes, `${CALICO}/IPv4VXLANTunnelAddr`)
    ? 'VXLAN'
    : annotation(nodes, `${CALICO}/IPv4IPIPTunnelAddr`)
      ? 'IP in IP'
      : undefined;
  if (tunnel !== undefined)
    return {
      kind: 'overlay',
      how: `Calico has a tunnel (${tunnel}) on the Nodes: the packet is wrapped and addressed to the other Node, which unwraps it there. Set to CrossSubnet, it wraps only between Nodes of different subnets.`,
      ...CALICO_CALLER,
    };
  // Calico with a network of its own writes CalicoIsUp there instead.
  if (nodes.some(hasCloudRoute))
    return {
      kind: 'overlay-free',
      how: "Nothing is wrapped: the cloud's network has a route for each Node's Pod subnet. Calico judges the packets (policy) and does not carry them.",
      podToOtherNode: 'either',
      why: "Calico only judges the packets here and the cloud's routes carry them; whether a Node puts its own address on one is a setting that the API does not show.",
    };
  if (annotation(nodes, `${CALICO}/IPv4Address`) !== undefined)
    return {
      kind: 'overlay-free',
      how: "Nothing is wrapped, as the Nodes have no tunnel: they tell each other over BGP which Pod addresses live where, and each Node's routing table has the other Node's address as the next hop.",
      ...CALICO_CALLER,
    };
  return {
    kind: 'unknown',
    how: 'Calico either wraps packets for another Node (IP in IP or VXLAN) or sends them as they are (BGP). The Nodes do not say which.',
    ...CALICO_CALLER,
  };
}

/** The cloud's route controller has made a route for this Node. */
function hasCloudRoute(node: Node): boolean {
  return (
    node.status?.conditions?.some(
      ({ type, reason }) => type === 'NetworkUnavailable' && reason === 'RouteCreated',
    ) ?? false
  );
}

/** The first Node's word, as all Nodes of one network are set up alike. */
function annotation(nodes: Node[], key: string): string | undefined {
  return nodes.map((node) => node.metadata.annotations?.[key]).find((value) => Boolean(value));
}
