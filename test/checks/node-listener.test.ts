import { describe, expect, it } from 'vitest';
import { peerAddress } from '../../src/checks/node-listener.ts';
import { procRow } from './node-world.ts';

const HEADER =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const MAPPED = '0:0:0:0:0:ffff:0a00:0105';

describe('who is at the other end, by /proc/net/tcp', () => {
  it.each([
    ['a connection', procRow(20_001, '10.0.1.5'), '10.0.1.5'],
    ['the same address twice', procRow(20_001, '10.0.1.5').repeat(2), '10.0.1.5'],
    ['IPv4 in tcp6', procRow(20_001, MAPPED), '10.0.1.5'],
    ['one address in both', procRow(20_001, '10.0.1.5') + procRow(20_001, MAPPED), '10.0.1.5'],
    ['IPv6', procRow(20_001, '2001:db8:0:0:0:0:0:5'), '2001:db8::5'],
    ['a header before it', HEADER + procRow(20_001, '192.168.7.1'), '192.168.7.1'],
    [
      'as a kernel wrote it',
      '   1: 0207A8C0:4E21 0501000A:B7C2 01 00000000:00000000 00:00000000 00000000     0        0 68417 1 0000000000000000 20 4 30 10 -1\n',
      '10.0.1.5',
    ],
  ])('%s', (_, rows, address) => expect(peerAddress(rows)).toBe(address));

  it.each([
    ['nothing', ''],
    ['a header only', HEADER],
    ['one that listens', procRow(20_001, '0.0.0.0', '0A')],
    ['one that has ended', procRow(20_001, '10.0.1.5', '06')],
    ['two addresses', procRow(20_001, '10.0.1.5') + procRow(20_001, '10.0.1.6')],
    ['a row cut off', '   3: 0207A8C0:4E21 0501000A:B7'],
    ['an address cut off', '   3: 0207A8C0:4E21 05010A:B7C2 01 00000000\n'],
  ])('%s: unknown', (_, rows) => expect(peerAddress(rows)).toBeUndefined());
});
