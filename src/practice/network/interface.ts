import type { Verdict } from './netfilter.ts';
import type { IcmpError, Packet } from './packet.ts';
import type { InterfaceView, NeighbourView } from './stack.ts';

export type InterfaceAddress = InterfaceView['addresses'][number];

/** What an interface is plugged into. */
export interface Link {
  /**
   * Who gets a packet that leaves `from`.
   *
   * @param nextHop the neighbour it is meant for: a gateway, or the destination itself
   */
  carry(packet: Packet, from: Interface, nextHop: string): Carried;
  /** The hardware address of a next hop that is no interface of anybody. */
  hardwareAddress?(nextHop: string): string;
}

/** `passed` is what saw the packet on the way and did not route it: ports of a bridge, the cloud. */
export type Carried =
  /** `packet` where the rules of a bridge's namespace rewrote it. */
  | { kind: 'arrived'; at: Interface; packet?: Packet; passed: Passage[] }
  /** Nobody answered the question who has the next hop. */
  | { kind: 'no-neighbour'; passed: Passage[] }
  | { kind: 'lost'; where: string; reason: string; passed: Passage[] }
  /** By the namespace of this interface, which tells the sender. */
  | { kind: 'refused'; by: Interface; type: IcmpError['type']; reason: string; passed: Passage[] };

export interface Passage {
  where: string;
  in?: Interface;
  out?: Interface;
  note: string;
}

/** What a namespace makes of a packet. `note` says for a trace which route or rule it was. */
export type Decision =
  | { kind: 'send'; packet: Packet; out: Interface; nextHop: string; note: () => string }
  /** `over` is the loopback interface where the packet never left. */
  | { kind: 'deliver'; packet: Packet; over?: Interface; note: () => string }
  | { kind: 'drop'; packet: Packet; reason: string }
  | { kind: 'error'; packet: Packet; type: IcmpError['type']; reason: string };

/** A network namespace, as far as packets need it. */
export interface Router {
  readonly name: string;
  /** Whether the address is its own. */
  isLocal(address: string): boolean;
  /** For a packet of its own. */
  output(packet: Packet): Decision;
  /** For a packet that arrived. */
  receive(packet: Packet, on: Interface): Decision;
  /** What its rules make of a packet that goes from port to port of its bridge, as net.bridge.bridge-nf-call-iptables=1 has it. */
  bridged(packet: Packet, bridge: Interface): Verdict;
  /** Gives a packet to its sockets. */
  deliver(packet: Packet): void;
  /** Tells the sender of a packet what became of it. */
  complain(about: Packet, type: IcmpError['type']): void;
}

export interface InterfaceOptions {
  name: string;
  index: number;
  kind: InterfaceView['kind'];
  mac: string;
  mtu: number;
  router: Router;
  link: Link;
}

export type Tap = (packet: Packet, direction: 'in' | 'out', on: Interface) => void;

export class Interface {
  readonly name: string;
  readonly index: number;
  readonly kind: InterfaceView['kind'];
  readonly mac: string;
  readonly mtu: number;
  /** Whose it is. */
  readonly router: Router;
  readonly link: Link;
  up = true;
  /** The other end of a veth pair. */
  peer: Interface | undefined;
  /** The bridge that it is a port of. */
  master: (Link & { readonly name: string }) | undefined;
  addresses: readonly InterfaceAddress[] = [];
  private taps: readonly Tap[] = [];
  /** Who had a next hop, by its address. */
  private readonly found = new Map<string, Interface>();

  constructor(options: InterfaceOptions) {
    this.name = options.name;
    this.index = options.index;
    this.kind = options.kind;
    this.mac = options.mac;
    this.mtu = options.mtu;
    this.router = options.router;
    this.link = options.link;
  }

  /** Whether it answers when a neighbour asks who has the address: Linux does for every address of the namespace. */
  answersFor(address: string): boolean {
    return this.up && this.router.isLocal(address);
  }

  /** Remembers who had a next hop, as the kernel keeps what ARP told. */
  learn(nextHop: string, at: Interface): void {
    if (this.kind !== 'loopback') this.found.set(nextHop, at);
  }

  neighbours(): NeighbourView[] {
    return Array.from(this.found, ([address, at]) => {
      const own = this.link.hardwareAddress?.(address);
      const isThere = own !== undefined || (at.isPlugged && at.answersFor(address));
      return { address, device: this.name, mac: own ?? at.mac, state: isThere ? 'REACHABLE' : 'STALE' };
    });
  }

  /** The other end of its cable is there, if it has one. */
  get isPlugged(): boolean {
    return this.kind !== 'veth' || this.peer !== undefined;
  }

  /** Calls `tap` for every packet that passes, until the answer is called. */
  tap(tap: Tap): () => void {
    const own: Tap = (...packet) => tap(...packet);
    this.taps = [...this.taps, own];
    return () => (this.taps = this.taps.filter((each) => each !== own));
  }

  see(packet: Packet, direction: 'in' | 'out'): void {
    for (const tap of this.taps) tap(packet, direction, this);
  }

  view(): InterfaceView {
    return {
      index: this.index,
      name: this.name,
      ...(this.peer && { peerIndex: this.peer.index }),
      kind: this.kind,
      mac: this.mac,
      mtu: this.mtu,
      up: this.up,
      ...(this.master && { master: this.master.name }),
      addresses: this.addresses.map((address) => ({ ...address })),
    };
  }
}
