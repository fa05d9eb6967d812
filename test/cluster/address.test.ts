import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalAddress,
  inSubnet,
  isLoopback,
  nodesOwnAddresses,
  ownAddresses,
  procNetAddress,
} from '../../src/cluster/address.ts';

describe('canonicalAddress', () => {
  it.each([
    ['10.0.1.5', '10.0.1.5'],
    ['::ffff:10.0.1.5', '10.0.1.5'],
    ['::FFFF:10.0.1.5', '10.0.1.5'],
    ['::ffff:a00:105', '10.0.1.5'],
    ['0:0:0:0:0:ffff:7f00:1', '127.0.0.1'],
    ['[::1]', '::1'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::', '::'],
    ['64:ff9b::10.0.1.5', '64:ff9b::a00:105'],
    ['web.example', 'web.example'],
    ['', ''],
  ])('%s is %s', (address, canonical) => {
    expect(canonicalAddress(address)).toBe(canonical);
  });

  it('gives every way to write an IPv6 address the same form', () => {
    const word = fc.integer({ min: 0, max: 0xffff });
    fc.assert(
      fc.property(fc.array(word, { minLength: 8, maxLength: 8 }), (words) => {
        const long = words.map((each) => each.toString(16).padStart(4, '0')).join(':');
        const plain = words.map((each) => each.toString(16).toUpperCase()).join(':');
        expect(canonicalAddress(plain)).toBe(canonicalAddress(long));
        expect(canonicalAddress(canonicalAddress(long))).toBe(canonicalAddress(long));
      }),
    );
  });

  it('unmaps every IPv4 address', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(canonicalAddress(`::ffff:${address}`)).toBe(address);
        expect(canonicalAddress(address)).toBe(address);
      }),
    );
  });
});

describe('isLoopback', () => {
  it.each(['127.0.0.1', '127.1.2.3', '::1', '[::1]', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', '::ffff:7f00:1'])(
    '%s',
    (address) => expect(isLoopback(address)).toBe(true),
  );

  it.each([
    '10.0.1.5',
    '128.0.0.1',
    '::',
    '::2',
    '::ffff:10.0.0.1',
    'localhost',
    '127.0.0.1.example',
    '127',
    '',
  ])('not %s', (address) => expect(isLoopback(address)).toBe(false));
});

describe('inSubnet', () => {
  it.each<[string, string, boolean]>([
    ['10.210.1.7', '10.210.1.0/24', true],
    ['10.210.2.7', '10.210.1.0/24', false],
    ['::ffff:10.210.1.7', '10.210.1.0/24', true],
    ['10.210.1.7', '10.210.1.9/24', true],
    ['10.210.1.7', '0.0.0.0/0', true],
    ['10.210.1.7', '10.210.1.7/32', true],
    ['10.210.1.8', '10.210.1.7/32', false],
    ['fd00::7', 'fd00::/64', true],
    ['fd00:0:0:1::7', 'fd00::/64', false],
    ['fd00::7', '10.0.0.0/8', false],
    ['10.0.0.1', 'fd00::/8', false],
    ['10.0.0.1', '10.0.0.0/33', false],
    ['fd00::1', 'fd00::/129', false],
    ['10.0.0.1', '10.0.0.0', false],
    ['10.0.0.1', '10.0.0.0/', false],
    ['10.0.0.1', '10.0.0.0/8/8', false],
    ['10.0.0.1', '10.0.0/8', false],
    ['10.0.0.1', '/8', false],
    ['10.0.0.1', '10.0.0.0/-1', false],
    ['10.0.0.1', '10.0.0.0/8.0', false],
    ['10.0.0.1', '', false],
    ['', '10.0.0.0/8', false],
    ['name', '10.0.0.0/8', false],
  ])('%s in %s: %s', (address, subnet, inside) => {
    expect(inSubnet(address, subnet)).toBe(inside);
  });

  it('compares the first bits, as many as the length says', () => {
    const word = fc.integer({ min: 0, max: 0xffffffff });
    const dotted = (value: number): string =>
      [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
    fc.assert(
      fc.property(word, word, fc.integer({ min: 0, max: 32 }), (address, base, length) => {
        const same = length === 0 || address >>> (32 - length) === base >>> (32 - length);
        expect(inSubnet(dotted(address), `${dotted(base)}/${length}`)).toBe(same);
      }),
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (address, subnet) => {
        expect(typeof inSubnet(address, subnet)).toBe('boolean');
        expect(typeof inSubnet(address, `${address}/8`)).toBe('boolean');
        expect(typeof canonicalAddress(address)).toBe('string');
      }),
    );
  });
});

const FIB_TRIE = `Main:
  +-- 0.0.0.0/0 3 0 4
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 10.210.1.0/24 2 0 1
        |-- 10.210.1.0
           /24 link UNICAST
        |-- 10.210.1.5
           /32 host LOCAL
        |-- 10.210.1.255
           /32 link BROADCAST
     |-- 169.254.20.10
        /32 host LOCAL
Local:
  +-- 127.0.0.0/8 2 0 2
     |-- 127.0.0.0
        /8 host LOCAL
     |-- 127.0.0.1
        /32 host LOCAL
     |-- 127.255.255.255
        /32 link BROADCAST
     |-- 10.210.1.5
        /32 host LOCAL
`;
const IF_INET6 = `00000000000000000000000000000001 01 80 10 80       lo
fe80000000000000a8aaaafffeaa0001 02 40 20 80     eth0
fd000010021000010000000000000005 02 40 00 80     eth0
`;

describe('ownAddresses', () => {
  it.each<[string, string, string[]]>([
    ['IPv4', FIB_TRIE, ['10.210.1.5']],
    ['both families', FIB_TRIE + IF_INET6, ['10.210.1.5', 'fd00:10:210:1::5']],
    ['IPv6 alone', IF_INET6, ['fd00:10:210:1::5']],
    ['nothing', '', []],
    ['something else', 'cat: no such file\n', []],
    ['a neighbour, which is not its own', '     |-- 10.1.1.1\n        /32 universe UNICAST\n', []],
  ])('%s', (_name, text, addresses) => {
    expect(ownAddresses(text)).toEqual(addresses);
  });
});

describe('nodesOwnAddresses', () => {
  it.each([
    ['10.210.1.0/24', ['10.210.1.0', '10.210.1.1']],
    ['10.0.1.128/25', ['10.0.1.128', '10.0.1.129']],
    ['fd00:10:210:1::/64', ['fd00:10:210:1::', 'fd00:10:210:1::1']],
    ['FD00:0010:0210:0001:0:0:0:0/64', ['fd00:10:210:1::', 'fd00:10:210:1::1']],
    ['fd00:10:210:1:2:3:4:0/112', ['fd00:10:210:1:2:3:4:0', 'fd00:10:210:1:2:3:4:1']],
    ['', []],
    ['node', []],
    ['10.210.1/24', []],
  ])('%s: %j', (subnet, addresses) => expect(nodesOwnAddresses(subnet)).toEqual(addresses));

  it('has addresses of the subnet only', () => {
    fc.assert(
      fc.property(fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)), ([a, b, c]) => {
        const subnet = `${a}.${b}.${c}.0/24`;
        for (const address of nodesOwnAddresses(subnet)) expect(inSubnet(address, subnet)).toBe(true);
      }),
    );
  });
});

describe('procNetAddress', () => {
  it.each([
    ['0100007F', '127.0.0.1'],
    ['0501000A', '10.0.1.5'],
    ['00000000', '0.0.0.0'],
    ['FFFFFFFF', '255.255.255.255'],
    ['00000000000000000000000001000000', '::1'],
    ['00000000000000000000000000000000', '::'],
    ['0000000000000000FFFF00000501000A', '10.0.1.5'],
    ['B80D0120000000000000000005000000', '2001:db8::5'],
    ['000080FE00000000FF565002BDB9EEFE', 'fe80::250:56ff:feee:b9bd'],
  ])('%s is %s', (hexadecimal, address) => expect(procNetAddress(hexadecimal)).toBe(address));

  it.each(['', '0', '010000', '0100007F00', '0100007f', '0100007G', '0100007F:0050', 'local'])(
    '%s is none',
    (hexadecimal) => expect(procNetAddress(hexadecimal)).toBeUndefined(),
  );

  it('reads back every IPv4 address', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const bytes = address
          .split('.')
          .map((byte) => Number(byte).toString(16).toUpperCase().padStart(2, '0'));
        expect(procNetAddress(bytes.toReversed().join(''))).toBe(address);
      }),
    );
  });
});
