import { beforeEach, describe, expect, it } from 'vitest';
import { Faults } from '../../../src/practice/network/faults.ts';
import type { GceNetwork } from '../../../src/practice/network/gce.ts';
import type { NetworkStack, ProbeResult } from '../../../src/practice/network/stack.ts';
import { gce, pod } from './support.ts';

let network: GceNetwork;
let faults: Faults;
let a: { stack: NetworkStack; address: string };
let b: { stack: NetworkStack; address: string };
let c: { stack: NetworkStack; address: string };

/** Pods a and b on the first Node, c on the second. */
beforeEach(() => {
  network = gce(2);
  a = pod(network, 'node-1', 'a');
  b = pod(network, 'node-1', 'b');
  c = pod(network, 'node-2', 'c');
  const nothing = (): void => undefined;
  faults = new Faults(network, {
    stopNode: nothing,
    startNode: nothing,
    limitPulls: nothing,
    stopServer: nothing,
  });
});

let id = 1;
function ping(from: NetworkStack, address: string, ttl?: number): ProbeResult {
  return from.probe({ kind: 'echo', address, id: id++, sequence: 0, ttl });
}

/** Who answers datagrams of growing TTL. */
function trace(from: NetworkStack, address: string): string[] {
  const hops: string[] = [];
  for (let ttl = 1; ttl <= 5; ttl++) {
    const result = from.probe({ kind: 'udp', address, id: 33_434 + ttl, sequence: ttl, ttl });
    hops.push(result.kind === 'error' ? `${result.type} ${result.from}` : result.kind);
    if (result.kind === 'error' && result.type !== 'time-exceeded') break;
  }
  return hops;
}

describe('an echo request', () => {
  it('is answered; the answer has lost as much of its TTL as there are routers', () => {
    expect(ping(a.stack, '127.0.0.1')).toEqual({ kind: 'reply', from: '127.0.0.1', ttl: 64 });
    expect(ping(a.stack, a.address)).toEqual({ kind: 'reply', from: a.address, ttl: 64 });
    expect(ping(a.stack, b.address)).toEqual({ kind: 'reply', from: b.address, ttl: 64 });
    expect(ping(a.stack, c.address)).toEqual({ kind: 'reply', from: c.address, ttl: 62 });
    expect(ping(a.stack, '10.128.0.2')).toEqual({ kind: 'reply', from: '10.128.0.2', ttl: 64 });
    expect(ping(a.stack, '10.128.0.3')).toEqual({ kind: 'reply', from: '10.128.0.3', ttl: 63 });
    expect(ping(network.node('node-1'), c.address)).toEqual({ kind: 'reply', from: c.address, ttl: 63 });
    expect(ping(a.stack, '::1')).toEqual({ kind: 'reply', from: '::1', ttl: 64 });
  });

  it('gets lost where nobody is', () => {
    expect(ping(a.stack, '10.4.2.77')).toEqual({
      kind: 'error',
      type: 'host-unreachable',
      from: '10.128.0.3',
    });
    expect(ping(a.stack, '10.4.1.77')).toEqual({ kind: 'error', type: 'host-unreachable', from: a.address });
    expect(ping(a.stack, '10.77.0.1')).toEqual({ kind: 'lost' });
    expect(ping(a.stack, '203.0.113.11')).toEqual({ kind: 'lost' });
    expect(ping(a.stack, '2001:db8::1')).toEqual({ kind: 'unsent' });
  });

  it('does not find a Service, however well that is served', () => {
    const endpoint = () => ({ address: c.address, port: 80 });
    network.services.set('web', [
      { name: 'web', clusterIP: '10.96.0.7', port: 80, nodePort: undefined, isServed: true, endpoint },
    ]);
    expect(ping(a.stack, '10.96.0.7')).toEqual({ kind: 'lost' });
  });

  it('suffers from faults as connections do', () => {
    faults.cause(['drop-route', '1', '2']);
    expect(ping(a.stack, c.address)).toEqual({
      kind: 'error',
      type: 'network-unreachable',
      from: '10.4.1.1',
    });
    expect(ping(c.stack, a.address)).toEqual({ kind: 'lost' });
    faults.cause(['heal']);
    faults.cause(['reject', '2']);
    expect(ping(a.stack, '10.128.0.3')).toEqual({
      kind: 'error',
      type: 'port-unreachable',
      from: '10.128.0.3',
    });
    expect(ping(network.node('node-2'), a.address)).toEqual({ kind: 'reply', from: a.address, ttl: 63 });
    faults.cause(['heal']);
    faults.cause(['cut-node', '2']);
    expect(ping(a.stack, c.address)).toEqual({ kind: 'lost' });
  });

  it('is masqueraded, and its answer finds back to who asked', () => {
    faults.cause(['masquerade-pods', 'on']);
    const seen: string[] = [];
    const eth0 = network.pod('c')!.device('eth0')!;
    eth0.tap(
      ({ source, protocol }, direction) => direction === 'in' && seen.push(`${protocol} ${source.address}`),
    );
    for (const stack of [a.stack, b.stack])
      expect(stack.probe({ kind: 'echo', address: c.address, id: 7, sequence: 0 }).kind).toBe('reply');
    expect(seen).toEqual(['echo 10.128.0.2', 'echo 10.128.0.2']);
  });
});

describe('datagrams of growing TTL', () => {
  it('show the routers on the way, and the port that is refused at its end', () => {
    expect(trace(a.stack, c.address)).toEqual([
      'time-exceeded 10.4.1.1',
      'time-exceeded 10.128.0.3',
      `port-unreachable ${c.address}`,
    ]);
    expect(trace(a.stack, b.address)).toEqual([`port-unreachable ${b.address}`]);
    expect(trace(a.stack, '10.128.0.3')).toEqual(['time-exceeded 10.4.1.1', 'port-unreachable 10.128.0.3']);
    expect(trace(a.stack, '10.128.0.2')).toEqual(['port-unreachable 10.128.0.2']);
    expect(trace(network.node('node-1'), c.address)).toEqual([
      'time-exceeded 10.128.0.3',
      `port-unreachable ${c.address}`,
    ]);
    expect(trace(a.stack, '10.77.0.1')).toEqual(['time-exceeded 10.4.1.1', 'lost', 'lost', 'lost', 'lost']);
  });
});
