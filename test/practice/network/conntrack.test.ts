import { describe, expect, test } from 'vitest';
import { Conntrack, type Flow } from '../../../src/practice/network/conntrack.ts';
import { NOTHING, type Segment, type TcpPacket } from '../../../src/practice/network/packet.ts';

const server = { address: '10.4.2.2', port: 80 };

function client(port: number): { address: string; port: number } {
  return { address: '10.4.1.2', port };
}

function packet(flags: Partial<Segment>, port = 1): TcpPacket {
  const segment = { sequence: 0, acknowledgement: 0, window: 0, payload: NOTHING, ...flags };
  return { protocol: 'tcp', source: client(port), destination: server, ttl: 64, segment };
}

function add(conntrack: Conntrack, port: number): Flow {
  const flow: Flow = {
    protocol: 'tcp',
    original: { source: client(port), destination: server },
    reply: { source: server, destination: { address: '10.128.0.2', port } },
    ended: new Set(),
    assured: false,
  };
  conntrack.add(flow);
  return flow;
}

describe('conntrack', () => {
  test('knows a connection by its packets of both directions', () => {
    const conntrack = new Conntrack();
    const flow = add(conntrack, 1);
    expect(conntrack.size).toBe(1);
    expect(conntrack.find(packet({ ack: true }))).toEqual({ flow, direction: 'original' });
    const back = {
      ...packet({ ack: true }),
      source: server,
      destination: { address: '10.128.0.2', port: 1 },
    };
    expect(conntrack.find(back)).toEqual({ flow, direction: 'reply' });
    expect(conntrack.find(packet({ ack: true }, 2))).toBeUndefined();
    expect(conntrack.isTaken('tcp', flow.reply)).toBe(true);
  });

  test('forgets what was reset', () => {
    const conntrack = new Conntrack();
    conntrack.follow(add(conntrack, 1), 'original', packet({ rst: true }));
    expect(conntrack.size).toBe(0);
  });

  test('once both ends ended it, last packets are known still, and a new SYN is a new connection', () => {
    const conntrack = new Conntrack();
    const flow = add(conntrack, 1);
    conntrack.follow(flow, 'original', packet({ fin: true, ack: true }));
    expect(conntrack.find(packet({ syn: true }))).toBeDefined();
    conntrack.follow(flow, 'reply', packet({ fin: true, ack: true }));
    expect(conntrack.find(packet({ ack: true }))).toBeDefined();
    expect(conntrack.find(packet({ syn: true }))).toBeUndefined();
    expect(conntrack.size).toBe(0);
  });

  test('full, it forgets those that are over or were never answered first', () => {
    const conntrack = new Conntrack();
    const flows = Array.from({ length: 16_384 }, (_, port) => add(conntrack, port));
    for (const [port, flow] of flows.entries()) flow.assured = port !== 7;
    const known = (port: number): boolean => conntrack.find(packet({ ack: true }, port)) !== undefined;
    const next = (port: number): void => void (add(conntrack, port).assured = true);
    next(20_000);
    expect([known(0), known(7), known(20_000)]).toEqual([true, false, true]);
    flows[9]!.ended = new Set(['original', 'reply']);
    next(20_001);
    expect([known(0), known(9)]).toEqual([true, false]);
    next(20_002);
    expect([known(0), known(1)]).toEqual([false, true]);
    expect(conntrack.size).toBe(16_384);
  });
});
