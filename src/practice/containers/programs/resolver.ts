import type { NameServer } from '../name-server.ts';
import { decode, type Process } from '../process.ts';

/** Of /etc/resolv.conf what a resolver goes by; the last `search` and `ndots` count. */
export interface ResolverFile {
  servers: string[];
  searches: string[];
  ndots: number;
}

/** The IPv4 addresses that the process' name servers know for a name; empty where none does. */
export function askNameServers(process: Process, name: string): readonly string[] {
  const { servers, searches, ndots } = resolverFile(process);
  const known = servers.flatMap((address) => nameServerAt(process, address) ?? []);
  if (known.length === 0) return [];
  for (const candidate of candidates(name, searches, ndots))
    for (const server of known) {
      const answer = server.ask(candidate);
      if (answer !== undefined) return answer.addresses;
    }
  return [];
}

/** What answers at an address; undefined where nothing does. */
export function nameServerAt(process: Process, address: string): NameServer | undefined {
  return process.machine.nameServer?.(address);
}

/** The name that an address has for the process' name servers; undefined when it has none. */
export function nameOf(process: Process, address: string): string | undefined {
  for (const server of resolverFile(process).servers) {
    const [name] = nameServerAt(process, server)?.namesOf(address) ?? [];
    if (name !== undefined) return name;
  }
  return undefined;
}

/** The name server that is asked first; undefined without one. */
export function firstNameServer(process: Process): string | undefined {
  return resolverFile(process).servers[0];
}

/** A name with a dot at its end is whole; one with few dots is looked for in the search domains first. */
export function candidates(name: string, searches: readonly string[], ndots: number): string[] {
  const whole = name.replace(/\.$/, '').toLowerCase();
  if (name.endsWith('.')) return [whole];
  const searched = searches.map((domain) => `${whole}.${domain}`);
  return whole.split('.').length > ndots ? [whole, ...searched] : [...searched, whole];
}

/** /etc/resolv.conf, as this process has it. */
export function resolverFile(process: Process): ResolverFile {
  const file: ResolverFile = { servers: [], searches: [], ndots: 1 };
  const { fileSystem } = process.machine;
  if (fileSystem.lookup('/etc/resolv.conf') === undefined) return file;
  for (const line of decode(fileSystem.read('/etc/resolv.conf')).split('\n')) {
    const [keyword, ...words] = line
      .replace(/[#;].*/, '')
      .trim()
      .split(/\s+/);
    if (keyword === 'nameserver' && words[0] !== undefined) file.servers.push(words[0]);
    if (keyword === 'search') file.searches = words.map((domain) => domain.toLowerCase().replace(/\.$/, ''));
    if (keyword !== 'options') continue;
    for (const word of words) {
      const ndots = /^ndots:(\d+)$/.exec(word)?.[1];
      if (ndots !== undefined) file.ndots = Math.min(Number(ndots), 15);
    }
  }
  return file;
}
