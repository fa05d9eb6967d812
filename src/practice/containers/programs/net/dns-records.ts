import { isIPv4 } from 'node:net';
import type { NameServer } from '../../name-server.ts';

export interface Question {
  name: string;
  /** A, AAAA, PTR … */
  type: string;
}

export const TYPES = ['SOA', 'NS', 'A', 'AAAA', 'CNAME', 'MX', 'TXT', 'SRV', 'PTR', 'ANY'];

/** A record of an answer, as nslookup shows it. */
interface Record {
  shown: string;
}

/** What a name server answers; a word is its refusal. Of names that are there it knows IPv4 addresses and aliases alone. */
export function answersOf(server: NameServer, { name, type }: Question): Record[] | 'NXDOMAIN' {
  const whole = name.replace(/\.$/, '').toLowerCase();
  const address = /^(.*)\.in-addr\.arpa$/.exec(whole)?.[1]?.split('.').reverse().join('.');
  if (address !== undefined && isIPv4(address)) {
    const names = server.namesOf(address);
    if (names.length === 0) return 'NXDOMAIN';
    return type === 'PTR' || type === 'ANY'
      ? names.map((each) => ({ shown: `${whole}\tname = ${each}` }))
      : [];
  }
  const answer = server.ask(whole);
  if (answer === undefined) return 'NXDOMAIN';
  const target = answer.aliases.at(-1)?.target ?? whole;
  const aliases = answer.aliases.map((each) => ({ shown: `${each.name}\tcanonical name = ${each.target}` }));
  const hasAddresses = type === 'A' || type === 'ANY';
  const addresses = hasAddresses
    ? answer.addresses.map((each) => ({ shown: `Name:\t${target}\nAddress: ${each}` }))
    : [];
  return [...aliases, ...addresses];
}
