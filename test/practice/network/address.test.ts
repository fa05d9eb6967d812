import * as fc from 'fast-check';
import { BlockList } from 'node:net';
import { describe, expect, test } from 'vitest';
import {
  type Address,
  canonicalAddress,
  contains,
  formatAddress,
  formatPrefix,
  lastAddress,
  mapped,
  parseAddress,
  parsePrefix,
  requireAddress,
  requirePrefix,
  unmapped,
} from '../../../src/practice/network/address.ts';
import { factor } from '../../support/prove.ts';

const numRuns = 300 * factor;

/** Any address; in IPv6 with runs of zeros, as real ones have. */
const anyAddress: fc.Arbitrary<Address> = fc.oneof(
  fc.bigInt(0n, 2n ** 32n - 1n).map((value) => ({ family: 4 as const, value })),
  fc
    .array(fc.oneof(fc.constant(0n), fc.bigInt(0n, 0xffffn)), { minLength: 8, maxLength: 8 })
    .map((words) => ({ family: 6 as const, value: words.reduce((sum, word) => (sum << 16n) | word, 0n) })),
);

describe('addresses', () => {
  test.each([
    ['10.4.1.2', '10.4.1.2'],
    ['255.255.255.255', '255.255.255.255'],
    ['0.0.0.0', '0.0.0.0'],
    ['::', '::'],
    ['::1', '::1'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['1::', '1::'],
    ['::ffff:10.4.1.2', '::ffff:10.4.1.2'],
    ['::ffff:a04:102', '::ffff:10.4.1.2'],
    ['64:ff9b::10.4.1.2', '64:ff9b::a04:102'],
    ['fe80::1%eth0', undefined],
    ['10.4.1', undefined],
    ['10.4.1.256', undefined],
    ['010.4.1.2', undefined],
    ['1:2:3', undefined],
    ['web', undefined],
    ['', undefined],
  ])('%s is %s', (text, canonical) => {
    expect(canonicalAddress(text)).toBe(canonical);
  });

  test('are what they were after being written and read', () => {
    fc.assert(
      fc.property(anyAddress, (address) => {
        expect(parseAddress(formatAddress(address))).toEqual(address);
      }),
      { numRuns },
    );
  });

  test('IPv6 is written as the URL parser writes it (RFC 5952), but for IPv4-mapped addresses', () => {
    fc.assert(
      fc.property(anyAddress, (address) => {
        fc.pre(address.family === 6 && address.value >> 32n !== 0xffffn);
        const text = formatAddress(address);
        expect(new URL(`http://[${text}]`).hostname).toBe(`[${text}]`);
      }),
      { numRuns },
    );
  });

  test('an IPv4-mapped address is told apart from others', () => {
    expect(unmapped(mapped('10.4.1.2'))).toBe('10.4.1.2');
    expect(unmapped('10.4.1.2')).toBeUndefined();
    expect(unmapped('::ffff:1:2')).toBeUndefined();
    expect(unmapped('::1')).toBeUndefined();
  });

  test('what is no address is refused by name', () => {
    expect(() => requireAddress('web')).toThrow(new TypeError('not an IP address: "web"'));
    expect(() => requirePrefix('10.0.0.0/33')).toThrow(new TypeError('not a prefix: "10.0.0.0/33"'));
  });
});

describe('prefixes', () => {
  test.each([
    ['10.4.1.0/24', '10.4.1.0/24'],
    ['10.4.1.7/24', '10.4.1.0/24'],
    ['10.4.1.7', '10.4.1.7/32'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['fd00::1/64', 'fd00::/64'],
    ['::1', '::1/128'],
    ['10.4.1.0/33', undefined],
    ['10.4.1.0/', undefined],
    ['10.4.1.0/024', undefined],
    ['10.4.1.0/-1', undefined],
    ['10.4.1.0/24/1', undefined],
    ['fd00::/129', undefined],
    ['/24', undefined],
  ])('%s is %s', (text, canonical) => {
    const prefix = parsePrefix(text);
    expect(prefix && formatPrefix(prefix)).toBe(canonical);
  });

  test('hold what node:net says they hold', () => {
    fc.assert(
      fc.property(anyAddress, anyAddress, fc.nat(128), fc.nat(128), (base, other, some, near) => {
        const length = Math.min(some, base.family === 4 ? 32 : 128);
        const prefix = requirePrefix(`${formatAddress(base)}/${length}`);
        // Half of the time one that differs from the base in one bit only.
        const flipped = {
          ...base,
          value: base.value ^ (1n << BigInt(base.family === 4 ? near % 32 : near % 128)),
        };
        for (const address of [other, flipped]) {
          const list = new BlockList();
          list.addSubnet(formatAddress(base), length, base.family === 4 ? 'ipv4' : 'ipv6');
          // BlockList takes an IPv4-mapped address for the IPv4 one.
          if (address.family !== base.family || address.value >> 32n === 0xffffn) continue;
          const family = address.family === 4 ? 'ipv4' : 'ipv6';
          expect(contains(prefix, address)).toBe(list.check(formatAddress(address), family));
        }
      }),
      { numRuns },
    );
  });

  test('never hold an address of the other family', () => {
    expect(contains(requirePrefix('::/0'), requireAddress('10.0.0.1'))).toBe(false);
    expect(contains(requirePrefix('0.0.0.0/0'), requireAddress('::1'))).toBe(false);
  });

  test.each([
    ['10.4.1.0/24', '10.4.1.255'],
    ['10.4.0.0/14', '10.7.255.255'],
    ['10.4.1.7', '10.4.1.7'],
    ['0.0.0.0/0', '255.255.255.255'],
    ['fd00::/120', 'fd00::ff'],
  ])('the last address of %s is %s', (prefix, last) => {
    expect(formatAddress(lastAddress(requirePrefix(prefix)))).toBe(last);
  });
});
