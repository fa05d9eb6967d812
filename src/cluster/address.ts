import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** `::ffff:10.0.0.1`, as a dual-stack listener writes an IPv4 peer, is 10.0.0.1. IPv6 is given its one short form. */
export function canonicalAddress(address: string): string {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  if (!isIPv6(bare)) return bare;
  // The URL parser knows RFC 5952.
  const short = new URL(`http://[${bare}]`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(short);
  if (mapped === null) return short;
  return mapped
    .slice(1)
    .map((word) => Number.parseInt(word, 16))
    .flatMap((word) => [word >> 8, word & 255])
    .join('.');
}

export function isLoopback(address: string): boolean {
  const canonical = canonicalAddress(address);
  return canonical === '::1' || (isIPv4(canonical) && canonical.startsWith('127.'));
}

/** Whether an address lies in a subnet such as 10.210.1.0/24 or fd00::/64; false for anything malformed. */
export function inSubnet(address: string, subnet: string): boolean {
  const canonical = canonicalAddress(address);
  const [base = '', length, ...rest] = subnet.split('/');
  const family = isIPv4(canonical) ? 'ipv4' : isIPv6(canonical) ? 'ipv6' : undefined;
  if (family === undefined || length === undefined || rest.length > 0 || !/^\d{1,3}$/.test(length))
    return false;
  if (family === 'ipv4' ? !isIPv4(base) || Number(length) > 32 : !isIPv6(base) || Number(length) > 128)
    return false;
  const list = new BlockList();
  list.addSubnet(base, Number(length), family);
  return list.check(canonical, family);
}

/**
 * The addresses a network namespace calls its own, loopback and link-local left out, from the kernel's own tables
 * (/proc/net/fib_trie and /proc/net/if_inet6, as `cat` prints them one after the other). The kernel is asked and not
 * /etc/hosts or `hostname -i`, because kubelet writes /etc/hosts from what the API says.
 */
export function ownAddresses(procNet: string): string[] {
  const found = new Set<string>();
  let candidate: string | undefined;
  for (const line of procNet.split('\n')) {
    const leaf = /\|-- (\d+\.\d+\.\d+\.\d+)/.exec(line);
    if (leaf !== null) candidate = leaf[1]!;
    else if (/\/32 host LOCAL/.test(line) && candidate !== undefined) found.add(candidate);
    const six = /^([0-9a-f]{32}) [0-9a-f]{2} [0-9a-f]{2} ([0-9a-f]{2}) /.exec(line);
    // Scope 00 is global; 20 link-local, 10 host.
    if (six !== null && six[2] === '00') found.add(canonicalAddress(six[1]!.match(/.{4}/g)!.join(':')));
  }
  return [...found].filter((address) => !isLoopback(address) && !address.startsWith('169.254.'));
}

/** The first two addresses of a subnet, which networks keep for the Node itself: its bridge (.1), its overlay (.0). */
export function nodesOwnAddresses(subnet: string): string[] {
  const base = subnet.split('/')[0] ?? '';
  if (isIPv4(base)) {
    const [a, b, c, d] = base.split('.').map(Number) as [number, number, number, number];
    return [base, `${a}.${b}.${c}.${d + 1}`];
  }
  if (!isIPv6(base)) return [];
  const canonical = canonicalAddress(base);
  return [canonical, canonicalAddress(canonical.replace(/(::|:0)$/, (end) => (end === '::' ? '::1' : ':1')))];
}

/** An address as /proc/net/tcp and tcp6 write it: words of 32 bits in the machine's own (little-endian) order. */
export function procNetAddress(hexadecimal: string): string | undefined {
  if (!/^([0-9A-F]{8}|[0-9A-F]{32})$/.test(hexadecimal)) return undefined;
  const bytes = hexadecimal.match(/.{8}/g)!.flatMap((word) => word.match(/../g)!.toReversed());
  if (bytes.length === 4) return bytes.map((byte) => Number.parseInt(byte, 16)).join('.');
  return canonicalAddress(bytes.join('').match(/.{4}/g)!.join(':'));
}

/** Host and port as they stand in a URL; the scheme's usual port is left out. */
export function authorityOf(address: string, port: number, scheme: 'http' | 'https' = 'http'): string {
  const host = address.includes(':') ? `[${address}]` : address;
  return port === (scheme === 'https' ? 443 : 80) ? host : `${host}:${port}`;
}
