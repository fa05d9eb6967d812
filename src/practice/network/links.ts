import type { Carried, Interface, Link, Passage } from './interface.ts';
import type { Packet } from './packet.ts';

/** Back to where it came from. */
export const loopback: Link = {
  carry: (_packet, from) => ({ kind: 'arrived', at: from, passed: [] }),
};

/** A veth pair: straight to the other end, and on into the bridge where that is a port of one. */
export const cable: Link = {
  carry(packet, from, nextHop) {
    const { peer } = from;
    if (peer === undefined || !peer.up) return { kind: 'no-neighbour', passed: [] };
    if (peer.master !== undefined) return peer.master.carry(packet, peer, nextHop);
    return peer.answersFor(nextHop)
      ? { kind: 'arrived', at: peer, passed: [] }
      : { kind: 'no-neighbour', passed: [] };
  },
};

/** The cable is laid between two interfaces of kind veth. */
export function connect(one: Interface, other: Interface): void {
  one.peer = other;
  other.peer = one;
}

/**
 * A bridge: carries a packet to whoever, behind one of its ports or the bridge's own interface, has the next hop. It
 * routes nothing, so the TTL does not change; the rules of its namespace see what goes from port to port.
 */
export class Bridge implements Link {
  readonly name: string;
  /** The bridge as an interface of its namespace. */
  own: Interface | undefined;
  private readonly ports = new Set<Interface>();
  /** Who answered for an address the last time, behind which port. */
  private readonly neighbours = new Map<string, Interface>();

  constructor(name: string) {
    this.name = name;
  }

  addPort(port: Interface): void {
    this.ports.add(port);
    port.master = this;
  }

  removePort(port: Interface): void {
    this.ports.delete(port);
    port.master = undefined;
    for (const [address, to] of this.neighbours) if (to.peer === port) this.neighbours.delete(address);
  }

  carry(packet: Packet, from: Interface, nextHop: string): Carried {
    const to = this.find(from, nextHop);
    if (to === undefined) return { kind: 'no-neighbour', passed: this.passage(from, to) };
    // What the namespace sends or receives itself has met its rules there.
    if (from === this.own || to === this.own || this.own === undefined)
      return { kind: 'arrived', at: to, passed: this.passage(from, to) };
    const verdict = this.own.router.bridged(packet, this.own);
    const passed = this.passage(from, to, verdict.rule?.name);
    if (verdict.kind === 'accept') return { kind: 'arrived', at: to, packet: verdict.packet, passed };
    const reason = verdict.rule.name;
    if (verdict.kind === 'drop') return { kind: 'lost', where: this.own.router.name, reason, passed: [] };
    const type = verdict.kind === 'reject' ? 'port-unreachable' : 'network-unreachable';
    return { kind: 'refused', by: this.own, type, reason, passed: [] };
  }

  private find(from: Interface, nextHop: string): Interface | undefined {
    if (this.own?.up !== true || !from.up) return undefined;
    const known = this.neighbours.get(nextHop);
    if (known !== undefined && this.reaches(known, from) && known.answersFor(nextHop)) return known;
    const ends = [this.own, ...[...this.ports].flatMap(({ peer }) => peer ?? [])];
    const found = ends.find((end) => this.reaches(end, from) && end.answersFor(nextHop));
    if (found === undefined) this.neighbours.delete(nextHop);
    else this.neighbours.set(nextHop, found);
    return found;
  }

  /** Never back to where it came from, nor through a port that is down or was taken out. */
  private reaches(end: Interface, from: Interface): boolean {
    if (end === this.own) return from !== this.own;
    const port = end.peer;
    return port !== undefined && port !== from && port.up && this.ports.has(port);
  }

  private passage(from: Interface, to: Interface | undefined, rule?: string): Passage[] {
    const enter = from === this.own ? undefined : from;
    const leave = to === this.own ? undefined : to?.peer;
    if (enter === undefined && leave === undefined) return [];
    const where = (enter ?? leave)!.router.name;
    const note = [`bridge ${this.name}`, ...(rule === undefined ? [] : [rule])].join('; ');
    return [{ where, ...(enter && { in: enter }), ...(leave && { out: leave }), note }];
  }
}
