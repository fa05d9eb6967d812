/** What a name server says of a name that there is. */
export interface DnsAnswer {
  /** What the name stands for, one after the other. */
  aliases: readonly { name: string; target: string }[];
  /** IPv4; of IPv6 there are none. */
  addresses: readonly string[];
}

/** A name server as programs ask it. Questions and answers are no packets: UDP is not modelled. */
export interface NameServer {
  /** @param name whole, in small letters, without a dot at its end. @returns undefined when there is no such name */
  ask(name: string): DnsAnswer | undefined;
  /** The names that an IPv4 address has. */
  namesOf(address: string): readonly string[];
}
