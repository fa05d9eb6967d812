import type { Carried, Interface, Link } from './interface.ts';
import { macOf } from './mac.ts';
import type { Packet } from './packet.ts';
import { RouteTable } from './route-table.ts';

/** A route of the cloud: traffic to `destination` is handed to a machine. */
export interface CloudRoute {
  readonly destination: string;
  readonly metric?: number;
  readonly to: Interface;
}

/**
 * The cloud's own network between its machines: a route table that names a machine per prefix. It looks at a packet's
 * destination, not at the gateway a machine sent it to, and takes nothing off the TTL: the gateway is no machine. What it has
 * no route for never arrives, and nobody says so.
 */
export class Cloud implements Link {
  readonly name = 'cloud';
  readonly routes: RouteTable<CloudRoute>;

  /** @param changed called when a route comes or goes */
  constructor(changed: () => void) {
    this.routes = new RouteTable(changed);
  }

  /** Of the gateway: made of its address, as Google does. */
  hardwareAddress(nextHop: string): string {
    return macOf('42:01', nextHop);
  }

  carry(packet: Packet, _from: Interface, _nextHop: string): Carried {
    const { address } = packet.destination;
    const route = this.routes.lookup(address);
    if (route === undefined)
      return { kind: 'lost', where: this.name, reason: `no route to ${address}`, passed: [] };
    const { to } = route;
    const passed = [{ where: this.name, note: `${route.destination} is at ${to.router.name}` }];
    return { kind: 'arrived', at: to, passed };
  }
}
