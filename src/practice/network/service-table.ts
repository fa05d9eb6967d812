import type { SocketAddress } from './connection.ts';
import type { NetworkNamespace } from './namespace.ts';
import type { Place, Rule } from './netfilter.ts';
import type { Packet } from './packet.ts';

/** One TCP port of a Service, at its clusterIP and, on every Node, at its nodePort. */
export interface ServicePortal {
  /** For traces, such as `default/web:http`. */
  name: string;
  clusterIP: string;
  port: number;
  nodePort: number | undefined;
  /** Whether it leads anywhere; what comes for one that does not is refused. */
  isServed: boolean;
  /** Where a new connection of this client goes. Asked once per connection. */
  endpoint(client: string): SocketAddress;
}

/**
 * What kube-proxy writes on every Node, as its iptables mode does: what is sent to a Service goes to one of its endpoints, and
 * what comes back bears the Service's address again. A client outside of the Pods' network, one that comes by a nodePort, and a
 * Pod that is its own endpoint are masqueraded, so that the answer comes back this way.
 */
export class ServiceTable {
  private readonly services = new Map<string, readonly ServicePortal[]>();
  private readonly clusterIPs = new Map<string, ServicePortal>();
  private readonly nodePorts = new Map<number, ServicePortal>();

  /** All ports of one Service, in place of those it had; none, and it is gone. */
  set(service: string, portals: readonly ServicePortal[]): void {
    for (const portal of this.services.get(service) ?? []) {
      const key = portalKey({ address: portal.clusterIP, port: portal.port });
      if (this.clusterIPs.get(key) === portal) this.clusterIPs.delete(key);
      if (portal.nodePort !== undefined && this.nodePorts.get(portal.nodePort) === portal)
        this.nodePorts.delete(portal.nodePort);
    }
    if (portals.length === 0) this.services.delete(service);
    else this.services.set(service, portals);
    for (const portal of portals) {
      this.clusterIPs.set(portalKey({ address: portal.clusterIP, port: portal.port }), portal);
      if (portal.nodePort !== undefined) this.nodePorts.set(portal.nodePort, portal);
    }
  }

  /** @param isPod whether an address is of the Pods' network */
  attach(node: NetworkNamespace, isPod: (address: string) => boolean): void {
    for (const rule of this.rules(node, isPod)) node.netfilter.add(rule);
  }

  private rules(node: NetworkNamespace, isPod: (address: string) => boolean): Rule[] {
    const find = (destination: SocketAddress): { portal: ServicePortal; isNodePort: boolean } | undefined => {
      const portal = this.clusterIPs.get(portalKey(destination));
      if (portal !== undefined) return { portal, isNodePort: false };
      const external = this.nodePorts.get(destination.port);
      const { address } = destination;
      if (external === undefined || address.startsWith('127.') || !node.isLocal(address)) return undefined;
      return { portal: external, isNodePort: true };
    };
    const toEndpoint = {
      name: 'kube-proxy: to an endpoint of the Service',
      matches: ({ protocol, destination }: Packet) =>
        protocol === 'tcp' && find(destination)?.portal.isServed === true,
      target: {
        destination: ({ source, destination }: Packet) => find(destination)!.portal.endpoint(source.address),
      },
    };
    const refused = {
      name: 'kube-proxy: the Service has no endpoints',
      matches: ({ protocol, destination }: Packet) =>
        protocol === 'tcp' && find(destination)?.portal.isServed === false,
      target: 'reject' as const,
    };
    const masqueraded = ({ source, destination }: Packet, { original }: Place): boolean => {
      const found = original && find(original);
      if (found === undefined) return false;
      return found.isNodePort || !isPod(source.address) || source.address === destination.address;
    };
    return [
      { ...toEndpoint, chain: 'prerouting' },
      { ...toEndpoint, chain: 'output' },
      { ...refused, chain: 'forward' },
      { ...refused, chain: 'input' },
      { ...refused, chain: 'output' },
      {
        chain: 'postrouting',
        name: 'kube-proxy: so that the answer comes back this way',
        matches: masqueraded,
        target: 'masquerade',
      },
    ];
  }
}

function portalKey({ address, port }: SocketAddress): string {
  return `${address}:${port}`;
}
