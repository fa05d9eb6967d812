import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { NoAddressLeft } from '../../../src/practice/network/cluster-network.ts';
import { AddressInUse, ConnectionReset } from '../../../src/practice/network/connection.ts';
import { createGceNetwork } from '../../../src/practice/network/gce.ts';
import { RouteExists } from '../../../src/practice/network/route-table.ts';
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

test('neighbours are those that packets went to, until they are gone', () => {
  const { network, a, place } = cluster();
  expect(place('node-1').neighbours()).toEqual([]);
  pair(place('node-1'), place('a'), a.address);
  pair(place('a'), place('b'), '10.4.1.3');
  pair(place('a'), place('c'), '10.4.2.2');
  const pod = { device: 'cbr0', mac: '0a:58:0a:04:01:02' };
  const gateway = { address: '10.128.0.1', device: 'eth0', mac: '42:01:0a:80:00:01', state: 'REACHABLE' };
  expect(place('node-1').neighbours()).toEqual([
    gateway,
    { ...pod, address: '10.4.1.2', state: 'REACHABLE' },
  ]);
  expect(
    place('a')
      .neighbours()
      .map(({ address, mac }) => `${address} ${mac}`),
  ).toEqual(['10.4.1.1 0a:58:0a:04:01:01', '10.4.1.3 0a:58:0a:04:01:03']);
  network.removePod('a');
  expect(place('node-1').neighbours()[1]).toEqual({ ...pod, address: '10.4.1.2', state: 'STALE' });
});

describe('faults are changes of the parts', () => {
  test('drop-route: the cloud loses the way to a Node’s Pods; Nodes and their own Pods go on', () => {
    const { network, place } = cluster();
    for (const name of ['a', 'b', 'c', 'node-1', 'node-2']) place(name).listen('0.0.0.0', 80);
    const uplink = network.node('node-2').device('eth0')!;
    network.cloud.routes.remove('10.4.2.0/24');
    const reach = (from: string, to: string): string => place(from).connect(to, 80).kind;
    expect(reach('a', '10.4.2.2')).toBe('dropped');
    // The answer is what gets lost.
    expect(reach('c', '10.4.1.2')).toBe('dropped');
    expect(reach('node-1', '10.4.2.2')).toBe('dropped');
    expect(reach('a', '10.4.1.3')).toBe('connected');
    expect(reach('node-2', '10.4.2.2')).toBe('connected');
    expect(reach('node-1', '10.128.0.3')).toBe('connected');
    expect(reach('a', '10.128.0.3')).toBe('connected');
    network.cloud.routes.add({ destination: '10.4.2.0/24', to: uplink });
    expect(reach('a', '10.4.2.2')).toBe('connected');
  });

  test('drop-route between two Nodes only: one Node’s rules drop what it would send there', () => {
    const network = gce(3);
    const [a, c] = [pod(network, 'node-1', 'a').stack, pod(network, 'node-2', 'c')];
    const d = pod(network, 'node-3', 'd').stack;
    c.stack.listen('0.0.0.0', 80);
    const heal = network.node('node-1').netfilter.add({
      chain: 'forward',
      name: 'no route to the Pods of node-2',
      matches: ({ destination }) => destination.address.startsWith('10.4.2.'),
      target: 'drop',
    });
    expect(a.connect(c.address, 80).kind).toBe('dropped');
    expect(d.connect(c.address, 80).kind).toBe('connected');
    heal();
    expect(a.connect(c.address, 80).kind).toBe('connected');
  });
});

describe('Nodes and Pods', () => {
  test('says what it is', () => {
    const network = gce();
    expect(network.kind).toBe('gce');
    expect(network.nodeCondition).toEqual({
      reason: 'RouteCreated',
      message: 'RouteController created a route',
    });
  });

  test('a Pod gets the address that it wants, or the next', () => {
    const network = gce();
    expect(network.addPod('node-1', { uid: '1', name: 'x' }, '10.4.1.50').address).toBe('10.4.1.50');
    expect(network.addPod('node-1', { uid: '2', name: 'y' }, '10.4.1.50').address).toBe('10.4.1.51');
    expect(network.addPod('node-2', { uid: '3', name: 'z' }, '10.4.1.60').address).toBe('10.4.2.2');
  });

  test('253 Pods fit on a Node, and one more when one of them goes', () => {
    const network = gce(1);
    const add = (index: number): string =>
      network.addPod('node-1', { uid: `${index}`, name: `pod-${index}` }).address;
    const addresses = Array.from({ length: 253 }, (_, index) => add(index));
    expect(new Set(addresses).size).toBe(253);
    expect(() => add(253)).toThrow(new NoAddressLeft('10.4.1.0/24'));
    network.removePod('77');
    expect(add(253)).toBe(addresses[77]);
  });

  test('all containers of a Pod, and all hostNetwork Pods of a Node, share one stack', () => {
    const { network, a } = cluster();
    network.node('node-1').listen('0.0.0.0', 80);
    expect(() => network.node('node-1').listen('0.0.0.0', 80)).toThrow(AddressInUse);
    a.stack.listen('127.0.0.1', 80);
    expect(a.stack.connect('127.0.0.1', 80).kind).toBe('connected');
    expect(() => a.stack.listen('127.0.0.1', 80)).toThrow(AddressInUse);
  });

  test('what stands for a bug of the caller throws', () => {
    const { network } = cluster();
    expect(() => network.node('node-9')).toThrow('there is no Node node-9');
    expect(() => network.addPod('node-9', { uid: '9', name: 'x' })).toThrow('there is no Node node-9');
    expect(() => network.addPod('node-1', { uid: 'a', name: 'a' })).toThrow(
      'Pod a (a) is on the network already',
    );
    const again = { name: 'node-1', internalIP: '10.128.0.9', externalIP: '', podCIDR: '10.4.9.0/24' };
    expect(() => network.addNode(again)).toThrow('Node node-1 is on the network already');
    const clash = { name: 'node-9', internalIP: '10.128.0.9', externalIP: '', podCIDR: '10.4.1.0/24' };
    expect(() => network.addNode(clash)).toThrow(RouteExists);
  });

  test('a Node that was refused leaves nothing behind', () => {
    const { network } = cluster();
    const clash = { name: 'node-9', internalIP: '10.128.0.9', externalIP: '', podCIDR: '10.4.1.0/24' };
    expect(() => network.addNode(clash)).toThrow(RouteExists);
    expect(() => network.addNode({ ...clash, podCIDR: '10.4.9.0/24' })).not.toThrow();
  });

  test('a Node that goes takes its Pods along, and may come back', () => {
    const { network, a, c } = cluster();
    const node = { name: 'node-2', internalIP: '10.128.0.3', externalIP: '34.1.2.2', podCIDR: '10.4.2.0/24' };
    const { near } = pair(a.stack, c.stack, c.address);
    network.removeNode('node-2');
    network.removeNode('node-2');
    expect(() => near.receive()).toThrow(ConnectionReset);
    expect(network.pod('c')).toBeUndefined();
    expect(a.stack.connect(c.address, 80)).toEqual({ kind: 'dropped' });
    expect(a.stack.connect('10.128.0.3', 80)).toEqual({ kind: 'dropped' });
    network.removePod('c');
    network.addNode(node);
    const again = pod(network, 'node-2', 'c');
    expect(again.address).toBe(c.address);
    expect(pair(a.stack, again.stack, again.address).far.remote.address).toBe(a.address);
  });

  test('without somebody to report to, what listeners throw ends up uncaught', () => {
    const later: (() => void)[] = [];
    vi.stubGlobal('queueMicrotask', (callback: () => void) => later.push(callback));
    onTestFinished(() => void vi.unstubAllGlobals());
    const network = createGceNetwork();
    const node = network.addNode({
      name: 'node-1',
      internalIP: '10.128.0.2',
      externalIP: '',
      podCIDR: '10.4.1.0/24',
    });
    const { near, far } = pair(node, node, '127.0.0.1');
    far.onChange(() => {
      throw new Error('broken');
    });
    near.send(Buffer.from('x'));
    expect(later).toHaveLength(1);
    expect(later[0]).toThrow('broken');
  });
});
