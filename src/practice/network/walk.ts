import type { SocketAddress } from './connection.ts';
import type { Decision, Interface, Router } from './interface.ts';
import type { IcmpError, Packet } from './packet.ts';

/** One place on a packet's path, with the addresses as the packet carried them when it left that place. */
export interface Hop {
  /** The namespace, or the cloud. */
  where: string;
  in?: string;
  out?: string;
  source: SocketAddress;
  destination: SocketAddress;
  ttl: number;
  verdict: 'send' | 'forward' | 'pass' | 'deliver' | 'drop' | 'error';
  /** Which route, rule or lack of one decided. */
  note: string;
}

export type Outcome =
  | { kind: 'delivered'; to: Router; packet: Packet }
  | { kind: 'dropped'; where: string; reason: string }
  /** `by` is who found it out: the sender itself, when `local`. */
  | { kind: 'error'; type: IcmpError['type']; by: Router; local: boolean; packet: Packet; reason: string };

export interface Trace {
  hops: Hop[];
  outcome: Outcome;
}

/** A walk with all its hops. It is a real one: rules remember it, taps see it. Nothing is delivered. */
export function trace(from: Router, packet: Packet): Trace {
  const hops: Hop[] = [];
  const outcome = walk(from, packet, hops);
  return { hops, outcome };
}

/**
 * Takes a packet from a namespace as far as it gets. It ends: every router takes one off the TTL.
 *
 * @param hops gets the packet's path; most walks need none
 */
export function walk(from: Router, packet: Packet, hops?: Hop[]): Outcome {
  let router = from;
  let entered: Interface | undefined;
  let decision: Decision = from.output(packet);
  while (decision.kind === 'send') {
    const { out, nextHop, packet: sent } = decision;
    const verdict = entered === undefined ? 'send' : 'forward';
    hops?.push(hop(router.name, sent, verdict, decision.note(), entered, out));
    out.see(sent, 'out');
    const carried = out.link.carry(sent, out, nextHop);
    const left = carried.kind === 'arrived' ? (carried.packet ?? sent) : sent;
    for (const passage of carried.passed) {
      passage.in?.see(sent, 'in');
      passage.out?.see(left, 'out');
      hops?.push(hop(passage.where, left, 'pass', passage.note, passage.in, passage.out));
    }
    if (carried.kind === 'lost') {
      const { where, reason } = carried;
      hops?.push(hop(where, sent, 'drop', reason));
      return { kind: 'dropped', where, reason };
    }
    if (carried.kind === 'no-neighbour') {
      const reason = `nobody on ${out.name} has ${nextHop}`;
      decision = { kind: 'error', packet: sent, type: 'host-unreachable', reason };
    } else if (carried.kind === 'refused') {
      const { by, type, reason } = carried;
      entered = by;
      router = by.router;
      decision = { kind: 'error', packet: sent, type, reason };
    } else {
      out.learn(nextHop, carried.at);
      entered = carried.at;
      router = entered.router;
      entered.see(left, 'in');
      decision = router.receive(left, entered);
    }
  }
  return finish(router, entered, decision, hops);
}

function finish(
  router: Router,
  entered: Interface | undefined,
  decision: Exclude<Decision, { kind: 'send' }>,
  hops: Hop[] | undefined,
): Outcome {
  const { packet } = decision;
  switch (decision.kind) {
    case 'deliver': {
      const { over, note } = decision;
      over?.see(packet, 'out');
      over?.see(packet, 'in');
      hops?.push(hop(router.name, packet, 'deliver', note(), entered ?? over));
      return { kind: 'delivered', to: router, packet };
    }
    case 'drop':
      hops?.push(hop(router.name, packet, 'drop', decision.reason, entered));
      return { kind: 'dropped', where: router.name, reason: decision.reason };
    case 'error': {
      const { type, reason } = decision;
      hops?.push(hop(router.name, packet, 'error', reason, entered));
      return { kind: 'error', type, by: router, local: entered === undefined, packet, reason };
    }
  }
}

function hop(
  where: string,
  { source, destination, ttl }: Packet,
  verdict: Hop['verdict'],
  note: string,
  entered?: Interface,
  out?: Interface,
): Hop {
  return {
    where,
    ...(entered && { in: entered.name }),
    ...(out && { out: out.name }),
    source,
    destination,
    ttl,
    verdict,
    note,
  };
}
