import { isIP } from 'node:net';

export type Family = 4 | 6;

/** An IP address as a number; elsewhere addresses are texts in their one canonical form, so that `===` compares them. */
export interface Address {
  family: Family;
  value: bigint;
}

/** Such as 10.4.1.0/24. */
export interface Prefix extends Address {
  length: number;
}

/** How many bits an address of the family has. */
export function width(family: Family): number {
  return family === 4 ? 32 : 128;
}

/** Undefined for anything that is no address. Zones (`fe80::1%eth0`) belong to a socket, not to an address. */
export function parseAddress(text: string): Address | undefined {
  const family = isIP(text);
  if (family === 4) return { family, value: BigInt(dotted(text)) };
  if (family !== 6 || text.includes('%')) return undefined;
  return { family, value: sixteenBytes(text) };
}

/** The canonical form: dotted quad, or RFC 5952 with IPv4-mapped addresses as `::ffff:10.0.0.1`. */
export function formatAddress({ family, value }: Address): string {
  if (family === 4) return quad(value);
  if (value >> 32n === 0xffffn) return `::ffff:${quad(value & 0xffff_ffffn)}`;
  const words = Array.from({ length: 8 }, (_, index) => (value >> BigInt(112 - 16 * index)) & 0xffffn);
  const zeros = longestZeros(words);
  const hex = words.map((word) => word.toString(16));
  if (zeros.length < 2) return hex.join(':');
  return `${hex.slice(0, zeros.start).join(':')}::${hex.slice(zeros.start + zeros.length).join(':')}`;
}

/** The canonical form of any way to write an address; undefined for anything that is none. */
export function canonicalAddress(text: string): string | undefined {
  const address = parseAddress(text);
  return address && formatAddress(address);
}

/** @throws {TypeError} for anything that is no address: resolving names is somebody else's */
export function requireAddress(text: string): Address {
  const address = parseAddress(text);
  if (address === undefined) throw new TypeError(`not an IP address: ${JSON.stringify(text)}`);
  return address;
}

export function familyOf(address: string): Family {
  return address.includes(':') ? 6 : 4;
}

/** The IPv4 address in a canonical `::ffff:10.0.0.1`. */
export function unmapped(address: string): string | undefined {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : undefined;
}

/** How a dual-stack socket shows an IPv4 address. */
export function mapped(address: string): string {
  return `::ffff:${address}`;
}

/** `10.4.1.0/24`, or an address alone, which is a prefix of full length. Bits behind the length are cleared. */
export function parsePrefix(text: string): Prefix | undefined {
  const [base = '', length, ...rest] = text.split('/');
  const address = parseAddress(base);
  if (address === undefined || rest.length > 0) return undefined;
  const bits = width(address.family);
  if (length === undefined) return { ...address, length: bits };
  if (!/^(0|[1-9]\d{0,2})$/.test(length) || Number(length) > bits) return undefined;
  return { family: address.family, value: networkOf(address, Number(length)), length: Number(length) };
}

/** @throws {TypeError} */
export function requirePrefix(text: string): Prefix {
  const prefix = parsePrefix(text);
  if (prefix === undefined) throw new TypeError(`not a prefix: ${JSON.stringify(text)}`);
  return prefix;
}

export function formatPrefix(prefix: Prefix): string {
  return `${formatAddress(prefix)}/${prefix.length}`;
}

export function contains(prefix: Prefix, address: Address): boolean {
  return prefix.family === address.family && networkOf(address, prefix.length) === prefix.value;
}

/** The last address of a prefix: in IPv4 its broadcast address. */
export function lastAddress({ family, value, length }: Prefix): Address {
  return { family, value: value | ((1n << BigInt(width(family) - length)) - 1n) };
}

/** An address with the bits behind `length` cleared. */
function networkOf({ family, value }: Address, length: number): bigint {
  const host = BigInt(width(family) - length);
  return (value >> host) << host;
}

function dotted(text: string): number {
  return text.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
}

function quad(value: bigint): string {
  const number = Number(value);
  return `${number >>> 24}.${(number >>> 16) & 255}.${(number >>> 8) & 255}.${number & 255}`;
}

/** @param text a valid IPv6 address without a zone */
function sixteenBytes(text: string): bigint {
  const hex = text.replace(/\d+\.\d+\.\d+\.\d+$/, (tail) => {
    const number = dotted(tail);
    return `${Math.floor(number / 65_536).toString(16)}:${(number % 65_536).toString(16)}`;
  });
  const [head = '', tail] = hex.split('::');
  const before = words(head);
  const after = words(tail ?? '');
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0n);
  return [...before, ...zeros, ...after].reduce((sum, word) => (sum << 16n) | word, 0n);
}

function words(text: string): bigint[] {
  return text === '' ? [] : text.split(':').map((word) => BigInt(`0x${word}`));
}

/** The first of the longest runs of zero words. */
function longestZeros(words: readonly bigint[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  words.forEach((word, index) => {
    if (word !== 0n) start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  });
  return best;
}
