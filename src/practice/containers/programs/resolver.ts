import { decode, type Process } from '../process.ts';

/** Of /etc/resolv.conf what a resolver goes by; the last `search` and `ndots` count. */
interface ResolverFile {
  servers: string[];
  searches: string[];
  ndots: number;
}

/** The IPv4 addresses that the process' name servers know for a name; empty where none does. */
export function askNameServers(process: Process, name: string): readonly string[] {
  const { servers, searches, ndots } = resolverFile(process);
  const known = servers.flatMap((address) => process.machine.nameServer?.(address) ?? []);
  if (known.length === 0) return [];
  for (const candidate of candidates(name, searches, ndots))
    for (const ask of known) {
      const answer = ask(candidate);
      if (answer !== undefined) return answer;
    }
  return [];
}

/** The name server that is asked first; undefined without one. */
export function firstNameServer(process: Process): string | undefined {
  return resolverFile(process).servers[0];
}

/** A name with a dot at its end is whole; one with few dots is looked for in the search domains first. */
function candidates(name: string, searches: readonly string[], ndots: number): string[] {
  const whole = name.replace(/\.$/, '').toLowerCase();
  if (name.endsWith('.')) return [whole];
  const searched = searches.map((domain) => `${whole}.${domain}`);
  return whole.split('.').length > ndots ? [whole, ...searched] : [...searched, whole];
}

function resolverFile(process: Process): ResolverFile {
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
