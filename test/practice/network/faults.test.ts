import { describe, expect, test } from 'vitest';
import { Faults } from '../../../src/practice/network/faults.ts';
import type { NetworkStack } from '../../../src/practice/network/stack.ts';
import { connected, gce, pair, pod, text } from './support.ts';

/** Three Nodes; Pods a and b on the first, c on the second, d on the third. All listen at port 80. */
function cluster() {
  const network = gce(3);
  const pods = { a: 'node-1', b: 'node-1', c: 'node-2', d: 'node-3' };
  const places = new Map<string, { stack: NetworkStack; address: string }>();
  for (const [name, node] of Object.entries(pods)) places.set(name, pod(network, node, name));
  for (const index of [1, 2, 3])
    places.set(`node-${index}`, {
      stack: network.node(`node-${index}`),
      address: `10.128.0.${index + 1}`,
    });
  const done: string[] = [];
  const faults = new Faults(network, {
    stopNode: (name) => done.push(`stop ${name}`),
    startNode: (name) => done.push(`start ${name}`),
    limitPulls: (isReached) => done.push(`pull limit ${isReached ? 'reached' : 'away'}`),
    stopServer: (milliseconds) => done.push(`server away for ${milliseconds} ms`),
  });
  const listeners = new Map([...places].map(([name, { stack }]) => [name, stack.listen('0.0.0.0', 80)]));
  /** The source address that the server sees, otherwise what came of the first packet. */
  const seen = (way: string): string => {
    const [from, to] = way.split(' → ') as [string, string];
    const result = places.get(from)!.stack.connect(places.get(to)!.address, 80);
    if (result.kind !== 'connected') return result.kind === 'dropped' ? 'dropped' : result.kind;
    const near = connected(result);
    const far = listeners.get(to)!.accept()!;
    near.send(Buffer.from('ping'));
    expect(text(far.receive())).toBe('ping');
    far.send(Buffer.from('pong'));
    expect(text(near.receive())).toBe('pong');
    near.close();
    far.close();
    return far.remote.address;
  };
  return { network, faults, seen, places, done };
}

const HEALTHY: Record<string, string> = {
  'a → a': '10.4.1.2',
  'a → b': '10.4.1.2',
  'b → a': '10.4.1.3',
  'a → c': '10.4.1.2',
  'c → a': '10.4.2.2',
  'd → c': '10.4.3.2',
  'a → node-1': '10.4.1.2',
  'a → node-2': '10.4.1.2',
  'c → node-1': '10.4.2.2',
  'node-1 → a': '10.4.1.1',
  'node-1 → c': '10.128.0.2',
  'node-2 → a': '10.128.0.3',
  'node-1 → node-2': '10.128.0.2',
  'node-1 → node-1': '10.128.0.2',
};

/** What each fault changes; everything else is as it was. The first words that mend it, and others. */
const CHANGES: [fault: string, mended: string[], changed: Record<string, string>][] = [
  [
    'masquerade-pods on',
    ['masquerade-pods off', 'heal'],
    {
      // On the same node by the bridge's address, which is the node's as well.
      'a → b': '10.4.1.1',
      'b → a': '10.4.1.1',
      'a → c': '10.128.0.2',
      'c → a': '10.128.0.3',
      'd → c': '10.128.0.4',
    },
  ],
  [
    'drop-route 1 2',
    ['restore-routes', 'heal'],
    // The answers to c do not get away either.
    { 'a → c': 'unreachable', 'node-1 → c': 'unreachable', 'c → a': 'dropped', 'c → node-1': 'dropped' },
  ],
  [
    'cut-node node-2',
    ['heal-node 2', 'heal'],
    {
      'a → c': 'dropped',
      'd → c': 'dropped',
      'node-1 → c': 'dropped',
      'a → node-2': 'dropped',
      'node-1 → node-2': 'dropped',
      'c → a': 'unreachable',
      'c → node-1': 'unreachable',
      'node-2 → a': 'unreachable',
    },
  ],
  ['reject 1', ['unreject node-1', 'heal'], { 'a → node-1': 'refused', 'c → node-1': 'refused' }],
];

describe('what a fault changes on the wire', () => {
  const cases = CHANGES.flatMap(([fault, mended, changed]) =>
    mended.map((mend) => ({ fault, mend, changed })),
  );

  test.each(cases)('$fault, then $mend', ({ fault, mend, changed }) => {
    const { faults, seen } = cluster();
    const all = (): Record<string, string> =>
      Object.fromEntries(Object.keys(HEALTHY).map((way) => [way, seen(way)]));
    expect(all()).toEqual(HEALTHY);
    expect(faults.cause(fault.split(' '))).toBeUndefined();
    expect(all()).toEqual({ ...HEALTHY, ...changed });
    expect(faults.cause(fault.split(' '))).toBeUndefined();
    expect(faults.list()).toHaveLength(1);
    expect(faults.cause(mend.split(' '))).toBeUndefined();
    expect(faults.list()).toEqual([]);
    expect(all()).toEqual(HEALTHY);
    expect(faults.cause(mend.split(' '))).toBeUndefined();
  });
});

test('a connection that is under way survives masquerading, both ways', () => {
  const { faults, places, network } = cluster();
  const { near, far } = pair(network.pod('a')!, network.pod('b')!, places.get('b')!.address, 81);
  faults.cause(['masquerade-pods', 'on']);
  near.send(Buffer.from('ping'));
  expect(text(far.receive())).toBe('ping');
  const second = pair(network.pod('a')!, network.pod('b')!, places.get('b')!.address, 82);
  faults.cause(['heal']);
  second.far.send(Buffer.from('pong'));
  expect(text(second.near.receive())).toBe('pong');
});

test('what is sent over a cut cable arrives when it is in again', () => {
  const { faults, network, places } = cluster();
  const { near, far } = pair(network.pod('a')!, network.pod('c')!, places.get('c')!.address, 81);
  faults.cause(['cut-node', '2']);
  near.send(Buffer.from('late'));
  expect(far.receive()).toBeUndefined();
  faults.cause(['heal-node', '2']);
  expect(text(far.receive())).toBe('late');
});

test('a node that rejects Pods talks to itself, also at the address of its bridge', () => {
  const { faults, network } = cluster();
  faults.cause(['reject', '1']);
  const node = network.node('node-1');
  for (const address of ['10.4.1.1', '10.128.0.2', '127.0.0.1'])
    expect(node.connect(address, 80).kind).toBe('connected');
});

test('faults are listed by the words that cause them, with the names of nodes', () => {
  const { faults } = cluster();
  for (const words of [
    'reject 3',
    'drop-route 1 2',
    'drop-route 2 node-1',
    'masquerade-pods on',
    'cut-node 1',
  ])
    faults.cause(words.split(' '));
  expect(faults.list()).toEqual([
    'cut-node node-1',
    'drop-route node-1 node-2',
    'drop-route node-2 node-1',
    'masquerade-pods',
    'reject node-3',
  ]);
  faults.cause(['restore-routes']);
  faults.cause(['heal-node', '2']);
  expect(faults.list()).toEqual(['cut-node node-1', 'masquerade-pods', 'reject node-3']);
});

test('a Node without power is off the network until it boots, whatever becomes of its cable', () => {
  const { faults, seen, done } = cluster();
  for (const words of ['kill-node 2', 'kill-node node-2', 'cut-node 2', 'heal-node 2'])
    expect(faults.cause(words.split(' '))).toBeUndefined();
  expect(done).toEqual(['stop node-2']);
  expect(faults.list()).toEqual(['kill-node node-2']);
  expect(seen('a → node-2')).toBe('dropped');
  faults.cause(['cut-node', '2']);
  faults.cause(['start-node', '2']);
  expect(done).toEqual(['stop node-2', 'start node-2']);
  expect(seen('a → node-2')).toBe('dropped');
  faults.cause(['kill-node', '3']);
  faults.cause(['heal']);
  expect(done.slice(2)).toEqual(['stop node-3', 'start node-3']);
  for (const way of ['a → node-2', 'd → node-1']) expect(seen(way)).toBe(HEALTHY[way] ?? '10.4.3.2');
});

test.each(['pull-limit off', 'heal'])('a pull limit is reached until %s', (mend) => {
  const { faults, done } = cluster();
  for (const words of ['pull-limit on', 'pull-limit on']) faults.cause(words.split(' '));
  expect(faults.list()).toEqual(['pull-limit']);
  for (const words of [mend, mend]) faults.cause(words.split(' '));
  expect(faults.list()).toEqual([]);
  expect(done).toEqual(['pull limit reached', 'pull limit away']);
});

test('an API server that goes is no fault that lasts', () => {
  const { faults, done } = cluster();
  faults.cause(['restart-apiserver']);
  faults.cause(['stop-apiserver', '30']);
  expect(done).toEqual(['server away for 1000 ms', 'server away for 30000 ms']);
  expect(faults.list()).toEqual([]);
});

test.each([
  ['stop-apiserver', 'it is: stop-apiserver SECONDS'],
  ['stop-apiserver 0', 'it is: stop-apiserver SECONDS, 1 to 600'],
  ['stop-apiserver 601', 'it is: stop-apiserver SECONDS, 1 to 600'],
  ['stop-apiserver 1e3', 'it is: stop-apiserver SECONDS, 1 to 600'],
  ['kill-node', 'it is: kill-node N'],
  ['pull-limit yes', 'it is: pull-limit on|off'],
  ['', 'no fault is named'],
  ['Heal', 'there is no fault "Heal"'],
  ['toString', 'there is no fault "toString"'],
  ['heal 1', 'it is: heal'],
  ['masquerade-pods', 'it is: masquerade-pods on|off'],
  ['masquerade-pods maybe', 'it is: masquerade-pods on|off'],
  ['drop-route 1', 'it is: drop-route N M'],
  ['drop-route 1 node-1', 'it is: drop-route N M, of two nodes'],
  ['cut-node 4', 'there is no node "4", but node-1, node-2, node-3'],
  ['cut-node 01', 'there is no node "01", but node-1, node-2, node-3'],
  ['drop-route 1 worker', 'there is no node "worker", but node-1, node-2, node-3'],
])('%j is refused: %s', (words, problem) => {
  const { faults } = cluster();
  expect(faults.cause(words.split(' '))).toBe(problem);
  expect(faults.list()).toEqual([]);
});

test('no words are no fault', () => {
  expect(cluster().faults.cause([])).toBe('no fault is named');
});
