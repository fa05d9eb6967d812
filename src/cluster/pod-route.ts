import { canonicalAddress, isLoopback, procNetAddress } from './address.ts';

/** How packets leave a Pod, by its own kernel's tables. */
export interface PodRoute {
  device: string;
  /** Bytes; undefined where it can't be read. */
  mtu: number | undefined;
  /** The next hop for all that has no route of its own; undefined where everything is on the link. */
  gateway: string | undefined;
  /** Subnets reached without a gateway: 10.210.1.0/24, or none, where the Pod has a cable of its own to its Node. */
  onLink: string[];
}

/**
 * Prints what `readPodRoute` reads, with nothing but sh and cat. `ip link` is for the rare container without /sys; the
 * kernel without IPv6 has no ipv6_route.
 */
export const READ_POD_ROUTE = [
  'for f in /sys/class/net/*/mtu; do [ -r "$f" ] && echo "mtu $f $(cat "$f")"; done',
  '[ -d /sys/class/net ] || ip link 2>/dev/null',
  'cat /proc/net/route; cat /proc/net/ipv6_route 2>/dev/null || true',
].join('\n');

interface Row {
  device: string;
  base: string;
  length: number;
  gateway: string | undefined;
  metric: number;
}

/** Flags of a route, from the kernel's route.h and ipv6_route.h. */
const UP = 0x1;
const REJECT = 0x200;

/**
 * Reads /sys/class/net/…/mtu, /proc/net/route and /proc/net/ipv6_route. IPv4 where there is a way out over IPv4, else
 * IPv6; undefined where there is neither.
 */
export function readPodRoute(output: string): PodRoute | undefined {
  const lines = output.split('\n');
  for (const rows of [lines.flatMap(row4), lines.flatMap(row6)]) {
    const way = wayOut(rows);
    if (way === undefined) continue;
    const onLink = rows
      .filter((row) => row.device === way.device && row.gateway === undefined && isSubnet(row))
      .map(({ base, length }) => `${base}/${length}`);
    return { device: way.device, mtu: mtuOf(lines, way.device), gateway: way.gateway, onLink };
  }
  return undefined;
}

/** The default route; of several the one that the kernel takes. */
function wayOut(rows: Row[]): Row | undefined {
  return rows.filter(({ length }) => length === 0).toSorted((a, b) => a.metric - b.metric)[0];
}

/** Not the default route, a single address, or what every interface has (link-local, multicast). */
function isSubnet({ base, length }: Row): boolean {
  const six = base.includes(':');
  return length > 0 && length < (six ? 128 : 32) && !/^(fe80:|ff|169\.254\.)/.test(base);
}

/** Iface Destination Gateway Flags RefCnt Use Metric Mask … */
function row4(line: string): Row[] {
  const [device = '', destination = '', gateway = '', flags = '', , , metric, mask = ''] = line
    .trim()
    .split(/\s+/);
  const base = procNetAddress(destination);
  const next = procNetAddress(gateway);
  const bits = procNetAddress(mask);
  if (base === undefined || next === undefined || bits === undefined || !isUsable(flags)) return [];
  const length = bits
    .split('.')
    .reduce((sum, byte) => sum + Number(byte).toString(2).replaceAll('0', '').length, 0);
  return [{ device, base, length, gateway: next === '0.0.0.0' ? undefined : next, metric: Number(metric) }];
}

/** Destination, its length, source, its length, next hop, metric, references, uses, flags, interface; all hexadecimal. */
function row6(line: string): Row[] {
  const [destination = '', length = '', , , hop = '', metric = '', , , flags = '', device = ''] = line
    .trim()
    .split(/\s+/);
  if (!/^[0-9a-f]{32}$/.test(destination) || !/^[0-9a-f]{32}$/.test(hop)) return [];
  // The kernel keeps a default route through lo that refuses everything.
  if (device === 'lo' || !isUsable(flags)) return [];
  const gateway = address6(hop);
  const base = address6(destination);
  if (isLoopback(base)) return [];
  return [
    {
      device,
      base,
      length: Number.parseInt(length, 16),
      gateway: gateway === '::' ? undefined : gateway,
      metric: Number.parseInt(metric, 16),
    },
  ];
}

function isUsable(flags: string): boolean {
  const bits = Number.parseInt(flags, 16);
  return (bits & UP) !== 0 && (bits & REJECT) === 0;
}

function address6(hexadecimal: string): string {
  return canonicalAddress(hexadecimal.match(/.{4}/g)!.join(':'));
}

/** From the lines of our own loop, or those of `ip link`. */
function mtuOf(lines: string[], device: string): number | undefined {
  for (const line of lines) {
    const found =
      /^mtu \/sys\/class\/net\/([^/]+)\/mtu (\d+)$/.exec(line) ??
      /^\d+: ([^:@]+)(?:@[^:]*)?: .* mtu (\d+)/.exec(line);
    if (found?.[1] === device) return Number(found[2]);
  }
  return undefined;
}

/** `its packets leave by eth0, MTU 1450, to the gateway 10.210.1.1; …` */
export function podRouteText({ device, mtu, gateway, onLink }: PodRoute): string {
  const size = mtu === undefined ? 'MTU unknown' : `MTU ${mtu}`;
  const leaves = `its packets leave by ${device}, ${size}`;
  if (gateway === undefined) return `${leaves}, without a gateway: whatever it calls must answer on the link`;
  const link =
    onLink.length === 0
      ? 'no subnet is on the link, so it has a cable of its own to its Node, which routes every packet'
      : `${onLink.join(' and ')} ${onLink.length === 1 ? 'is' : 'are'} on the link, as where a bridge on the Node joins its Pods`;
  return `${leaves}, to the gateway ${gateway}; ${link}`;
}
