import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Connection } from '../../../src/practice/network/connection.ts';
import { factor } from '../../support/prove.ts';
import { gce, pair, pod } from './support.ts';

/** Bytes that say their own place in the stream, so that nothing can be lost, doubled or moved unseen. */
function numbered(from: number, length: number, salt: number): Uint8Array {
  return Uint8Array.from(
    { length },
    (_, index) => ((from + index) * 31 + ((from + index) >> 8) * 7 + salt) & 255,
  );
}

/** One direction of a connection, and what was sent and received so far. */
class Direction {
  readonly from: Connection;
  readonly to: Connection;
  readonly salt: number;
  sent = 0;
  received = 0;

  constructor(from: Connection, to: Connection, salt: number) {
    this.from = from;
    this.to = to;
    this.salt = salt;
  }

  send(length: number): void {
    const taken = this.from.send(numbered(this.sent, length, this.salt));
    expect(taken).toBeGreaterThanOrEqual(0);
    expect(taken).toBeLessThanOrEqual(length);
    this.sent += taken;
    // Unread and unacknowledged bytes together never exceed the window.
    expect(this.sent - this.received).toBeLessThanOrEqual(65_536);
  }

  receive(): void {
    const bytes = this.to.receive();
    if (bytes === undefined || bytes === null) return;
    expect(bytes.length).toBeGreaterThan(0);
    expect(Buffer.compare(bytes, numbered(this.received, bytes.length, this.salt))).toBe(0);
    this.received += bytes.length;
    expect(this.received).toBeLessThanOrEqual(this.sent);
  }
}

const size = fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 100_000 }));
const side = fc.constantFrom<0 | 1>(0, 1);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('send' as const), side, size }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('receive' as const), side }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const), side }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('mend' as const), side }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('lose' as const), every: fc.integer({ min: 2, max: 7 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'find' as const }) },
);

test.each(['between Nodes', 'over lo'])('bytes arrive in order, each once, whatever happens: %s', (where) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.boolean(), (steps, masquerade) => {
      const network = gce();
      const a = pod(network, 'node-1', 'a');
      const c = where === 'over lo' ? a : pod(network, 'node-2', 'c');
      const node = network.node('node-1');
      if (masquerade)
        node.netfilter.add({
          chain: 'postrouting',
          name: 'masquerade',
          matches: (_, { out }) => out === 'eth0',
          target: 'masquerade',
        });
      const { near, far } = pair(a.stack, c.stack, c.address);
      const ways = [new Direction(near, far, 0), new Direction(far, near, 100)] as const;
      const cuts: ((() => void) | undefined)[] = [];
      let find: (() => void) | undefined;
      for (const each of steps) {
        switch (each.kind) {
          case 'send':
            ways[each.side].send(each.size);
            break;
          case 'receive':
            ways[each.side].receive();
            break;
          case 'cut':
            // One direction alone, so that acknowledgements get lost as well as bytes.
            cuts[each.side] ??= (each.side === 0 ? a : c).stack.netfilter.add({
              chain: where === 'over lo' ? 'input' : 'output',
              name: 'cut',
              matches: ({ source }) => (source.port === near.local.port) === (each.side === 0),
              target: 'drop',
            });
            break;
          case 'mend':
            cuts[each.side]?.();
            cuts[each.side] = undefined;
            break;
          case 'lose': {
            let count = 0;
            find ??= a.stack.netfilter.add({
              chain: 'input',
              name: 'lose',
              matches: () => ++count % each.every === 0,
              target: 'drop',
            });
            break;
          }
          case 'find':
            find?.();
            find = undefined;
            network.retransmit();
            break;
        }
      }
      for (const mend of [...cuts, find]) mend?.();
      for (const way of ways) {
        way.receive();
        expect(way.received).toBe(way.sent);
        way.from.end();
        expect(way.to.receive()).toBeNull();
      }
      expect([...a.stack.sockets(), ...c.stack.sockets()]).toEqual([]);
    }),
    { numRuns: 60 * factor },
  );
});
