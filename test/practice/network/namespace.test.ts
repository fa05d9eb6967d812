import { describe, expect, test } from 'vitest';
import type { Packet } from '../../../src/practice/network/packet.ts';
import type { RouteView } from '../../../src/practice/network/stack.ts';
import { gce, pair, pod, text } from './support.ts';

/** As `ip route` prints it. */
function printed({ destination, via, device, protocol, scope, source, metric }: RouteView): string {
  return [
    destination,
    ...(via === undefined ? [] : ['via', via]),
    'dev',
    device,
    ...(protocol === undefined ? [] : ['proto', protocol]),
    ...(scope === undefined ? [] : ['scope', scope]),
    ...(source === undefined ? [] : ['src', source]),
    ...(metric === undefined ? [] : ['metric', metric]),
  ].join(' ');
}

const LO = {
  index: 1,
  name: 'lo',
  kind: 'loopback',
  mac: '00:00:00:00:00:00',
  mtu: 65_536,
  up: true,
  addresses: [
    { address: '127.0.0.1', prefixLength: 8, scope: 'host' },
    { address: '::1', prefixLength: 128, scope: 'host' },
  ],
};

describe('what `ip` shows', () => {
  test('in a Pod', () => {
    const { stack } = pod(gce(), 'node-1', 'a');
    expect(stack.interfaces()).toEqual([
      LO,
      {
        index: 2,
        name: 'eth0',
        peerIndex: 4,
        kind: 'veth',
        mac: '0a:58:0a:04:01:02',
        mtu: 1460,
        up: true,
        addresses: [{ address: '10.4.1.2', prefixLength: 24, broadcast: '10.4.1.255', scope: 'global' }],
      },
    ]);
    expect(stack.routes(4).map(printed)).toEqual([
      'default via 10.4.1.1 dev eth0',
      '10.4.1.0/24 dev eth0 proto kernel scope link src 10.4.1.2',
    ]);
    expect(stack.routes(6)).toEqual([]);
  });

  test('on a Node', () => {
    const network = gce();
    pod(network, 'node-1', 'a');
    const node = network.node('node-1');
    expect(node.name).toBe('node-1');
    expect(node.interfaces()).toEqual([
      LO,
      {
        index: 2,
        name: 'eth0',
        kind: 'ethernet',
        mac: '42:01:0a:80:00:02',
        mtu: 1460,
        up: true,
        addresses: [{ address: '10.128.0.2', prefixLength: 32, scope: 'global' }],
      },
      {
        index: 3,
        name: 'cbr0',
        kind: 'bridge',
        mac: '0a:58:0a:04:01:01',
        mtu: 1460,
        up: true,
        addresses: [{ address: '10.4.1.1', prefixLength: 24, broadcast: '10.4.1.255', scope: 'global' }],
      },
      {
        index: 4,
        name: 'veth0a040102',
        peerIndex: 2,
        kind: 'veth',
        mac: 'ce:58:0a:04:01:02',
        mtu: 1460,
        up: true,
        master: 'cbr0',
        addresses: [],
      },
    ]);
    expect(node.routes(4).map(printed)).toEqual([
      'default via 10.128.0.1 dev eth0',
      '10.4.1.0/24 dev cbr0 proto kernel scope link src 10.4.1.1',
      '10.128.0.1 dev eth0 scope link',
    ]);
  });

  test('no two interfaces have one hardware address', () => {
    const network = gce(3);
    const stacks = [1, 2, 3].flatMap((node) => [
      network.node(`node-${node}`),
      ...[1, 2, 3].map((index) => pod(network, `node-${node}`, `${node}-${index}`).stack),
    ]);
    const macs = stacks
      .flatMap((stack) => stack.interfaces().filter(({ name }) => name !== 'lo'))
      .map(({ mac }) => mac);
    expect(macs).toHaveLength(3 * 2 + 9 * 2);
    expect(new Set(macs).size).toBe(macs.length);
  });

  test('of a Pod that is gone, the Node shows nothing', () => {
    const network = gce();
    pod(network, 'node-1', 'a');
    network.removePod('a');
    expect(
      network
        .node('node-1')
        .interfaces()
        .map(({ name }) => name),
    ).toEqual(['lo', 'eth0', 'cbr0']);
    pod(network, 'node-1', 'b');
    expect(network.node('node-1').interfaces().at(-1)).toMatchObject({ index: 5, name: 'veth0a040103' });
  });
});

describe('interfaces and addresses', () => {
  test('a route whose interface is down is not taken, and is again once that is up', () => {
    const network = gce();
    const { stack } = pod(network, 'node-1', 'a');
    network.node('node-1').listen('0.0.0.0', 80);
    const eth0 = stack.device('eth0')!;
    stack.setUp(eth0, false);
    expect(stack.connect('10.128.0.2', 80)).toEqual({ kind: 'unreachable', what: 'network' });
    stack.setUp(eth0, true);
    expect(stack.connect('10.128.0.2', 80).kind).toBe('connected');
  });

  test('the source of a route is taken before the address of the interface', () => {
    const network = gce();
    const { stack, address } = pod(network, 'node-1', 'a');
    const eth0 = stack.device('eth0')!;
    stack.addAddress(eth0, '10.4.1.200/24');
    expect(stack.routes(4)).toHaveLength(2);
    const node = network.node('node-1');
    expect(pair(stack, node, '10.128.0.2').far.remote.address).toBe(address);
    stack.main.add({ destination: '10.128.0.2/32', via: '10.4.1.1', device: 'eth0', source: '10.4.1.200' });
    expect(pair(stack, node, '10.128.0.2').far.remote.address).toBe('10.4.1.200');
    // Talking to itself, an address is its own source.
    expect(pair(stack, stack, '10.4.1.200').far.remote.address).toBe('10.4.1.200');
  });

  test.each(['10.4.1.255', '255.255.255.255', '224.0.0.1'])(
    'TCP does not go to %s, an address of many',
    (address) => {
      const { stack } = pod(gce(), 'node-1', 'a');
      expect(stack.connect(address, 80)).toEqual({ kind: 'unreachable', what: 'network' });
    },
  );

  test('packets for 127.0.0.0/8 from outside are martians', () => {
    const network = gce();
    const { stack } = pod(network, 'node-1', 'a');
    const node = network.node('node-1');
    node.listen('0.0.0.0', 80);
    // As somebody would who wants to reach what listens on the Node's loopback only.
    stack.removeInterface(stack.device('lo')!);
    expect(stack.isLocal('127.0.0.2')).toBe(false);
    expect(stack.connect('127.0.0.2', 80)).toEqual({ kind: 'dropped' });
  });

  test.each([
    ['the other Pod’s eth0', 'b', 'eth0'],
    ['the other Pod’s end at the bridge', 'node-1', 'veth0a040103'],
    ['its own end at the bridge', 'node-1', 'veth0a040102'],
    ['the bridge', 'node-1', 'cbr0'],
  ])('with %s down, a neighbour known from before is not found', (_what, where, name) => {
    const network = gce();
    const a = pod(network, 'node-1', 'a').stack;
    const b = pod(network, 'node-1', 'b').stack;
    const node = network.node('node-1');
    const { near, far } = pair(a, b, '10.4.1.3');
    const space = where === 'b' ? b : node;
    space.setUp(space.device(name)!, false);
    expect(a.connect('10.4.1.3', 80)).toEqual({ kind: 'unreachable', what: 'host' });
    near.send(Buffer.from('wait'));
    expect(far.receive()).toBeUndefined();
    space.setUp(space.device(name)!, true);
    expect(text(far.receive())).toBe('wait');
  });

  test('a Pod is no router: what is not for it ends there', () => {
    const network = gce();
    pod(network, 'node-1', 'a');
    const node = network.node('node-1');
    node.main.add({ destination: '10.9.9.9/32', via: '10.4.1.2', device: 'cbr0' });
    expect(node.connect('10.9.9.9', 80)).toEqual({ kind: 'dropped' });
  });

  test('ICMP errors come from the router that found out, and there is none about another', () => {
    const network = gce();
    const a = pod(network, 'node-1', 'a').stack;
    network.node('node-1').netfilter.add({
      chain: 'postrouting',
      name: 'masquerade',
      matches: ({ destination }, { out }) => out === 'eth0' && destination.address !== '10.128.0.3',
      target: 'masquerade',
    });
    const seen: Packet[] = [];
    a.device('eth0')!.tap((packet, direction) => {
      if (direction === 'in') seen.push(packet);
    });
    a.connect('10.4.2.77', 80);
    expect(seen).toMatchObject([
      {
        protocol: 'icmp',
        source: { address: '10.128.0.3', port: 0 },
        destination: { address: '10.4.1.2', port: 0 },
        error: {
          type: 'host-unreachable',
          about: { source: { address: '10.4.1.2' }, destination: { address: '10.4.2.77', port: 80 } },
        },
      },
    ]);
    // Now the error itself goes round in circles until its TTL is used up.
    const uplink = network.node('node-2').device('eth0')!;
    network.cloud.routes.remove('10.128.0.2/32');
    network.cloud.routes.add({ destination: '10.128.0.2/32', to: uplink });
    const errors: Packet[] = [];
    uplink.tap((packet) => {
      if (packet.protocol === 'icmp') errors.push(packet);
    });
    expect(a.connect('10.4.2.77', 80)).toEqual({ kind: 'dropped' });
    expect(errors.length).toBeGreaterThan(100);
    const about = errors.map((packet) => packet.protocol === 'icmp' && packet.error.about.protocol);
    expect(new Set(about)).toEqual(new Set(['tcp']));
  });
});
