import { describe, expect, test } from 'vitest';
import {
  AddressInUse,
  AddressNotAvailable,
  type Connection,
  ConnectionReset,
} from '../../../src/practice/network/connection.ts';
import type { NetworkNamespace } from '../../../src/practice/network/namespace.ts';
import { connected, gce, pair, pod, text } from './support.ts';

function two(): { network: ReturnType<typeof gce>; a: NetworkNamespace; c: NetworkNamespace; to: string } {
  const network = gce();
  const a = pod(network, 'node-1', 'a').stack;
  const { stack: c, address: to } = pod(network, 'node-2', 'c');
  return { network, a, c, to };
}

function bytes(words: string): Uint8Array {
  return Buffer.from(words);
}

describe('connecting', () => {
  test('is refused where nobody listens', () => {
    const { a, c, to } = two();
    expect(a.connect(to, 80)).toEqual({ kind: 'refused' });
    c.listen('0.0.0.0', 8080);
    expect(a.connect(to, 80)).toEqual({ kind: 'refused' });
    expect(a.connect('127.0.0.1', 80)).toEqual({ kind: 'refused' });
    expect(a.connect('::1', 80)).toEqual({ kind: 'refused' });
    expect([...a.sockets(), ...c.sockets()]).toHaveLength(1);
  });

  test.each<[string, object, string]>([
    ['10.4.1.77', { kind: 'unreachable', what: 'host' }, 'an unused address of its own subnet'],
    ['10.4.2.77', { kind: 'unreachable', what: 'host' }, 'an unused address on another Node'],
    ['10.4.9.2', { kind: 'dropped' }, 'an address that the cloud has no route for'],
    ['34.1.2.2', { kind: 'dropped' }, 'a Node’s external address'],
    ['8.8.8.8', { kind: 'dropped' }, 'somewhere outside'],
    ['10.128.0.1', { kind: 'dropped' }, 'the cloud’s gateway'],
    ['2001:db8::1', { kind: 'unreachable', what: 'network' }, 'IPv6, which Pods have no route for'],
  ])('to %s is %j: %s', (address, result) => {
    expect(two().a.connect(address, 80)).toEqual(result);
  });

  test('without any route is unreachable at once', () => {
    const { a } = two();
    a.main.remove('0.0.0.0/0');
    expect(a.connect('10.4.2.2', 80)).toEqual({ kind: 'unreachable', what: 'network' });
  });

  test('is dropped when only the answer gets lost, and leaves nothing behind once the way is free', () => {
    const { network, a, c, to } = two();
    const listener = c.listen('0.0.0.0', 80);
    const heal = network.node('node-1').netfilter.add({
      chain: 'forward',
      name: 'lost',
      matches: ({ destination }) => destination.address === '10.4.1.2',
      target: 'drop',
    });
    expect(a.connect(to, 80)).toEqual({ kind: 'dropped' });
    heal();
    expect(a.sockets()).toEqual([]);
    expect(c.sockets()).toHaveLength(1);
    expect(a.connect(to, 80).kind).toBe('connected');
    expect(listener.accept()).toBeDefined();
    expect(listener.accept()).toBeUndefined();
  });

  test('takes what is no address for a bug', () => {
    expect(() => two().a.connect('web', 80)).toThrow(TypeError);
    expect(() => two().a.listen('web', 80)).toThrow(TypeError);
  });

  test('takes ports from 32768 on, and none that is listened on', () => {
    const { a, c, to } = two();
    c.listen('0.0.0.0', 80);
    a.listen('0.0.0.0', 32_769);
    const ports = [1, 2, 3].map(() => connected(a.connect(to, 80)).local.port);
    expect(ports).toEqual([32_768, 32_770, 32_771]);
    expect(connected(a.connect(to, 80)).local.port).toBe(32_772);
  });

  test('starts over after 60999, and skips what is in use', () => {
    const { a, c, to } = two();
    c.listen('0.0.0.0', 80);
    expect(connected(a.connect(to, 80)).local.port).toBe(32_768);
    for (let port = 32_769; port <= 60_999; port++) a.connect('127.0.0.1', 81);
    expect(connected(a.connect(to, 80)).local.port).toBe(32_769);
    // Another destination may use the same port.
    expect(connected(c.connect(to, 80)).local.port).toBe(32_768);
  });
});

describe('listening', () => {
  test.each([
    ['0.0.0.0', '10.4.1.2', '10.4.1.2'],
    ['0.0.0.0', '127.0.0.1', '127.0.0.1'],
    ['0.0.0.0', '::1', undefined],
    ['127.0.0.1', '127.0.0.1', '127.0.0.1'],
    ['127.0.0.1', '10.4.1.2', undefined],
    ['10.4.1.2', '10.4.1.2', '10.4.1.2'],
    ['10.4.1.2', '127.0.0.1', undefined],
    ['::1', '::1', '::1'],
    ['::1', '127.0.0.1', undefined],
    ['::', '::1', '::1'],
    ['::', '::', '::1'],
    ['::', '127.0.0.1', '::ffff:127.0.0.1'],
    ['::', '10.4.1.2', '::ffff:10.4.1.2'],
    ['::ffff:10.4.1.2', '10.4.1.2', '::ffff:10.4.1.2'],
    ['0:0:0:0:0:0:0:0', '::1', '::1'],
  ])('on %s a client of %s is seen as %s', (on, to, seen) => {
    const { a } = two();
    const listener = a.listen(on, 80);
    expect(a.connect(to, 80).kind).toBe(seen === undefined ? 'refused' : 'connected');
    expect(listener.accept()?.remote.address).toBe(seen);
  });

  test('on :: alone, with v6only, leaves IPv4 to others', () => {
    const { a } = two();
    a.listen('::', 80, { v6only: true });
    expect(a.connect('127.0.0.1', 80)).toEqual({ kind: 'refused' });
    const four = a.listen('0.0.0.0', 80);
    expect(a.connect('127.0.0.1', 80).kind).toBe('connected');
    expect(four.accept()?.remote.address).toBe('127.0.0.1');
    expect(a.connect('::1', 80).kind).toBe('connected');
    expect(four.accept()).toBeUndefined();
  });

  test('on 127.0.0.1 refuses whoever comes from outside', () => {
    const { a, c, to } = two();
    c.listen('127.0.0.1', 80);
    expect(a.connect(to, 80)).toEqual({ kind: 'refused' });
  });

  test('an IPv6 socket shows IPv4 addresses mapped, on both sides', () => {
    const { a, c, to } = two();
    const listener = c.listen('::', 80);
    const near = connected(a.connect(`::ffff:${to}`, 80));
    const far = listener.accept()!;
    expect(near.local).toEqual({ address: '::ffff:10.4.1.2', port: 32_768 });
    expect(near.remote).toEqual({ address: `::ffff:${to}`, port: 80 });
    expect(far.local).toEqual(near.remote);
    expect(far.remote).toEqual(near.local);
    near.send(bytes('six'));
    expect(text(far.receive())).toBe('six');
  });

  test.each([
    ['0.0.0.0', '0.0.0.0', true],
    ['0.0.0.0', '127.0.0.1', true],
    ['127.0.0.1', '0.0.0.0', true],
    ['127.0.0.1', '127.0.0.1', true],
    ['127.0.0.1', '10.4.1.2', false],
    ['::', '0.0.0.0', true],
    ['0.0.0.0', '::', true],
    ['::', '127.0.0.1', true],
    ['::', '::1', true],
    ['::1', '0.0.0.0', false],
    ['::1', '127.0.0.1', false],
    ['::ffff:127.0.0.1', '127.0.0.1', true],
    ['::ffff:127.0.0.1', '::1', false],
  ])('on %s, then on %s: in use %j', (first, second, inUse) => {
    const { a } = two();
    const listener = a.listen(first, 80);
    a.listen(second, 81);
    if (!inUse) return void a.listen(second, 80);
    expect(() => a.listen(second, 80)).toThrow(AddressInUse);
    listener.close();
    a.listen(second, 80);
  });

  test('a port may be listened on again while its connections go on, as with SO_REUSEADDR', () => {
    const { a, c, to } = two();
    pair(a, c, to);
    expect(() => c.listen('0.0.0.0', 80)).not.toThrow();
  });

  test('an address must be an own one', () => {
    const { a } = two();
    expect(() => a.listen('10.4.2.2', 80)).toThrow(AddressNotAvailable);
    expect(() => a.listen('2001:db8::1', 80)).toThrow(AddressNotAvailable);
    expect(a.listen('127.0.0.53', 53).local).toEqual({ address: '127.0.0.53', port: 53 });
  });

  test('port 0 is any free one', () => {
    const { a } = two();
    const ports = [a.listen('0.0.0.0', 0), a.listen('0.0.0.0', 0)].map(({ local }) => local.port);
    expect(ports).toEqual([32_768, 32_769]);
  });

  test('connections wait in order; closing resets those that nobody took, and the next client is refused', () => {
    const { a, c, to } = two();
    const listener = c.listen('0.0.0.0', 80);
    let changes = 0;
    listener.onChange(() => changes++);
    const nears = [1, 2, 3].map(() => connected(a.connect(to, 80)));
    expect(changes).toBe(3);
    expect(listener.accept()?.remote).toEqual(nears[0]!.local);
    expect(listener.accept()?.remote).toEqual(nears[1]!.local);
    listener.close();
    expect(changes).toBe(4);
    expect(nears[1]!.receive()).toBeUndefined();
    expect(() => nears[2]!.receive()).toThrow(ConnectionReset);
    expect(a.connect(to, 80)).toEqual({ kind: 'refused' });
  });

  test('closing forgets clients that did not get the answer', () => {
    const { network, a, c, to } = two();
    const listener = c.listen('0.0.0.0', 80);
    network.cloud.routes.remove('10.4.1.0/24');
    expect(a.connect(to, 80)).toEqual({ kind: 'dropped' });
    listener.close();
    let packets = 0;
    c.device('eth0')!.tap(() => packets++);
    network.cloud.routes.add({ destination: '10.4.1.0/24', to: network.node('node-1').device('eth0')! });
    expect(packets).toBe(0);
  });

  test('a full queue is silent until somebody takes one', () => {
    const { a, c, to } = two();
    const listener = c.listen('0.0.0.0', 80);
    for (let count = 0; count < 4096; count++) expect(a.connect(to, 80).kind).toBe('connected');
    expect(a.connect(to, 80)).toEqual({ kind: 'dropped' });
    listener.accept();
    expect(a.connect(to, 80).kind).toBe('connected');
  });
});

describe('talking', () => {
  test('bytes go both ways, in one piece whatever the pieces were', () => {
    const { a, c, to } = two();
    const { near, far } = pair(a, c, to);
    expect(far.receive()).toBeUndefined();
    expect(near.send(bytes('GET '))).toBe(4);
    expect(near.send(bytes('/\n'))).toBe(2);
    expect(text(far.receive())).toBe('GET /\n');
    expect(far.receive()).toBeUndefined();
    far.send(bytes('hi'));
    expect(text(near.receive())).toBe('hi');
  });

  test('what was sent is not what the sender does with its buffer afterwards', () => {
    const { a, c, to } = two();
    const { near, far } = pair(a, c, to);
    const buffer = Buffer.from('one');
    near.send(buffer);
    buffer.write('two');
    expect(text(far.receive())).toBe('one');
  });

  test('64 KiB may wait to be read; then the sender waits, and is told when there is room', () => {
    const { a, c, to } = two();
    const { near, far } = pair(a, c, to);
    let told = 0;
    near.onChange(() => told++);
    expect(near.send(new Uint8Array(100_000))).toBe(65_536);
    expect(near.send(new Uint8Array(1))).toBe(0);
    expect(told).toBe(0);
    expect(far.receive()).toHaveLength(65_536);
    expect(told).toBe(1);
    expect(near.send(new Uint8Array(34_464))).toBe(34_464);
    expect(far.receive()).toHaveLength(34_464);
  });

  test('end is read after the bytes, and the other way goes on', () => {
    const { a, c, to } = two();
    const { near, far } = pair(a, c, to);
    near.send(bytes('last'));
    near.end();
    near.end();
    expect(text(far.receive())).toBe('last');
    expect(far.receive()).toBeNull();
    expect(far.receive()).toBeNull();
    expect(far.send(bytes('answer'))).toBe(6);
    expect(text(near.receive())).toBe('answer');
    far.end();
    expect(near.receive()).toBeNull();
    near.close();
    far.close();
    expect([...a.sockets(), ...c.sockets()]).toEqual([]);
    expect(near.receive()).toBeNull();
    expect(far.receive()).toBeNull();
  });

  test('nothing can be sent after the end', () => {
    const { a, c, to } = two();
    const { near } = pair(a, c, to);
    near.end();
    expect(() => near.send(bytes('more'))).toThrow(ConnectionReset);
  });

  test('closing before both ends ended it resets the other end, after what it has not read yet', () => {
    const { a, c, to } = two();
    const { near, far } = pair(a, c, to);
    near.send(bytes('read me'));
    near.close();
    near.close();
    expect(text(far.receive())).toBe('read me');
    expect(() => far.receive()).toThrow(ConnectionReset);
    expect(() => far.send(bytes('x'))).toThrow(ConnectionReset);
    expect(() => near.receive()).toThrow(ConnectionReset);
    expect(() => near.send(bytes('x'))).toThrow(ConnectionReset);
    expect([...a.sockets(), ...c.sockets()]).toEqual([]);
  });

  test('an end that was read stays an end when a reset follows', () => {
    const { a, c, to } = two();
    const { near, far } = pair(a, c, to);
    near.end();
    near.close();
    expect(far.receive()).toBeNull();
    expect(() => far.send(bytes('x'))).toThrow(ConnectionReset);
  });

  test('sockets show their state', () => {
    const { network, a, c, to } = two();
    const listener = c.listen('0.0.0.0', 80);
    const six = c.listen('::1', 81);
    const near = connected(a.connect(to, 80));
    const far = listener.accept()!;
    const states = (): [string, string][] => [
      ...a.sockets().map(({ state }): [string, string] => ['a', state]),
      ...c.sockets().map(({ state }): [string, string] => ['c', state]),
    ];
    expect(c.sockets()).toEqual([
      { state: 'LISTEN', local: { address: '0.0.0.0', port: 80 }, remote: { address: '0.0.0.0', port: 0 } },
      { state: 'LISTEN', local: { address: '::1', port: 81 }, remote: { address: '::', port: 0 } },
      { state: 'ESTAB', local: { address: to, port: 80 }, remote: { address: '10.4.1.2', port: 32_768 } },
    ]);
    listener.close();
    six.close();
    near.end();
    expect(states()).toEqual([
      ['a', 'FIN-WAIT'],
      ['c', 'CLOSE-WAIT'],
    ]);
    network.cloud.routes.remove('10.4.1.0/24');
    far.end();
    expect(states()).toEqual([
      ['a', 'FIN-WAIT'],
      ['c', 'LAST-ACK'],
    ]);
    far.close();
    expect(near.receive()).toBeUndefined();
    network.cloud.routes.add({ destination: '10.4.1.0/24', to: network.node('node-1').device('eth0')! });
    expect(near.receive()).toBeNull();
    expect(states()).toEqual([]);
  });
});

describe('a route that is lost', () => {
  test('keeps bytes waiting until it is back', () => {
    const { network, a, c, to } = two();
    const { near, far } = pair(a, c, to);
    const uplink = network.node('node-2').device('eth0')!;
    network.cloud.routes.remove('10.4.2.0/24');
    expect(near.send(bytes('wait'))).toBe(4);
    near.end();
    expect(far.receive()).toBeUndefined();
    let told = 0;
    far.onChange(() => told++);
    network.retransmit();
    expect(far.receive()).toBeUndefined();
    network.cloud.routes.add({ destination: '10.4.2.0/24', to: uplink });
    expect(told).toBe(1);
    expect(text(far.receive())).toBe('wait');
    expect(far.receive()).toBeNull();
  });

  test('makes one piece of many, and costs no time by the square', () => {
    const { network, a, c, to } = two();
    const { near, far } = pair(a, c, to);
    network.cloud.routes.remove('10.4.2.0/24');
    for (let count = 0; count < 16_384; count++) near.send(Uint8Array.of(count & 255));
    let packets = 0;
    c.device('eth0')!.tap((_packet, direction) => {
      if (direction === 'in') packets++;
    });
    network.cloud.routes.add({ destination: '10.4.2.0/24', to: network.node('node-2').device('eth0')! });
    const received = far.receive()!;
    expect(received).toHaveLength(16_384);
    expect(received.every((byte, index) => byte === (index & 255))).toBe(true);
    // 1460 bytes of MTU less 40 of headers.
    expect(packets).toBe(Math.ceil(16_384 / 1420));
  });

  test('of the acknowledgements does not bring bytes twice', () => {
    const { network, a, c, to } = two();
    const { near, far } = pair(a, c, to);
    const uplink = network.node('node-1').device('eth0')!;
    network.cloud.routes.remove('10.4.1.0/24');
    near.send(bytes('once'));
    expect(text(far.receive())).toBe('once');
    network.retransmit();
    expect(far.receive()).toBeUndefined();
    network.cloud.routes.add({ destination: '10.4.1.0/24', to: uplink });
    expect(far.receive()).toBeUndefined();
    near.send(bytes('more'));
    expect(text(far.receive())).toBe('more');
  });

  test('takes no more than the window meanwhile, and the news of room is asked for again', () => {
    const { network, a, c, to } = two();
    const { near, far } = pair(a, c, to);
    near.send(new Uint8Array(65_536));
    network.cloud.routes.remove('10.4.1.0/24');
    expect(far.receive()).toHaveLength(65_536);
    expect(near.send(bytes('x'))).toBe(0);
    let told = 0;
    near.onChange(() => told++);
    network.cloud.routes.add({ destination: '10.4.1.0/24', to: network.node('node-1').device('eth0')! });
    expect(told).toBe(1);
    expect(near.send(bytes('x'))).toBe(1);
    expect(text(far.receive())).toBe('x');
  });

  test('cut cables and stopped Nodes are silent; plugged in again, all goes on', () => {
    const { network, a, c, to } = two();
    const { near, far } = pair(a, c, to);
    const node = network.node('node-2');
    node.setUp(node.device('eth0')!, false);
    near.send(bytes('wait'));
    expect(a.connect(to, 80)).toEqual({ kind: 'dropped' });
    expect(far.receive()).toBeUndefined();
    node.setUp(node.device('eth0')!, true);
    expect(text(far.receive())).toBe('wait');
  });
});

describe('a Pod that goes', () => {
  test('resets its peers, and its address is nobody’s', () => {
    const { network, a, c, to } = two();
    const { near } = pair(a, c, to);
    c.listen('0.0.0.0', 80);
    let told = 0;
    near.onChange(() => told++);
    network.removePod('c');
    network.removePod('c');
    expect(told).toBe(1);
    expect(() => near.receive()).toThrow(ConnectionReset);
    expect(a.sockets()).toEqual([]);
    expect(a.connect(to, 80)).toEqual({ kind: 'unreachable', what: 'host' });
    // What is left of its processes is alone with itself.
    expect(c.connect('10.4.1.2', 80)).toEqual({ kind: 'unreachable', what: 'host' });
    expect(c.connect('127.0.0.1', 80)).toEqual({ kind: 'refused' });
  });

  test('leaves its address to the Pod that wants it', () => {
    const { network, a, to } = two();
    network.removePod('c');
    const { stack, address } = network.addPod('node-2', { uid: 'd', name: 'd' }, to);
    expect(address).toBe(to);
    stack.listen('0.0.0.0', 80);
    expect(a.connect(to, 80).kind).toBe('connected');
  });
});

describe('being told', () => {
  test('a listener that throws is reported, and keeps nobody else from being told', () => {
    const errors: unknown[] = [];
    const network = gce(1, (error) => errors.push(error));
    const { stack, address } = pod(network, 'node-1', 'a');
    const { near, far } = pair(stack, stack, address);
    const told: string[] = [];
    const failure = new Error('broken');
    far.onChange(() => {
      throw failure;
    });
    far.onChange(() => told.push('second'));
    expect(near.send(bytes('x'))).toBe(1);
    expect(told).toEqual(['second']);
    expect(errors).toEqual([failure]);
    near.send(bytes('y'));
    expect(told).toHaveLength(2);
  });

  test('listeners may go and come while they are told', () => {
    const { a, c, to } = two();
    const { near, far } = pair(a, c, to);
    const told: string[] = [];
    const stops: (() => void)[] = [];
    stops.push(
      far.onChange(() => {
        told.push('first');
        for (const stop of stops) stop();
        far.onChange(() => told.push('new'));
      }),
    );
    stops.push(far.onChange(() => told.push('second')));
    far.onChange(() => told.push('third'));
    near.send(bytes('x'));
    expect(told).toEqual(['first', 'third']);
    told.length = 0;
    near.send(bytes('y'));
    expect(told).toEqual(['third', 'new']);
  });

  test('the same function twice is two listeners', () => {
    const { a, c, to } = two();
    const { near, far } = pair(a, c, to);
    let told = 0;
    const listener = (): void => void told++;
    const stop = far.onChange(listener);
    far.onChange(listener);
    stop();
    stop();
    near.send(bytes('x'));
    expect(told).toBe(1);
  });

  test('two ends that answer each other do not pile up on the call stack', () => {
    const { a, c, to } = two();
    const { near, far } = pair(a, c, to);
    let left = 20_000;
    const answer = (own: Connection) => (): void => {
      if (own.receive() !== undefined && left-- > 0) own.send(bytes('x'));
    };
    near.onChange(answer(near));
    far.onChange(answer(far));
    near.send(bytes('x'));
    expect(left).toBe(-1);
  });
});
