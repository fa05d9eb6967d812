import { beforeEach, describe, expect, test } from 'vitest';
import type { NetworkStack } from '../../../src/practice/network/stack.ts';
import type { GceNetwork } from '../../../src/practice/network/gce.ts';
import { trace } from '../../../src/practice/network/walk.ts';
import { connected, gce, pair, pod, text } from './support.ts';

const CLUSTER_IP = '10.96.7.7';
const NODE_PORT = 30_080;

let network: GceNetwork;
/** Pods a and b on node-1, c on node-2; a Service that leads to `to` alone. */
let places: Record<string, NetworkStack>;
let addresses: Record<string, string>;
beforeEach(() => {
  network = gce();
  const [a, b, c] = [pod(network, 'node-1', 'a'), pod(network, 'node-1', 'b'), pod(network, 'node-2', 'c')];
  places = {
    a: a.stack,
    b: b.stack,
    c: c.stack,
    'node-1': network.node('node-1'),
    'node-2': network.node('node-2'),
  };
  addresses = { a: a.address, b: b.address, c: c.address };
});

function lead(...to: string[]): void {
  let next = 0;
  const endpoint = () => ({ address: addresses[to[next++ % to.length]!]!, port: 8080 });
  const portal = { name: 'web', clusterIP: CLUSTER_IP, port: 80, nodePort: NODE_PORT, endpoint };
  network.services.set('default/web', [{ ...portal, isServed: to.length > 0 }]);
}

describe('who reaches a Service, and whom its endpoint sees', () => {
  test.each([
    ['a Pod, on its own Node', 'a', 'b', '10.4.1.2'],
    ['a Pod, on another Node', 'a', 'c', '10.4.1.2'],
    ['a Pod that is its own endpoint', 'a', 'a', '10.4.1.1'],
    ['a Node, one of its own Pods', 'node-1', 'a', '10.4.1.1'],
    ['a Node, a Pod of another', 'node-1', 'c', '10.128.0.2'],
  ])('%s', (_, from, to, source) => {
    lead(to);
    const listener = places[to]!.listen('0.0.0.0', 8080);
    const near = connected(places[from]!.connect(CLUSTER_IP, 80));
    const far = listener.accept()!;
    expect(near.remote).toEqual({ address: CLUSTER_IP, port: 80 });
    expect([far.local.address, far.remote.address]).toEqual([addresses[to], source]);
    near.send(Buffer.from('ping'));
    expect(text(far.receive())).toBe('ping');
    far.send(Buffer.from('pong'));
    expect(text(near.receive())).toBe('pong');
    far.end();
    expect(near.receive()).toBeNull();
  });

  test.each([
    ['a Pod, at its own Node', 'a', '10.128.0.2', 'c', '10.128.0.2'],
    ['a Pod, at its own Node, itself', 'a', '10.128.0.2', 'a', '10.4.1.1'],
    ['a Pod, at another Node', 'a', '10.128.0.3', 'c', '10.4.2.1'],
    ['a Pod, at another Node and back', 'a', '10.128.0.3', 'b', '10.128.0.3'],
    ['a Node, at itself', 'node-1', '10.128.0.2', 'a', '10.4.1.1'],
    ['a Node, at another', 'node-1', '10.128.0.3', 'a', '10.128.0.3'],
  ])('by the nodePort: %s', (_, from, node, to, source) => {
    lead(to);
    const listener = places[to]!.listen('0.0.0.0', 8080);
    const near = connected(places[from]!.connect(node, NODE_PORT));
    const far = listener.accept()!;
    expect([near.remote.address, far.remote.address]).toEqual([node, source]);
    near.send(Buffer.from('ping'));
    expect(text(far.receive())).toBe('ping');
    far.send(Buffer.from('pong'));
    expect(text(near.receive())).toBe('pong');
  });
});

test('each connection has one endpoint, the next one may have another', () => {
  lead('b', 'c');
  const listeners = ['b', 'c'].map((name) => places[name]!.listen('0.0.0.0', 8080));
  for (let turn = 0; turn < 4; turn++) {
    const near = connected(places['a']!.connect(CLUSTER_IP, 80));
    const far = listeners[turn % 2]!.accept()!;
    near.send(Buffer.from('one'));
    near.send(Buffer.from(' two'));
    expect(text(far.receive())).toBe('one two');
    expect(listeners[(turn + 1) % 2]!.accept()).toBeUndefined();
  }
});

test.each([
  ['a', CLUSTER_IP, 80],
  ['node-1', CLUSTER_IP, 80],
  ['a', '10.128.0.2', NODE_PORT],
  ['a', '10.128.0.3', NODE_PORT],
  ['node-1', '10.128.0.2', NODE_PORT],
])('without endpoints %s is refused at %s:%i', (from, address, port) => {
  lead();
  expect(places[from]!.connect(address, port).kind).toBe('refused');
});

test.each([
  ['another port of the Service', CLUSTER_IP, 81],
  ['another address', '10.96.7.8', 80],
])('%s is nobody’s: the cloud has no route', (_, address, port) => {
  lead('b');
  places['b']!.listen('0.0.0.0', 8080);
  expect(places['a']!.connect(address, port).kind).not.toBe('connected');
});

test('127.0.0.1 has no nodePorts', () => {
  lead('b');
  places['b']!.listen('0.0.0.0', 8080);
  expect(places['node-1']!.connect('127.0.0.1', NODE_PORT).kind).toBe('refused');
});

test('what goes on goes on when the endpoint, or the Service, is another one', () => {
  lead('b');
  const listener = places['b']!.listen('0.0.0.0', 8080);
  const near = connected(places['a']!.connect(CLUSTER_IP, 80));
  const far = listener.accept()!;
  lead('c');
  near.send(Buffer.from('still'));
  network.services.set('default/web', []);
  near.send(Buffer.from(' here'));
  expect(text(far.receive())).toBe('still here');
  expect(places['a']!.connect(CLUSTER_IP, 80).kind).not.toBe('connected');
});

test('Pods are reached at their own addresses as ever, unchanged', () => {
  lead('b');
  expect(pair(places['a']!, places['b']!, addresses['b']!, 8080).far.remote.address).toBe(addresses['a']);
});

test('the walk tells of it', () => {
  lead('c');
  const segment = {
    syn: true as const,
    sequence: 0,
    acknowledgement: 0,
    window: 1,
    payload: new Uint8Array(),
  };
  const packet = {
    protocol: 'tcp' as const,
    source: { address: addresses['a']!, port: 40_000 },
    destination: { address: CLUSTER_IP, port: 80 },
    ttl: 64,
    segment,
  };
  const { hops } = trace(network.pod('a')!, packet);
  expect(
    hops.map(({ where, destination, note }) => `${where} ${destination.address} ${note}`),
  ).toContainEqual(expect.stringMatching(/^node-1 10\.4\.2\.2 .*kube-proxy: to an endpoint of the Service/));
});
