import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { connect as lay, Bridge, cable } from '../../../src/practice/network/links.ts';
import { NetworkNamespace } from '../../../src/practice/network/namespace.ts';
import { Network } from '../../../src/practice/network/network.ts';
import { NOTHING, type Packet } from '../../../src/practice/network/packet.ts';
import { type Hop, trace } from '../../../src/practice/network/walk.ts';
import { factor } from '../../support/prove.ts';
import { gce, pod, pair } from './support.ts';

function syn(source: string, destination: string, ttl = 64): Packet {
  return {
    protocol: 'tcp',
    source: { address: source, port: 40_000 },
    destination: { address: destination, port: 80 },
    ttl,
    segment: { syn: true, sequence: 0, acknowledgement: 0, window: 0, payload: NOTHING },
  };
}

function told({ where, in: entered = '', out = '', source, destination, ttl, verdict, note }: Hop): string {
  return `${where}: ${entered}→${out} ${source.address}>${destination.address} ttl ${ttl} ${verdict} (${note})`;
}

describe('the path of a packet', () => {
  function cluster() {
    const network = gce();
    const a = pod(network, 'node-1', 'a').stack;
    pod(network, 'node-1', 'b');
    const c = pod(network, 'node-2', 'c').stack;
    return { network, a, c };
  }

  test.each([
    [
      '10.4.1.3',
      [
        'a: →eth0 10.4.1.2>10.4.1.3 ttl 64 send (10.4.1.0/24 dev eth0)',
        'node-1: veth0a040102→veth0a040103 10.4.1.2>10.4.1.3 ttl 64 pass (bridge cbr0)',
        'b: eth0→ 10.4.1.2>10.4.1.3 ttl 64 deliver (own address)',
      ],
    ],
    [
      '10.4.2.2',
      [
        'a: →eth0 10.4.1.2>10.4.2.2 ttl 64 send (default via 10.4.1.1 dev eth0)',
        'node-1: veth0a040102→ 10.4.1.2>10.4.2.2 ttl 64 pass (bridge cbr0)',
        'node-1: cbr0→eth0 10.4.1.2>10.4.2.2 ttl 63 forward (default via 10.128.0.1 dev eth0)',
        'cloud: → 10.4.1.2>10.4.2.2 ttl 63 pass (10.4.2.0/24 is at node-2)',
        'node-2: eth0→cbr0 10.4.1.2>10.4.2.2 ttl 62 forward (10.4.2.0/24 dev cbr0)',
        'node-2: →veth0a040202 10.4.1.2>10.4.2.2 ttl 62 pass (bridge cbr0)',
        'c: eth0→ 10.4.1.2>10.4.2.2 ttl 62 deliver (own address)',
      ],
    ],
    [
      '10.4.2.9',
      [
        'a: →eth0 10.4.1.2>10.4.2.9 ttl 64 send (default via 10.4.1.1 dev eth0)',
        'node-1: veth0a040102→ 10.4.1.2>10.4.2.9 ttl 64 pass (bridge cbr0)',
        'node-1: cbr0→eth0 10.4.1.2>10.4.2.9 ttl 63 forward (default via 10.128.0.1 dev eth0)',
        'cloud: → 10.4.1.2>10.4.2.9 ttl 63 pass (10.4.2.0/24 is at node-2)',
        'node-2: eth0→cbr0 10.4.1.2>10.4.2.9 ttl 62 forward (10.4.2.0/24 dev cbr0)',
        'node-2: eth0→ 10.4.1.2>10.4.2.9 ttl 62 error (nobody on cbr0 has 10.4.2.9)',
      ],
    ],
    [
      '8.8.8.8',
      [
        'a: →eth0 10.4.1.2>8.8.8.8 ttl 64 send (default via 10.4.1.1 dev eth0)',
        'node-1: veth0a040102→ 10.4.1.2>8.8.8.8 ttl 64 pass (bridge cbr0)',
        'node-1: cbr0→eth0 10.4.1.2>8.8.8.8 ttl 63 forward (default via 10.128.0.1 dev eth0)',
        'cloud: → 10.4.1.2>8.8.8.8 ttl 63 drop (no route to 8.8.8.8)',
      ],
    ],
    ['10.4.1.2', ['a: lo→ 10.4.1.2>10.4.1.2 ttl 64 deliver (own address)']],
    ['2001:db8::1', ['a: → 10.4.1.2>2001:db8::1 ttl 64 error (no route to 2001:db8::1)']],
  ])('to %s', (destination, hops) => {
    const { a } = cluster();
    expect(trace(a, syn('10.4.1.2', destination)).hops.map(told)).toEqual(hops);
  });

  test('names the rule that rewrote or dropped it, and shows addresses as they are there', () => {
    const { network, a } = cluster();
    network.node('node-1').netfilter.add({
      chain: 'postrouting',
      name: 'masquerade Pods',
      matches: (_, { out }) => out === 'eth0',
      target: 'masquerade',
    });
    network.node('node-2').netfilter.add({
      chain: 'forward',
      name: 'policy web',
      matches: () => true,
      target: 'drop',
    });
    const { hops, outcome } = trace(a, syn('10.4.1.2', '10.4.2.2'));
    expect(hops.map(told).slice(2)).toEqual([
      'node-1: cbr0→eth0 10.128.0.2>10.4.2.2 ttl 63 forward (default via 10.128.0.1 dev eth0; masquerade Pods)',
      'cloud: → 10.128.0.2>10.4.2.2 ttl 63 pass (10.4.2.0/24 is at node-2)',
      'node-2: eth0→ 10.128.0.2>10.4.2.2 ttl 63 drop (policy web)',
    ]);
    expect(outcome).toEqual({ kind: 'dropped', where: 'node-2', reason: 'policy web' });
  });

  test.each<['drop' | 'reject' | 'unreachable', Partial<Hop>, object]>([
    ['drop', { where: 'node-1', verdict: 'drop' }, { kind: 'dropped' }],
    ['reject', { where: 'node-1', in: 'cbr0', verdict: 'error' }, { kind: 'refused' }],
    [
      'unreachable',
      { where: 'node-1', in: 'cbr0', verdict: 'error' },
      { kind: 'unreachable', what: 'network' },
    ],
  ])('from Pod to Pod of a Node meets its rules on the bridge: %s', (target, hop, result) => {
    const { network, a } = cluster();
    network.pod('b')!.listen('0.0.0.0', 80);
    const matches = (_: Packet, place: object): boolean =>
      JSON.stringify(place) === '{"in":"cbr0","out":"cbr0"}';
    network.node('node-1').netfilter.add({ chain: 'forward', name: 'policy web', matches, target });
    const { hops } = trace(a, syn('10.4.1.2', '10.4.1.3'));
    expect(hops.at(-1)).toMatchObject({ ...hop, note: 'policy web' });
    expect(a.connect('10.4.1.3', 80)).toEqual(result);
  });

  test('is rewritten on the bridge as well, and only where it goes from port to port', () => {
    const { network, a } = cluster();
    network.node('node-1').netfilter.add({
      chain: 'postrouting',
      name: 'masquerade Pods',
      matches: () => true,
      target: 'masquerade',
    });
    expect(trace(a, syn('10.4.1.2', '10.4.1.3')).hops.map(told).slice(1)).toEqual([
      'node-1: veth0a040102→veth0a040103 10.4.1.1>10.4.1.3 ttl 64 pass (bridge cbr0; masquerade Pods)',
      'b: eth0→ 10.4.1.1>10.4.1.3 ttl 64 deliver (own address)',
    ]);
    expect(trace(a, syn('10.4.1.2', '10.128.0.2')).outcome).toMatchObject({
      packet: { source: { address: '10.4.1.2' } },
    });
  });

  test('ends at a router that finds the TTL used up, and the client learns of it', () => {
    const { network, a } = cluster();
    expect(trace(a, syn('10.4.1.2', '10.4.2.2', 1)).outcome).toMatchObject({
      kind: 'error',
      type: 'time-exceeded',
    });
    expect(trace(a, syn('10.4.1.2', '10.4.2.2', 2)).hops.at(-1)).toMatchObject({
      where: 'node-2',
      verdict: 'error',
    });
    // The cloud sends it to and fro: node-1 is told to have the subnet, and sends it out again.
    network.cloud.routes.remove('10.4.2.0/24');
    network.cloud.routes.add({ destination: '10.4.2.0/24', to: network.node('node-1').device('eth0')! });
    expect(trace(a, syn('10.4.1.2', '10.4.2.2')).hops.length).toBeGreaterThan(100);
    expect(a.connect('10.4.2.2', 80)).toEqual({ kind: 'unreachable', what: 'host' });
  });

  test('is no longer among many Nodes than among few', () => {
    const few = gce(3);
    const many = gce(200);
    for (const network of [few, many]) for (const node of ['node-1', 'node-3']) pod(network, node, node);
    const [short, long] = [few, many].map((network) =>
      trace(network.pod('node-1')!, syn('10.4.1.2', '10.4.3.2')).hops.map(told),
    );
    expect(long).toEqual(short);
  });

  test('can be watched at every interface', () => {
    const { network, a, c } = cluster();
    const seen: string[] = [];
    const stops = [a, network.node('node-1'), network.node('node-2'), c].flatMap((stack) =>
      stack.interfaces().map(({ name }) =>
        stack.device(name)!.tap(({ source, destination }, direction, on) => {
          seen.push(
            `${stack.name} ${on.name} ${direction} ${source.address}:${source.port} > ${destination.address}:${destination.port}`,
          );
        }),
      ),
    );
    a.connect('10.4.2.2', 80);
    const there = '10.4.1.2:32768 > 10.4.2.2:80';
    const back = '10.4.2.2:80 > 10.4.1.2:32768';
    expect(seen).toEqual([
      `a eth0 out ${there}`,
      `node-1 veth0a040102 in ${there}`,
      `node-1 cbr0 in ${there}`,
      `node-1 eth0 out ${there}`,
      `node-2 eth0 in ${there}`,
      `node-2 cbr0 out ${there}`,
      `node-2 veth0a040202 out ${there}`,
      `c eth0 in ${there}`,
      `c eth0 out ${back}`,
      `node-2 veth0a040202 in ${back}`,
      `node-2 cbr0 in ${back}`,
      `node-2 eth0 out ${back}`,
      `node-1 eth0 in ${back}`,
      `node-1 cbr0 out ${back}`,
      `node-1 veth0a040102 out ${back}`,
      `a eth0 in ${back}`,
    ]);
    seen.length = 0;
    pair(a, a, '127.0.0.1');
    expect(seen.slice(0, 2)).toEqual([
      'a lo out 127.0.0.1:32769 > 127.0.0.1:80',
      'a lo in 127.0.0.1:32769 > 127.0.0.1:80',
    ]);
    seen.length = 0;
    for (const stop of stops) stop();
    a.connect('10.4.2.2', 80);
    expect(seen).toEqual([]);
  });
});

test('every walk ends, and so does all that follows from it, whatever the routes are', () => {
  const hosts = 5;
  const host = fc.nat(hosts - 1);
  const address = fc.oneof(
    host.map((index) => `10.0.0.${index + 1}`),
    fc.tuple(host, host).map(([a, b]) => `10.1.${a}.${b}`),
    fc.constant('192.168.0.1'),
  );
  const route = fc.record({
    on: host,
    to: host,
    destination: fc.tuple(address, fc.integer({ min: 0, max: 32 })),
  });
  const link = fc.tuple(host, host);
  fc.assert(
    fc.property(
      fc.array(route, { maxLength: 20 }),
      fc.array(link, { maxLength: 4 }),
      fc.array(fc.tuple(host, address), { minLength: 1 }),
      (routes, links, sends) => {
        const network = new Network((error) => {
          throw error;
        });
        const bridge = new Bridge('br0');
        const middle = new NetworkNamespace(network, 'middle');
        bridge.own = middle.addInterface({ name: 'br0', kind: 'bridge', mac: '', mtu: 1500, link: bridge });
        const spaces = Array.from({ length: hosts }, (_, index) => {
          const space = new NetworkNamespace(network, `host-${index}`);
          space.forwarding = true;
          const eth0 = space.addInterface({ name: 'eth0', kind: 'veth', mac: '', mtu: 1500, link: cable });
          const port = middle.addInterface({
            name: `veth${index}`,
            kind: 'veth',
            mac: '',
            mtu: 1500,
            link: cable,
          });
          lay(eth0, port);
          bridge.addPort(port);
          space.addAddress(eth0, `10.0.0.${index + 1}/24`);
          return space;
        });
        links.forEach(([one, other], index) => {
          const ends = [one, other].map((which, end) => {
            const space = spaces[which]!;
            const name = `link${index}${end}`;
            const device = space.addInterface({ name, kind: 'veth', mac: '', mtu: 1500, link: cable });
            space.addAddress(device, `10.1.${index}.${end + 1}/30`);
            return device;
          });
          lay(ends[0]!, ends[1]!);
        });
        for (const { on, to, destination } of routes) {
          const space = spaces[on]!;
          const prefix = destination.join('/');
          space.main.remove(prefix);
          space.main.add({ destination: prefix, via: `10.0.0.${to + 1}`, device: 'eth0' });
        }
        for (const [from, to] of sends) {
          const { hops, outcome } = trace(spaces[from]!, syn(`10.0.0.${from + 1}`, to));
          expect(['delivered', 'dropped', 'error']).toContain(outcome.kind);
          // Each router once per step of the TTL, with the bridge beside it.
          expect(hops.length).toBeLessThanOrEqual(2 * 64 + 2);
          expect(spaces[from]!.connect(to, 80).kind).not.toBe('connected');
        }
      },
    ),
    { numRuns: 200 * factor },
  );
});
