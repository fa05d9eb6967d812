import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contains, requireAddress, requirePrefix } from '../../../src/practice/network/address.ts';
import { RouteExists, RouteTable } from '../../../src/practice/network/route-table.ts';
import { factor } from '../../support/prove.ts';

interface Route {
  destination: string;
  metric?: number;
  device: string;
}

function table(...routes: Route[]): RouteTable<Route> {
  const made = new RouteTable<Route>();
  for (const route of routes) made.add(route);
  return made;
}

describe('route table', () => {
  const main = table(
    { destination: '0.0.0.0/0', device: 'default' },
    { destination: '10.0.0.0/8', device: 'wide' },
    { destination: '10.4.1.0/24', device: 'subnet' },
    { destination: '10.4.1.7/32', device: 'host' },
    { destination: 'fd00::/8', device: 'six' },
  );

  test.each([
    ['10.4.1.7', 'host'],
    ['10.4.1.8', 'subnet'],
    ['10.4.2.8', 'wide'],
    ['11.0.0.1', 'default'],
    ['fd00::1', 'six'],
    ['fe80::1', undefined],
  ])('%s goes by %s', (address, device) => {
    expect(main.lookup(address)?.device).toBe(device);
  });

  test('what is not usable makes room for the next shorter one', () => {
    expect(main.lookup('10.4.1.7', ({ device }) => device !== 'host')?.device).toBe('subnet');
    expect(main.lookup('10.4.1.7', () => false)).toBeUndefined();
  });

  test('the lowest metric is taken, and the next once that is gone', () => {
    const routes = table(
      { destination: '10.0.0.0/8', metric: 100, device: 'slow' },
      { destination: '10.0.0.0/8', metric: 10, device: 'fast' },
    );
    expect(routes.lookup('10.1.1.1')?.device).toBe('fast');
    expect(routes.remove('10.0.0.0/8', ({ metric }) => metric === 10)).toBe(1);
    expect(routes.lookup('10.1.1.1')?.device).toBe('slow');
  });

  test('the same route twice is refused as the kernel refuses it', () => {
    const routes = table({ destination: '10.0.0.0/8', device: 'one' });
    expect(() => routes.add({ destination: '10.9.9.9/8', device: 'two' })).toThrow(RouteExists);
    expect(() => routes.add({ destination: 'ten', device: 'two' })).toThrow(TypeError);
  });

  test('says when it changed, and only then', () => {
    let changes = 0;
    const routes = new RouteTable<Route>(() => changes++);
    routes.add({ destination: '10.0.0.0/8', device: 'one' });
    expect(routes.remove('10.0.0.0/9')).toBe(0);
    expect(changes).toBe(1);
    expect(routes.remove('10.0.0.0/8')).toBe(1);
    expect(changes).toBe(2);
    expect(routes.lookup('10.0.0.1')).toBeUndefined();
  });

  test('lists by address, the longer prefix first', () => {
    const routes = table(
      { destination: 'fd00::/8', device: 'six' },
      { destination: '10.4.1.7/32', device: 'host' },
      { destination: '10.4.0.0/16', metric: 5, device: 'wide, later' },
      { destination: '10.4.0.0/16', device: 'wide' },
      { destination: '10.4.0.0/24', device: 'subnet' },
      { destination: '0.0.0.0/0', device: 'default' },
    );
    const order = ['default', 'subnet', 'wide', 'wide, later', 'host', 'six'];
    expect(routes.list().map(({ device }) => device)).toEqual(order);
  });

  test('the longest prefix wins, whatever comes and goes', () => {
    const address = fc.oneof(
      fc.tuple(fc.nat(3), fc.nat(3)).map(([a, b]) => `10.0.${a}.${b}`),
      fc.tuple(fc.nat(3), fc.nat(3)).map(([a, b]) => `fd00::${a}:${b}`),
      fc.ipV4(),
    );
    const change = fc.record({ add: fc.boolean(), base: address, length: fc.nat(128), metric: fc.nat(2) });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), fc.array(address), (changes, asked) => {
        const real = new RouteTable<Route>();
        let naive: Required<Route>[] = [];
        for (const { add, base, length, metric } of changes) {
          const destination = `${base}/${base.includes(':') ? length : length % 33}`;
          const same = (other: Route): boolean =>
            JSON.stringify(key(other.destination)) === JSON.stringify(key(destination));
          if (!add) {
            const count = real.remove(destination);
            expect(count).toBe(naive.filter(same).length);
            naive = naive.filter((other) => !same(other));
          } else if (!naive.some((other) => same(other) && other.metric === metric)) {
            const route = { destination, metric, device: `${destination} ${metric}` };
            real.add(route);
            naive.push(route);
          }
        }
        expect(real.list()).toHaveLength(naive.length);
        for (const one of asked) {
          const best = naive
            .filter(({ destination }) => contains(requirePrefix(destination), requireAddress(one)))
            .sort((a, b) => key(b.destination).length - key(a.destination).length || a.metric - b.metric)[0];
          expect(real.lookup(one)).toEqual(best);
        }
      }),
      { numRuns: 300 * factor },
    );
  });
});

function key(destination: string): { family: number; value: string; length: number } {
  const { family, value, length } = requirePrefix(destination);
  return { family, value: String(value), length };
}
