import { type Address, type Prefix, formatPrefix, requireAddress, requirePrefix, width } from './address.ts';

/** `destination` is a prefix such as 10.4.1.0/24; the lowest `metric` is taken first. */
interface Entry {
  readonly destination: string;
  readonly metric?: number;
}

/** A table holds a route with this prefix and metric already; in the words of `ip`. */
export class RouteExists extends Error {
  constructor() {
    super('RTNETLINK answers: File exists');
    this.name = 'RouteExists';
  }
}

/** How many addresses a table remembers the routes of. */
const MOST_REMEMBERED = 4096;

/**
 * Routes by prefix: the longest that holds the address wins. A look-up takes one step per *length* in the table, however
 * many routes there are, and for an address that was asked for before a single one.
 */
export class RouteTable<Route extends Entry> {
  private readonly lengths = new Map<number, Map<bigint, Route[]>>();
  /** Longest first, both families together. */
  private order: number[] = [];
  private readonly remembered = new Map<string, readonly Route[]>();
  private readonly changed: () => void;

  constructor(changed: () => void = () => undefined) {
    this.changed = changed;
  }

  /** @throws {RouteExists | TypeError} */
  add(route: Route): void {
    const prefix = requirePrefix(route.destination);
    const key = slot(prefix.family, prefix.length);
    let networks = this.lengths.get(key);
    if (networks === undefined) {
      this.lengths.set(key, (networks = new Map()));
      this.order = [...this.lengths.keys()].sort((a, b) => b - a);
    }
    const network = networkKey(prefix, prefix.length);
    const routes = networks.get(network) ?? [];
    if (routes.some((other) => metricOf(other) === metricOf(route))) throw new RouteExists();
    networks.set(
      network,
      [...routes, route].sort((a, b) => metricOf(a) - metricOf(b)),
    );
    this.touch();
  }

  /** Whether there is a route to exactly this prefix. @throws {TypeError} */
  has(destination: string): boolean {
    const { family, value, length } = requirePrefix(destination);
    return this.lengths.get(slot(family, length))?.has(networkKey({ family, value }, length)) === true;
  }

  /** Takes out the routes to a prefix, those that `which` picks; how many there were. */
  remove(destination: string, which: (route: Route) => boolean = () => true): number {
    const prefix = requirePrefix(destination);
    const key = slot(prefix.family, prefix.length);
    const network = networkKey(prefix, prefix.length);
    const networks = this.lengths.get(key);
    const routes = networks?.get(network) ?? [];
    const left = routes.filter((route) => !which(route));
    if (left.length === routes.length) return 0;
    if (left.length > 0) networks?.set(network, left);
    else networks?.delete(network);
    if (networks?.size === 0) {
      this.lengths.delete(key);
      this.order = [...this.lengths.keys()].sort((a, b) => b - a);
    }
    this.touch();
    return routes.length - left.length;
  }

  /** The route for an address, among those that are `usable`. @throws {TypeError} */
  lookup(address: string, usable: (route: Route) => boolean = () => true): Route | undefined {
    let matching = this.remembered.get(address);
    if (matching === undefined) {
      if (this.remembered.size >= MOST_REMEMBERED) this.remembered.clear();
      this.remembered.set(address, (matching = this.matching(address)));
    }
    return matching.find(usable);
  }

  /** In the order of `ip route`: by address, the longer prefix first. */
  list(): Route[] {
    return [...this.lengths.values()]
      .flatMap((networks) => [...networks.values()].flat())
      .map((route) => ({ route, prefix: requirePrefix(route.destination) }))
      .sort((a, b) => byAddress(a.prefix, b.prefix) || metricOf(a.route) - metricOf(b.route))
      .map(({ route }) => route);
  }

  /** All routes for an address, the best first. */
  private matching(address: string): Route[] {
    const parsed = requireAddress(address);
    return this.order.flatMap((key) => {
      const { family, length } = slotParts(key);
      if (family !== parsed.family) return [];
      return this.lengths.get(key)?.get(networkKey(parsed, length)) ?? [];
    });
  }

  private touch(): void {
    this.remembered.clear();
    this.changed();
  }
}

/** A prefix in the form that tables are asked with. @throws {TypeError} */
export function canonicalPrefix(text: string): string {
  return formatPrefix(requirePrefix(text));
}

function metricOf(route: Entry): number {
  return route.metric ?? 0;
}

/** A family and a length as one number, so that one table holds both families. */
function slot(family: number, length: number): number {
  return (family << 8) | length;
}

function slotParts(key: number): { family: number; length: number } {
  return { family: key >> 8, length: key & 0xff };
}

function networkKey({ family, value }: Address, length: number): bigint {
  return value >> BigInt(width(family) - length);
}

function byAddress(a: Prefix, b: Prefix): number {
  if (a.family !== b.family) return a.family - b.family;
  if (a.value !== b.value) return a.value < b.value ? -1 : 1;
  return b.length - a.length;
}
