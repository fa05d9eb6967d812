import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contains, requireAddress, requirePrefix } from '../../../src/practice/network/address.ts';
import { ConnectionReset } from '../../../src/practice/network/connection.ts';
import type { Chain, Rule } from '../../../src/practice/network/netfilter.ts';
import { factor } from '../../support/prove.ts';
import { connected, gce, pair, pod, text } from './support.ts';

const PODS = requirePrefix('10.4.0.0/16');

function isPod(address: string): boolean {
  return contains(PODS, requireAddress(address));
}

/** As the fault of a broken cluster: Nodes put their own address on what leaves their Pods for others. */
const masqueradePods: Rule = {
  chain: 'postrouting',
  name: 'masquerade Pods',
  matches: ({ source, destination }, { out }) =>
    out === 'eth0' && isPod(source.address) && isPod(destination.address),
  target: 'masquerade',
};

function cluster() {
  const network = gce();
  const a = pod(network, 'node-1', 'a');
  const b = pod(network, 'node-1', 'b');
  const c = pod(network, 'node-2', 'c');
  return { network, a, b, c, one: network.node('node-1'), two: network.node('node-2') };
}

describe('masquerading', () => {
  test('the other end sees the Node; the client never knows', () => {
    const { a, c, one } = cluster();
    one.netfilter.add(masqueradePods);
    const { near, far } = pair(a.stack, c.stack, c.address);
    expect(near.local).toEqual({ address: '10.4.1.2', port: 32_768 });
    expect(near.remote).toEqual({ address: '10.4.2.2', port: 80 });
    expect(far.remote).toEqual({ address: '10.128.0.2', port: 32_768 });
    near.send(Buffer.from('ping'));
    far.send(Buffer.from('pong'));
    expect([text(far.receive()), text(near.receive())]).toEqual(['ping', 'pong']);
  });

  test('two Pods with the same port get ports of their own', () => {
    const { a, b, c, one } = cluster();
    one.netfilter.add(masqueradePods);
    const listener = c.stack.listen('0.0.0.0', 80);
    const nears = [a, b].map(({ stack }) => connected(stack.connect(c.address, 80)));
    expect(nears.map(({ local }) => local.port)).toEqual([32_768, 32_768]);
    const fars = [listener.accept()!, listener.accept()!];
    expect(fars[0]!.remote).toEqual({ address: '10.128.0.2', port: 32_768 });
    expect(fars[1]!.remote.address).toBe('10.128.0.2');
    expect(fars[1]!.remote.port).not.toBe(32_768);
    fars[0]!.send(Buffer.from('to a'));
    fars[1]!.send(Buffer.from('to b'));
    expect(nears.map((near) => text(near.receive()))).toEqual(['to a', 'to b']);
  });

  test('does not touch what the rule does not name', () => {
    const { a, b, c, one, two } = cluster();
    one.netfilter.add(masqueradePods);
    expect(pair(a.stack, b.stack, b.address).far.remote.address).toBe('10.4.1.2');
    expect(pair(a.stack, two, '10.128.0.3').far.remote.address).toBe('10.4.1.2');
    expect(pair(c.stack, a.stack, a.address).far.remote.address).toBe('10.4.2.2');
  });

  test('refusals and ICMP errors find their way back as well', () => {
    const { a, c, one } = cluster();
    one.netfilter.add(masqueradePods);
    expect(a.stack.connect(c.address, 81)).toEqual({ kind: 'refused' });
    expect(a.stack.connect('10.4.2.77', 80)).toEqual({ kind: 'unreachable', what: 'host' });
  });

  test('connections go on as they began when the rule goes, and when it comes', () => {
    const { a, c, one } = cluster();
    const before = one.netfilter.list();
    const plain = pair(a.stack, c.stack, c.address);
    const remove = one.netfilter.add(masqueradePods);
    const rewritten = pair(a.stack, c.stack, c.address);
    for (const { near, far } of [plain, rewritten]) {
      near.send(Buffer.from('1'));
      expect(text(far.receive())).toBe('1');
    }
    remove();
    remove();
    expect(one.netfilter.list()).toEqual(before);
    for (const { near, far } of [plain, rewritten]) {
      far.send(Buffer.from('2'));
      expect(text(near.receive())).toBe('2');
      near.end();
      far.end();
      expect([near.receive(), far.receive()]).toEqual([null, null]);
    }
    expect([...a.stack.sockets(), ...c.stack.sockets()]).toEqual([]);
    expect(pair(a.stack, c.stack, c.address).far.remote.address).toBe('10.4.1.2');
  });

  test('a reset reaches the other end through it', () => {
    const { a, c, one } = cluster();
    one.netfilter.add(masqueradePods);
    const first = pair(a.stack, c.stack, c.address);
    first.near.close();
    expect(() => first.far.receive()).toThrow(ConnectionReset);
    const second = pair(a.stack, c.stack, c.address);
    second.far.close();
    expect(() => second.near.receive()).toThrow(ConnectionReset);
  });
});

describe('destination NAT', () => {
  const service = { address: '10.8.0.10', port: 80 };

  function toService(chain: 'prerouting' | 'output', destination: { address: string; port: number }): Rule {
    return {
      chain,
      name: 'service web',
      matches: (packet) =>
        packet.destination.address === service.address && packet.destination.port === service.port,
      target: { destination },
    };
  }

  test('a Pod reaches an address that nobody has, and knows no other', () => {
    const { a, c, one } = cluster();
    one.netfilter.add(toService('prerouting', { address: c.address, port: 8080 }));
    const listener = c.stack.listen('0.0.0.0', 8080);
    const near = connected(a.stack.connect(service.address, service.port));
    const far = listener.accept()!;
    expect(near.remote).toEqual(service);
    expect(far.local).toEqual({ address: c.address, port: 8080 });
    expect(far.remote).toEqual({ address: '10.4.1.2', port: 32_768 });
    far.send(Buffer.from('hi'));
    expect(text(near.receive())).toBe('hi');
  });

  test('a Node reaches it from its own sockets, on itself too', () => {
    const { a, one } = cluster();
    one.netfilter.add(toService('output', { address: a.address, port: 8080 }));
    const listener = a.stack.listen('0.0.0.0', 8080);
    connected(one.connect(service.address, service.port));
    expect(listener.accept()?.local).toEqual({ address: a.address, port: 8080 });
    const { one: other } = cluster();
    other.netfilter.add(toService('output', { address: '10.128.0.2', port: 8080 }));
    const own = other.listen('0.0.0.0', 8080);
    const near = connected(other.connect(service.address, service.port));
    const far = own.accept()!;
    expect(near.remote).toEqual(service);
    far.send(Buffer.from('hi'));
    expect(text(near.receive())).toBe('hi');
  });

  test('a refusal from behind it is a refusal', () => {
    const { a, c, one } = cluster();
    one.netfilter.add(toService('prerouting', { address: c.address, port: 8080 }));
    expect(a.stack.connect(service.address, service.port)).toEqual({ kind: 'refused' });
    const { a: other, one: node } = cluster();
    node.netfilter.add(toService('prerouting', { address: '10.4.2.77', port: 8080 }));
    expect(other.stack.connect(service.address, service.port)).toEqual({ kind: 'unreachable', what: 'host' });
  });
});

describe('filters', () => {
  function rule(
    chain: Chain,
    target: 'accept' | 'drop' | 'reject',
    matches: Rule['matches'] = () => true,
  ): Rule {
    return { chain, name: `${chain} rule`, matches, target };
  }

  test.each<[string, 'one' | 'two', Chain, 'drop' | 'reject', object]>([
    ['the client’s Node, forwarding', 'one', 'forward', 'drop', { kind: 'dropped' }],
    ['the client’s Node, forwarding', 'one', 'forward', 'reject', { kind: 'refused' }],
    ['the client’s Node, before routing', 'one', 'prerouting', 'drop', { kind: 'dropped' }],
    ['the client’s Node, after routing', 'one', 'postrouting', 'drop', { kind: 'dropped' }],
    ['the server’s Node, forwarding', 'two', 'forward', 'drop', { kind: 'dropped' }],
    ['the server’s Node, forwarding', 'two', 'forward', 'reject', { kind: 'refused' }],
    ['the server’s Node, its own input', 'two', 'input', 'drop', { kind: 'connected' }],
    ['the client’s Node, its own output', 'one', 'output', 'drop', { kind: 'connected' }],
  ])('%s (%s %s): %s is %j', (_where, node, chain, target, result) => {
    const { a, c, ...nodes } = cluster();
    c.stack.listen('0.0.0.0', 80);
    nodes[node].netfilter.add(rule(chain, target));
    expect(a.stack.connect(c.address, 80)).toMatchObject(result);
  });

  test.each<[Chain, 'drop' | 'reject', object]>([
    ['input', 'drop', { kind: 'dropped' }],
    ['input', 'reject', { kind: 'refused' }],
    ['output', 'drop', { kind: 'dropped' }],
    ['output', 'reject', { kind: 'refused' }],
  ])('in a Pod’s own %s, %s on lo is %j', (chain, target, result) => {
    const { a } = cluster();
    a.stack.listen('0.0.0.0', 80);
    a.stack.netfilter.add(rule(chain, target));
    expect(a.stack.connect('127.0.0.1', 80)).toEqual(result);
    expect(a.stack.connect(a.address, 80)).toEqual(result);
  });

  test('the first rule that matches decides', () => {
    const { a, c, two } = cluster();
    c.stack.listen('0.0.0.0', 80);
    c.stack.listen('0.0.0.0', 81);
    two.netfilter.add(rule('forward', 'accept', ({ destination }) => destination.port !== 81));
    two.netfilter.add(rule('forward', 'reject'));
    expect(a.stack.connect(c.address, 80).kind).toBe('connected');
    expect(a.stack.connect(c.address, 81)).toEqual({ kind: 'refused' });
  });

  test('what is established goes on where new connections are dropped', () => {
    const { a, c, two } = cluster();
    const before = pair(a.stack, c.stack, c.address);
    c.stack.listen('0.0.0.0', 80);
    a.stack.listen('0.0.0.0', 80);
    two.netfilter.add(
      rule(
        'forward',
        'drop',
        ({ destination }, _place, state) => state === 'new' && destination.address === c.address,
      ),
    );
    expect(a.stack.connect(c.address, 80)).toEqual({ kind: 'dropped' });
    expect(c.stack.connect(a.address, 80).kind).toBe('connected');
    before.near.send(Buffer.from('on'));
    expect(text(before.far.receive())).toBe('on');
  });

  test('a rule that goes lets waiting bytes go on', () => {
    const { a, c, two } = cluster();
    const { near, far } = pair(a.stack, c.stack, c.address);
    const remove = two.netfilter.add(rule('forward', 'drop'));
    near.send(Buffer.from('wait'));
    expect(far.receive()).toBeUndefined();
    remove();
    expect(text(far.receive())).toBe('wait');
  });
});

test('connections that never saw an answer make room; those in use stay', () => {
  const { a, c, one } = cluster();
  one.netfilter.add(masqueradePods);
  const kept = pair(a.stack, c.stack, c.address);
  for (let count = 0; count < 17_000; count++) a.stack.connect('10.4.9.9', 80);
  kept.far.send(Buffer.from('still'));
  expect(text(kept.near.receive())).toBe('still');
});

test('whatever is rewritten on the way is put right on the reply', () => {
  const rules = fc.array(
    fc.record({
      node: fc.constantFrom('node-1', 'node-2'),
      nat: fc.constantFrom('masquerade', 'prerouting c', 'prerouting b', 'output c', 'output two'),
    }),
    { maxLength: 4 },
  );
  const clients = fc.array(
    fc.record({
      from: fc.constantFrom('a', 'b', 'c', 'node-1', 'node-2'),
      to: fc.constantFrom('10.8.0.10', '10.4.1.3', '10.4.2.2', '10.128.0.3'),
    }),
    { minLength: 1, maxLength: 6 },
  );
  fc.assert(
    fc.property(rules, clients, (wanted, attempts) => {
      const { network, a, b, c } = cluster();
      const stacks = {
        a: a.stack,
        b: b.stack,
        c: c.stack,
        'node-1': network.node('node-1'),
        'node-2': network.node('node-2'),
      };
      const targets = { b: b.address, c: c.address, two: '10.128.0.3' };
      for (const { node, nat } of wanted) {
        const { netfilter } = network.node(node);
        const [chain, to] = nat.split(' ') as ['prerouting' | 'output', keyof typeof targets];
        if (nat === 'masquerade')
          netfilter.add({ chain: 'postrouting', name: nat, matches: () => true, target: nat });
        else
          netfilter.add({
            chain,
            name: nat,
            matches: ({ destination }) => destination.address === '10.8.0.10',
            target: { destination: { address: targets[to], port: 80 } },
          });
      }
      const listeners = Object.values(stacks).map((stack) => stack.listen('0.0.0.0', 80));
      for (const { from, to } of attempts) {
        const result = stacks[from].connect(to, 80);
        const far = listeners.flatMap((listener) => listener.accept() ?? []);
        if (result.kind !== 'connected') {
          expect(far).toEqual([]);
          continue;
        }
        // Whoever answered, the client sees the address that it asked for, and its own.
        expect(far).toHaveLength(1);
        expect(result.connection.remote).toEqual({ address: to, port: 80 });
        const own = stacks[from]
          .interfaces()
          .flatMap(({ addresses }) => addresses.map(({ address }) => address));
        expect(own).toContain(result.connection.local.address);
        result.connection.send(Buffer.from(from));
        expect(text(far[0]!.receive())).toBe(from);
        far[0]!.send(Buffer.from('back'));
        expect(text(result.connection.receive())).toBe('back');
      }
    }),
    { numRuns: 150 * factor },
  );
});
