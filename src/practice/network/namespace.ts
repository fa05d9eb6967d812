import {
  familyOf,
  type Family,
  formatAddress,
  formatPrefix,
  lastAddress,
  requireAddress,
  requirePrefix,
  width,
} from './address.ts';
import type { ConnectResult, Listener } from './connection.ts';
import { Interface, type Decision, type InterfaceOptions, type Router } from './interface.ts';
import { loopback } from './links.ts';
import { Netfilter, type Place, type Transit, type Verdict } from './netfilter.ts';
import type { Network } from './network.ts';
import { FIRST_TTL, HEADER_BYTES, type IcmpError, type Packet } from './packet.ts';
import { RouteTable } from './route-table.ts';
import { Probes } from './probes.ts';
import type {
  InterfaceView,
  NeighbourView,
  NetworkStack,
  Probe,
  ProbeResult,
  RouteView,
  SocketView,
} from './stack.ts';
import { TcpSockets } from './tcp-sockets.ts';
import { walk } from './walk.ts';

/** As RouteView, with a prefix for a destination: 0.0.0.0/0 is `default`. */
export type Route = RouteView;

/** The kernel's table `local`: which addresses are this namespace's own, and which of them speaks; and which are many's. */
interface LocalRoute {
  type: 'local' | 'broadcast' | 'multicast';
  destination: string;
  source: string;
  device: string;
}

const LOOPBACK_MTU = 65_536;
const FOR_MANY = [
  ['broadcast', '255.255.255.255/32'],
  ['multicast', '224.0.0.0/4'],
] as const;

/** A network namespace as Linux has it: interfaces, addresses, routes, rules and sockets. A Pod's, or a Node's own. */
export class NetworkNamespace implements NetworkStack, Router {
  readonly name: string;
  readonly network: Network;
  /** The main table. */
  readonly main: RouteTable<Route>;
  readonly netfilter: Netfilter;
  /** net.ipv4.ip_forward: packets for others are routed on. */
  forwarding = false;
  private readonly local = new RouteTable<LocalRoute>();
  private readonly devices = new Map<string, Interface>();
  private readonly tcp: TcpSockets;
  private readonly probes: Probes;
  private readonly changed: () => void;
  private nextIndex = 1;

  constructor(network: Network, name: string) {
    this.name = name;
    this.network = network;
    this.changed = () => network.retransmit();
    this.main = new RouteTable(this.changed);
    this.netfilter = new Netfilter(this.changed);
    this.tcp = new TcpSockets(this);
    this.probes = new Probes(this);
    const lo = this.addInterface({
      name: 'lo',
      kind: 'loopback',
      mac: '00:00:00:00:00:00',
      mtu: LOOPBACK_MTU,
      link: loopback,
    });
    this.addAddress(lo, '127.0.0.1/8');
    this.addAddress(lo, '::1/128');
    for (const [type, destination] of FOR_MANY)
      this.local.add({ type, destination, source: destination, device: 'lo' });
  }

  addInterface(options: Omit<InterfaceOptions, 'index' | 'router'>): Interface {
    const added = new Interface({ ...options, index: this.nextIndex++, router: this });
    this.devices.set(added.name, added);
    return added;
  }

  device(name: string): Interface | undefined {
    return this.devices.get(name);
  }

  /** With its addresses and routes. The other end of a veth pair is left without a peer. */
  removeInterface(device: Interface): void {
    this.devices.delete(device.name);
    device.up = false;
    if (device.peer !== undefined) device.peer.peer = undefined;
    const isOn = (route: { device: string }): boolean => route.device === device.name;
    for (const { destination } of this.main.list().filter(isOn)) this.main.remove(destination, isOn);
    for (const { destination } of this.local.list().filter(isOn)) this.local.remove(destination, isOn);
    this.changed();
  }

  /** As `ip addr add`: the address, and the route to its subnet. @param cidr such as 10.4.1.7/24 */
  addAddress(device: Interface, cidr: string): void {
    const [text = ''] = cidr.split('/');
    const prefix = requirePrefix(cidr);
    const own = requireAddress(text);
    const address = formatAddress(own);
    const isLoopback = device.kind === 'loopback';
    const isSubnet = prefix.length < width(own.family) - 1;
    const broadcast = own.family === 4 && isSubnet && !isLoopback && formatAddress(lastAddress(prefix));
    device.addresses = [
      ...device.addresses,
      {
        address,
        prefixLength: prefix.length,
        ...(broadcast !== false && { broadcast }),
        scope: isLoopback ? 'host' : 'global',
      },
    ];
    const whole = formatPrefix(prefix);
    const local = { source: address, device: device.name };
    // All of 127.0.0.0/8 is this machine.
    this.local.add({ type: 'local', destination: isLoopback ? whole : address, ...local });
    // A second address of the same subnet adds nothing but itself.
    if (broadcast !== false && !this.local.has(broadcast))
      this.local.add({ type: 'broadcast', destination: broadcast, ...local });
    const isAlone = isLoopback || prefix.length === width(own.family);
    if (!isAlone && !this.main.has(whole)) this.main.add(subnetRoute(whole, address, device));
    this.changed();
  }

  /** A cable pulled (`false`), or plugged in again. */
  setUp(device: Interface, up: boolean): void {
    device.up = up;
    this.changed();
  }

  interfaces(): InterfaceView[] {
    return [...this.devices.values()].map((device) => device.view());
  }

  routes(family: Family): RouteView[] {
    return this.main
      .list()
      .filter(({ destination }) => familyOf(destination) === family)
      .map((route) => ({ ...route, destination: shownDestination(route.destination) }));
  }

  neighbours(): NeighbourView[] {
    return [...this.devices.values()].flatMap((device) => device.neighbours());
  }

  sockets(): SocketView[] {
    return this.tcp.views();
  }

  listen(address: string, port: number, options: { v6only?: boolean } = {}): Listener {
    return this.tcp.listen(address, port, options.v6only === true);
  }

  connect(address: string, port: number): ConnectResult {
    return this.tcp.connect(address, port);
  }

  probe(probe: Probe): ProbeResult {
    return this.probes.send(probe);
  }

  /** Ends all sockets, as when the last process is killed: peers are reset. */
  closeSockets(): void {
    this.network.operate(() => this.tcp.closeAll());
  }

  isLocal(address: string): boolean {
    return this.local.lookup(address)?.type === 'local';
  }

  sourceFor(destination: string): { address: string; mss: number } | undefined {
    const own = this.local.lookup(destination);
    if (own !== undefined && own.type !== 'local') return undefined;
    // Whoever talks to an address of its own does so from that address; in 127.0.0.0/8 from 127.0.0.1.
    if (own !== undefined)
      return {
        address: isLoopbackAddress(destination) ? own.source : destination,
        mss: LOOPBACK_MTU - HEADER_BYTES,
      };
    const route = this.route(destination);
    const device = route && this.devices.get(route.device);
    const address = route && this.sourceOf(route);
    return device && address !== undefined ? { address, mss: device.mtu - HEADER_BYTES } : undefined;
  }

  /** Sends a packet on its walk, with all that follows from it. */
  send(packet: Packet): void {
    this.network.operate(() => {
      const outcome = walk(this, packet);
      if (outcome.kind === 'delivered') outcome.to.deliver(outcome.packet);
      else if (outcome.kind === 'error') {
        if (outcome.local) this.complained(packet, outcome.type, undefined);
        else outcome.by.complain(outcome.packet, outcome.type);
      }
    });
  }

  deliver(packet: Packet): void {
    switch (packet.protocol) {
      case 'tcp':
        return this.tcp.deliver(packet);
      case 'icmp':
        return this.complained(packet.error.about, packet.error.type, packet.source.address);
      case 'echo':
        return this.probes.deliver(packet);
      case 'udp':
        return this.complain(packet, 'port-unreachable');
    }
  }

  /** @param from who found it out; undefined for this namespace itself */
  private complained(about: Packet, type: IcmpError['type'], from: string | undefined): void {
    if (about.protocol === 'tcp') this.tcp.complained(about, type);
    else this.probes.complained(about, type, from);
  }

  complain(about: Packet, type: IcmpError['type']): void {
    // Never about an error: two routers would go on for ever.
    if (about.protocol === 'icmp') return;
    const own = about.destination.address;
    const source = this.isLocal(own) ? own : this.sourceFor(about.source.address)?.address;
    if (source === undefined) return;
    this.send({
      protocol: 'icmp',
      source: { address: source, port: 0 },
      destination: { address: about.source.address, port: 0 },
      ttl: FIRST_TTL,
      error: { type, about },
    });
  }

  output(packet: Packet): Decision {
    const transit = this.netfilter.begin(packet);
    const before = this.wayTo(packet.destination.address);
    if (before === undefined) return noRoute(packet);
    const verdict = transit.run('output', { out: before.device });
    if (verdict.kind !== 'accept') return refusal(verdict);
    const way = this.wayTo(transit.packet.destination.address);
    if (way === undefined) return noRoute(transit.packet);
    return this.leave(transit, way, {}, verdict);
  }

  receive(packet: Packet, on: Interface): Decision {
    if (!on.up) return { kind: 'drop', packet, reason: `${on.name} is down` };
    if (isLoopbackAddress(packet.destination.address))
      return { kind: 'drop', packet, reason: 'martian destination' };
    const transit = this.netfilter.begin(packet);
    const first = transit.run('prerouting', { in: on.name });
    if (first.kind !== 'accept') return refusal(first);
    const { address } = transit.packet.destination;
    if (this.isLocal(address)) return arrive(transit, { in: on.name }, first);
    if (!this.forwarding) return { kind: 'drop', packet: transit.packet, reason: 'not a router' };
    if (packet.ttl <= 1)
      return { kind: 'error', packet: transit.packet, type: 'time-exceeded', reason: 'TTL exceeded' };
    const route = this.wayTo(address);
    if (route === undefined) return noRoute(transit.packet);
    const place = { in: on.name, out: route.device };
    const verdict = transit.run('forward', place);
    if (verdict.kind !== 'accept') return refusal(verdict);
    transit.packet = { ...transit.packet, ttl: packet.ttl - 1 };
    return this.leave(transit, route, place, first.rule === undefined ? verdict : first);
  }

  bridged(packet: Packet, bridge: Interface): Verdict {
    const transit = this.netfilter.begin(packet);
    const place = { in: bridge.name, out: bridge.name };
    const first = transit.run('prerouting', { in: bridge.name });
    if (first.kind !== 'accept') return first;
    const verdict = transit.run('forward', place);
    if (verdict.kind !== 'accept') return verdict;
    const own = bridge.addresses.find(({ address }) => familyOf(address) === familyOf(packet.source.address));
    return transit.run('postrouting', place, own?.address);
  }

  /** Out by a route, or over lo, where the packet is at its end. */
  private leave(transit: Transit, way: Route, from: Place, earlier: Verdict): Decision {
    const out = this.devices.get(way.device);
    if (out === undefined) return noRoute(transit.packet);
    const place = { ...from, out: out.name };
    const verdict = transit.run('postrouting', place, this.sourceOf(way));
    if (verdict.kind !== 'accept') return refusal(verdict);
    const { packet } = transit;
    if (out.kind === 'loopback') {
      const arrived = arrive(transit, { in: out.name }, earlier);
      return arrived.kind === 'deliver' ? { ...arrived, over: out } : arrived;
    }
    const note = (): string => [describeRoute(way), ...namesOf(earlier, verdict)].join('; ');
    return { kind: 'send', packet, out, nextHop: way.via ?? packet.destination.address, note };
  }

  /** The route for an address; own ones are at lo, and what is many's goes nowhere. */
  private wayTo(address: string): Route | undefined {
    const local = this.local.lookup(address);
    if (local === undefined) return this.route(address);
    return local.type === 'local' ? { destination: address, device: 'lo' } : undefined;
  }

  private route(address: string): Route | undefined {
    return this.main.lookup(address, ({ device }) => this.devices.get(device)?.up === true);
  }

  /** The source address of a route: its own, or the first that its interface has in the family. */
  private sourceOf(route: Route): string | undefined {
    if (route.source !== undefined) return route.source;
    const family = familyOf(route.destination);
    return this.devices
      .get(route.device)
      ?.addresses.find(({ address, scope }) => scope === 'global' && familyOf(address) === family)?.address;
  }
}

/** The route that the kernel makes of an address. */
function subnetRoute(destination: string, address: string, device: Interface): Route {
  const route = { destination, device: device.name, protocol: 'kernel' as const };
  return familyOf(address) === 6 ? { ...route, metric: 256 } : { ...route, scope: 'link', source: address };
}

function arrive(transit: Transit, place: Place, earlier: Verdict): Decision {
  const verdict = transit.run('input', place);
  if (verdict.kind !== 'accept') return refusal(verdict);
  const note = (): string => ['own address', ...namesOf(earlier, verdict)].join('; ');
  return { kind: 'deliver', packet: transit.packet, note };
}

function namesOf(...verdicts: Verdict[]): string[] {
  return verdicts.flatMap(({ rule }) => (rule === undefined ? [] : [rule.name]));
}

function refusal({ kind, packet, rule }: Verdict): Decision {
  const reason = rule?.name ?? '';
  if (kind === 'reject') return { kind: 'error', packet, type: 'port-unreachable', reason };
  if (kind === 'unreachable') return { kind: 'error', packet, type: 'network-unreachable', reason };
  return { kind: 'drop', packet, reason };
}

function noRoute(packet: Packet): Decision {
  const reason = `no route to ${packet.destination.address}`;
  return { kind: 'error', packet, type: 'network-unreachable', reason };
}

function isLoopbackAddress(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

/** As `ip route` writes it: host routes without a length. */
function shownDestination(destination: string): string {
  if (destination === '0.0.0.0/0' || destination === '::/0') return 'default';
  return destination.replace(/^([\d.]+)\/32$|^([\da-f:]+)\/128$/, '$1$2');
}

function describeRoute({ destination, via, device }: Route): string {
  return [shownDestination(destination), ...(via === undefined ? [] : ['via', via]), 'dev', device].join(' ');
}
