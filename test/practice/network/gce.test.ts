import { describe, expect, test } from 'vitest';
import type { NetworkStack } from '../../../src/practice/network/stack.ts';
import { gce, pair, pod, text } from './support.ts';

/** Two Nodes; Pods a and b on the first, c on the second. */
function cluster() {
  const network = gce();
  const a = pod(network, 'node-1', 'a');
  const b = pod(network, 'node-1', 'b');
  const c = pod(network, 'node-2', 'c');
  const places: Record<string, NetworkStack> = {
    a: a.stack,
    b: b.stack,
    c: c.stack,
    'node-1': network.node('node-1'),
    'node-2': network.node('node-2'),
  };
  return { network, a, b, c, place: (name: string): NetworkStack => places[name]! };
}

describe('who talks to whom, and what the other end sees', () => {
  test.each([
    ['a', 'b', '10.4.1.3', '10.4.1.2'],
    ['a', 'c', '10.4.2.2', '10.4.1.2'],
    ['c', 'a', '10.4.1.2', '10.4.2.2'],
    ['a', 'a', '10.4.1.2', '10.4.1.2'],
    ['a', 'a', '127.0.0.1', '127.0.0.1'],
    ['a', 'a', '127.9.9.9', '127.0.0.1'],
    ['a', 'a', '0.0.0.0', '127.0.0.1'],
    ['a', 'node-1', '10.128.0.2', '10.4.1.2'],
    ['a', 'node-1', '10.4.1.1', '10.4.1.2'],
    ['a', 'node-2', '10.128.0.3', '10.4.1.2'],
    ['a', 'node-2', '10.4.2.1', '10.4.1.2'],
    ['node-1', 'a', '10.4.1.2', '10.4.1.1'],
    ['node-1', 'c', '10.4.2.2', '10.128.0.2'],
    ['node-1', 'node-2', '10.128.0.3', '10.128.0.2'],
    ['node-1', 'node-1', '10.128.0.2', '10.128.0.2'],
    ['node-1', 'node-1', '10.4.1.1', '10.4.1.1'],
  ])('%s → %s at %s comes from %s', (from, to, address, source) => {
    const { place } = cluster();
    const { near, far } = pair(place(from), place(to), address);
    expect(far.remote).toEqual(near.local);
    expect(far.remote.address).toBe(source);
    near.send(Buffer.from('ping'));
    expect(text(far.receive())).toBe('ping');
    far.send(Buffer.from('pong'));
    expect(text(near.receive())).toBe('pong');
  });
});
