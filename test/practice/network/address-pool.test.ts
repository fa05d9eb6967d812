import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AddressPool } from '../../../src/practice/network/address-pool.ts';
import { contains, requireAddress, requirePrefix } from '../../../src/practice/network/address.ts';
import { NoAddressLeft } from '../../../src/practice/network/cluster-network.ts';
import { factor } from '../../support/prove.ts';

describe('the addresses of a Node', () => {
  test('come one after the other; the first is the bridge’s', () => {
    const pool = new AddressPool('10.4.1.0/24');
    expect(pool.gateway).toBe('10.4.1.1');
    expect([pool.take(), pool.take(), pool.take()]).toEqual(['10.4.1.2', '10.4.1.3', '10.4.1.4']);
  });

  test('one that was given back rests until all others were given', () => {
    const pool = new AddressPool('10.4.1.0/29');
    expect([pool.take(), pool.take()]).toEqual(['10.4.1.2', '10.4.1.3']);
    pool.giveBack('10.4.1.2');
    expect([pool.take(), pool.take(), pool.take()]).toEqual(['10.4.1.4', '10.4.1.5', '10.4.1.6']);
    expect(pool.take()).toBe('10.4.1.2');
    expect(() => pool.take()).toThrow(new NoAddressLeft('10.4.1.0/29'));
    pool.giveBack('10.4.1.4');
    expect(pool.take()).toBe('10.4.1.4');
  });

  test.each([
    ['10.4.1.9', '10.4.1.9', 'free'],
    ['10.4.1.2', '10.4.1.3', 'in use'],
    ['10.4.1.1', '10.4.1.3', 'the bridge’s'],
    ['10.4.1.0', '10.4.1.3', 'the network’s'],
    ['10.4.1.255', '10.4.1.3', 'for broadcast'],
    ['10.4.2.9', '10.4.1.3', 'another Node’s'],
    ['fd00::9', '10.4.1.3', 'of the other family'],
    ['', '10.4.1.3', 'none'],
  ])('wanted %j gives %s: it is %s', (wanted, given) => {
    const pool = new AddressPool('10.4.1.0/24');
    pool.take();
    expect(pool.take(wanted)).toBe(given);
  });

  test('go on behind a wanted one, as host-local does', () => {
    const pool = new AddressPool('10.4.1.0/24');
    pool.take('10.4.1.9');
    expect(pool.take()).toBe('10.4.1.10');
  });

  test.each(['10.4.1.0/31', '10.4.1.0/32', 'ten'])('%s is no range', (podCIDR) => {
    expect(() => new AddressPool(podCIDR)).toThrow(TypeError);
  });

  test('are never given twice, and all of them are given', () => {
    const step = fc.oneof(
      fc.constant({ kind: 'take' as const }),
      fc.nat(17).map((host) => ({ kind: 'want' as const, wanted: `10.4.1.${host}` })),
      fc.nat(100).map((which) => ({ kind: 'give back' as const, which })),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const pool = new AddressPool('10.4.1.0/28');
        const out: string[] = [];
        for (const each of steps) {
          if (each.kind === 'give back') {
            const [address] = out.splice(each.which % Math.max(1, out.length), 1);
            if (address !== undefined) pool.giveBack(address);
            continue;
          }
          const take = (): string => pool.take(each.kind === 'want' ? each.wanted : undefined);
          // 16 addresses less network, bridge and broadcast.
          if (out.length === 13) {
            expect(take).toThrow(NoAddressLeft);
            continue;
          }
          const address = take();
          expect(out).not.toContain(address);
          expect(contains(requirePrefix('10.4.1.0/28'), requireAddress(address))).toBe(true);
          expect(['10.4.1.0', '10.4.1.1', '10.4.1.15']).not.toContain(address);
          out.push(address);
        }
      }),
      { numRuns: 300 * factor },
    );
  });
});
