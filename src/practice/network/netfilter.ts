import type { SocketAddress } from './connection.ts';
import { Conntrack, type Direction, type Flow, isFirst, opposite, type Tuple } from './conntrack.ts';
import type { FlowPacket, IcmpPacket, Packet } from './packet.ts';

/** Where a packet meets rules, in Linux' order: prerouting, then input or forward; output; postrouting on the way out. */
export type Chain = 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting';

type Refusal = 'drop' | 'reject' | 'unreachable';

/** What a rule can know beside the packet. */
export interface Place {
  in?: string;
  out?: string;
  /** Where the packet was going when it came to this namespace, if its destination was rewritten here. */
  original?: SocketAddress;
}

export type Rule = RuleBase &
  (
    | {
        chain: Chain;
        /**
         * `reject`: the sender gets ICMP port unreachable, which a TCP client takes for "refused". `unreachable`: it gets
         * ICMP network unreachable, as where there is no route.
         */
        target: 'accept' | Refusal;
      }
    /** The source becomes the namespace's own address. */
    | { chain: 'postrouting'; target: 'masquerade' }
    | {
        chain: 'prerouting' | 'output';
        target: { destination: SocketAddress | ((packet: Packet) => SocketAddress) };
      }
  );

interface RuleBase {
  /** For traces: whose rule it is, and what for. */
  name: string;
  /** `state`: whether the packet asks for a new connection. NAT rules are asked for those only. */
  matches(packet: Packet, place: Place, state: 'new' | 'established'): boolean;
}

export type Verdict =
  { kind: 'accept'; packet: Packet; rule?: Rule } | { kind: Refusal; packet: Packet; rule: Rule };

/** The first port that masquerading takes when the client's own is in use. */
const FIRST_NAT_PORT = 1024;
const PORTS = 65_536;

/** The rules of one namespace, and the connections they were applied to. */
export class Netfilter {
  private rules: readonly Rule[] = [];
  private readonly conntrack = new Conntrack();
  private readonly changed: () => void;

  /** @param changed called when a rule comes or goes */
  constructor(changed: () => void = () => undefined) {
    this.changed = changed;
  }

  /** Appends a rule; the answer takes it out. Connections that it has rewritten go on as they began. */
  add(rule: Rule): () => void {
    const own = { ...rule, matches: rule.matches.bind(rule) };
    this.rules = [...this.rules, own];
    this.changed();
    return () => {
      if (!this.rules.includes(own)) return;
      this.rules = this.rules.filter((each) => each !== own);
      this.changed();
    };
  }

  list(): readonly Rule[] {
    return this.rules;
  }

  /** A packet comes in, or is made here. Without rules there is nothing to remember of connections. */
  begin(packet: Packet): Transit {
    const tracking = this.rules.length > 0 || this.conntrack.size > 0;
    return new Transit(this.rules, tracking ? this.conntrack : undefined, packet);
  }
}

/** One packet's way through the chains of a namespace. */
export class Transit {
  packet: Packet;
  private readonly rules: readonly Rule[];
  private readonly conntrack: Conntrack | undefined;
  private readonly known: { flow: Flow; direction: Direction } | undefined;
  /** The packet as it came. */
  private readonly original: Tuple;
  private readonly state: 'new' | 'established';

  constructor(rules: readonly Rule[], conntrack: Conntrack | undefined, packet: Packet) {
    this.rules = rules;
    this.conntrack = conntrack;
    this.packet = packet;
    this.original = packet;
    this.known = packet.protocol === 'icmp' ? conntrack?.findRelated(packet) : conntrack?.find(packet);
    this.state =
      packet.protocol !== 'icmp' && isFirst(packet) && !this.known?.flow.assured ? 'new' : 'established';
  }

  /**
   * One chain. The destination is rewritten before the filter sees the packet, the source after it.
   *
   * @param ownAddress the namespace's address on the interface that the packet leaves by, for masquerading
   */
  run(chain: Chain, at: Place, ownAddress?: string): Verdict {
    if (this.conntrack === undefined) return { kind: 'accept', packet: this.packet };
    const isRewritten = this.packet.destination !== this.original.destination;
    const place = isRewritten ? { ...at, original: this.original.destination } : at;
    let nat: Rule | undefined;
    if (chain === 'prerouting' || chain === 'output') nat = this.rewriteDestination(chain, place);
    const filter = this.rules.find(({ chain: own, target, matches }) =>
      own === chain && isFilter(target) ? matches(this.packet, place, this.state) : false,
    );
    if (filter !== undefined && isRefusal(filter.target))
      return { kind: filter.target, packet: this.packet, rule: filter };
    if (chain === 'postrouting' || chain === 'input') {
      nat = this.rewriteSource(chain, place, ownAddress);
      this.confirm(this.conntrack);
    }
    const rule = nat ?? filter;
    return { kind: 'accept', packet: this.packet, ...(rule && { rule }) };
  }

  private rewriteDestination(chain: Chain, place: Place): Rule | undefined {
    if (this.known !== undefined) {
      const { flow, direction } = this.known;
      const destination = flow[opposite(direction)].source;
      this.packet =
        this.packet.protocol === 'icmp'
          ? rewriteError(this.packet, destination, flow[opposite(direction)])
          : { ...this.packet, destination };
      return undefined;
    }
    const rule = this.natRule(chain, place);
    if (rule !== undefined && typeof rule.target === 'object') {
      const { destination } = rule.target;
      const chosen = typeof destination === 'function' ? destination(this.packet) : destination;
      this.packet = { ...this.packet, destination: chosen };
    }
    return rule;
  }

  private rewriteSource(chain: Chain, place: Place, ownAddress: string | undefined): Rule | undefined {
    if (this.packet.protocol === 'icmp') return undefined;
    if (this.known !== undefined) {
      const { flow, direction } = this.known;
      this.packet = { ...this.packet, source: flow[opposite(direction)].destination };
      return undefined;
    }
    const rule = this.natRule(chain, place);
    if (rule?.target === 'masquerade' && ownAddress !== undefined)
      this.packet = { ...this.packet, source: this.freeSource(this.packet, ownAddress) };
    return rule;
  }

  /** NAT looks at first packets only; all that follow are treated as the first was. */
  private natRule(chain: Chain, place: Place): Rule | undefined {
    if (this.packet.protocol === 'icmp' || !isFirst(this.packet)) return undefined;
    return this.rules.find(({ chain: own, target, matches }) =>
      own === chain && !isFilter(target) ? matches(this.packet, place, this.state) : false,
    );
  }

  /** The client's own port where that is free. */
  private freeSource({ protocol, source, destination }: FlowPacket, address: string): SocketAddress {
    for (let step = 0; step < PORTS; step++) {
      const port =
        step === 0 ? source.port : FIRST_NAT_PORT + ((source.port + step) % (PORTS - FIRST_NAT_PORT));
      const candidate = { address, port };
      if (this.conntrack?.isTaken(protocol, { source: destination, destination: candidate }) !== true)
        return candidate;
    }
    return source;
  }

  /** The packet leaves the namespace or reaches a socket: from now on its connection is known. */
  private confirm(conntrack: Conntrack): void {
    const { packet, known } = this;
    if (packet.protocol === 'icmp') return;
    if (known !== undefined) return conntrack.follow(known.flow, known.direction, packet);
    if (!isFirst(packet)) return;
    conntrack.add({
      protocol: packet.protocol,
      original: { source: this.original.source, destination: this.original.destination },
      reply: { source: packet.destination, destination: packet.source },
      ended: new Set(),
      assured: false,
    });
  }
}

function isFilter(target: Rule['target']): boolean {
  return target === 'accept' || isRefusal(target);
}

function isRefusal(target: Rule['target']): target is Refusal {
  return target === 'drop' || target === 'reject' || target === 'unreachable';
}

/** An ICMP error for a packet that was rewritten here is about that packet as its sender knows it. */
function rewriteError(packet: IcmpPacket, destination: SocketAddress, sent: Tuple): IcmpPacket {
  const about = { ...packet.error.about, source: sent.source, destination: sent.destination };
  return {
    ...packet,
    destination: { address: destination.address, port: 0 },
    error: { ...packet.error, about },
  };
}
