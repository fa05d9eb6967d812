import {
  contains,
  formatAddress,
  formatPrefix,
  lastAddress,
  parseAddress,
  type Prefix,
  requirePrefix,
} from './address.ts';
import { NoAddressLeft } from './cluster-network.ts';

/**
 * The addresses of a Node's podCIDR, given out as the CNI plugin host-local does it: always the next free one after the last
 * given, so that an address that was given back rests for as long as possible.
 */
export class AddressPool {
  /** The first address, which the Node's bridge has. */
  readonly gateway: string;
  readonly prefix: Prefix;
  private readonly first: bigint;
  private readonly last: bigint;
  private readonly taken = new Set<string>();
  private latest: bigint;

  /** @throws {TypeError} when it is no prefix, or one too small for a Pod */
  constructor(podCIDR: string) {
    this.prefix = requirePrefix(podCIDR);
    const { family, value } = this.prefix;
    this.gateway = formatAddress({ family, value: value + 1n });
    this.first = value + 2n;
    this.last = lastAddress(this.prefix).value - (family === 4 ? 1n : 0n);
    if (this.last < this.first) throw new TypeError(`no room for Pods in ${podCIDR}`);
    this.latest = this.last;
  }

  /** @param wanted given when it is free and in the range @throws {NoAddressLeft} */
  take(wanted?: string): string {
    const given = this.wantedOrNext(wanted);
    this.latest = given;
    const address = formatAddress({ family: this.prefix.family, value: given });
    this.taken.add(address);
    return address;
  }

  giveBack(address: string): void {
    this.taken.delete(address);
  }

  private wantedOrNext(wanted: string | undefined): bigint {
    const parsed = wanted === undefined ? undefined : parseAddress(wanted);
    if (parsed !== undefined && contains(this.prefix, parsed) && this.isFree(parsed.value))
      return parsed.value;
    let candidate = this.latest;
    do {
      candidate = candidate === this.last ? this.first : candidate + 1n;
      if (this.isFree(candidate)) return candidate;
    } while (candidate !== this.latest);
    throw new NoAddressLeft(formatPrefix(this.prefix));
  }

  private isFree(value: bigint): boolean {
    const { family } = this.prefix;
    return value >= this.first && value <= this.last && !this.taken.has(formatAddress({ family, value }));
  }
}
