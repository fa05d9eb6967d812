import { formatAddress, requireAddress } from './address.ts';
import type { Network } from './network.ts';
import { type EchoPacket, FIRST_TTL, type IcmpError, type Packet, tupleKey } from './packet.ts';
import type { Probe, ProbeResult } from './stack.ts';

/** What probes need of the namespace around them. */
interface ProbeHost {
  readonly network: Network;
  sourceFor(destination: string): { address: string } | undefined;
  send(packet: Packet): void;
}

/** From where datagrams are sent; nothing comes back to it but errors. */
const UDP_PORT = 40_000;

/** Echo requests and datagrams of a namespace, each with what comes back of it. */
export class Probes {
  private readonly host: ProbeHost;
  /** Those under way, by the key of their packets. */
  private readonly results = new Map<string, ProbeResult>();

  constructor(host: ProbeHost) {
    this.host = host;
  }

  send({ kind, address, id, sequence, ttl = FIRST_TTL }: Probe): ProbeResult {
    const to = formatAddress(requireAddress(address));
    const from = this.host.sourceFor(to);
    if (from === undefined) return { kind: 'unsent' };
    const packet: Packet =
      kind === 'echo'
        ? {
            protocol: 'echo',
            kind: 'request',
            sequence,
            source: { address: from.address, port: id },
            destination: { address: to, port: 0 },
            ttl,
          }
        : {
            protocol: 'udp',
            source: { address: from.address, port: UDP_PORT },
            destination: { address: to, port: id },
            ttl,
          };
    const key = tupleKey(packet.protocol, packet.source, packet.destination);
    this.results.set(key, { kind: 'lost' });
    this.host.network.operate(() => this.host.send(packet));
    const result = this.results.get(key)!;
    this.results.delete(key);
    return result;
  }

  /** Answers what asks, and takes answers. */
  deliver(packet: EchoPacket): void {
    const { source, destination, ttl } = packet;
    if (packet.kind === 'request')
      return this.host.send({
        ...packet,
        kind: 'reply',
        source: destination,
        destination: source,
        ttl: FIRST_TTL,
      });
    this.settle(tupleKey('echo', destination, source), { kind: 'reply', from: source.address, ttl });
  }

  /** @param from undefined when the packet did not even leave: there was no route, or nobody on the link has the address */
  complained(about: Packet, type: IcmpError['type'], from: string | undefined): void {
    const key = tupleKey(about.protocol, about.source, about.destination);
    if (from !== undefined) this.settle(key, { kind: 'error', type, from });
    else if (type === 'network-unreachable') this.settle(key, { kind: 'unsent' });
    // The kernel tells itself that nobody answers, some seconds later.
    else this.settle(key, { kind: 'error', type, from: about.source.address });
  }

  private settle(key: string, result: ProbeResult): void {
    if (this.results.has(key)) this.results.set(key, result);
  }
}
