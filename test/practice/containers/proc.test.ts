import { describe, expect, test } from 'vitest';
import { ownAddresses } from '../../../src/cluster/address.ts';
import {
  fibTrie,
  interfaceAddresses6,
  routeTable,
  tcpTable,
} from '../../../src/practice/containers/proc-net.ts';
import type { InterfaceView, NetworkStack } from '../../../src/practice/network/stack.ts';
import { shell } from './support/machine.ts';
import { quietNetwork } from './support/quiet.ts';

const face = { mac: '', mtu: 1460, up: true } as const;
const lo: InterfaceView = {
  ...face,
  index: 1,
  name: 'lo',
  kind: 'loopback',
  addresses: [
    { address: '127.0.0.1', prefixLength: 8, scope: 'host' },
    { address: '::1', prefixLength: 128, scope: 'host' },
  ],
};

/** The pod whose tables the recordings below are, from a real node's kernel. */
const pod: NetworkStack = {
  ...quietNetwork,
  interfaces: () => [
    lo,
    {
      ...face,
      index: 2,
      name: 'eth0',
      kind: 'veth',
      addresses: [
        { address: '10.210.1.27', prefixLength: 24, broadcast: '10.210.1.255', scope: 'global' },
        { address: 'fe80::5417:5dff:fea0:c57a', prefixLength: 64, scope: 'link' },
      ],
    },
  ],
  routes: (family) =>
    family === 6
      ? []
      : [
          { destination: 'default', via: '10.210.1.1', device: 'eth0' },
          {
            destination: '10.210.1.0/24',
            device: 'eth0',
            scope: 'link',
            protocol: 'kernel',
            source: '10.210.1.27',
          },
        ],
  sockets: () => [
    { state: 'LISTEN', local: { address: '0.0.0.0', port: 80 }, remote: { address: '0.0.0.0', port: 0 } },
    { state: 'LISTEN', local: { address: '::', port: 80 }, remote: { address: '::', port: 0 } },
  ],
};

const TABLE = `  +-- 0.0.0.0/1 2 0 2
     +-- 0.0.0.0/4 2 0 2
        |-- 0.0.0.0
           /0 universe UNICAST
        +-- 10.210.1.0/24 2 0 2
           +-- 10.210.1.0/27 2 0 2
              |-- 10.210.1.0
                 /24 link UNICAST
              |-- 10.210.1.27
                 /32 host LOCAL
           |-- 10.210.1.255
              /32 link BROADCAST
     +-- 127.0.0.0/8 2 0 2
        +-- 127.0.0.0/31 1 0 0
           |-- 127.0.0.0
              /8 host LOCAL
           |-- 127.0.0.1
              /32 host LOCAL
        |-- 127.255.255.255
           /32 link BROADCAST
`;

test('fib_trie is the kernel’s', () => {
  expect(fibTrie(pod)).toBe(`Main:\n${TABLE}Local:\n${TABLE}`);
});

test('if_inet6 is the kernel’s', () => {
  expect(interfaceAddresses6(pod)).toBe(
    '00000000000000000000000000000001 01 80 10 80       lo\n' +
      'fe8000000000000054175dfffea0c57a 02 40 20 80     eth0\n',
  );
});

test('route is the kernel’s', () => {
  const lines = routeTable(pod)
    .split('\n')
    .map((line) => line.trimEnd());
  expect(lines).toEqual([
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
    'eth0\t00000000\t0101D20A\t0003\t0\t0\t0\t00000000\t0\t0\t0',
    'eth0\t0001D20A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
    '',
  ]);
});

test('tcp and tcp6 hold their own family', () => {
  expect(tcpTable(pod, 4)).toContain('\n   0: 00000000:0050 00000000:0000 0A ');
  expect(tcpTable(pod, 6)).toContain(`\n   0: ${'0'.repeat(32)}:0050 ${'0'.repeat(32)}:0000 0A `);
});

describe('the tutor reads a pod’s own addresses out of them', () => {
  const addresses = (...more: InterfaceView['addresses']): NetworkStack => ({
    ...quietNetwork,
    interfaces: () => [lo, { ...face, index: 2, name: 'eth0', kind: 'veth', addresses: more }],
  });
  test.each([
    [[{ address: '10.210.1.27', prefixLength: 24, scope: 'global' as const }], ['10.210.1.27']],
    [[{ address: '10.0.0.0', prefixLength: 32, scope: 'global' as const }], ['10.0.0.0']],
    [
      [
        { address: '172.31.240.11', prefixLength: 24, scope: 'global' as const },
        { address: '10.210.1.1', prefixLength: 24, scope: 'global' as const },
      ],
      ['10.210.1.1', '172.31.240.11'],
    ],
    [
      [
        { address: '10.0.0.7', prefixLength: 24, scope: 'global' as const },
        { address: 'fd00:10::7', prefixLength: 64, scope: 'global' as const },
        { address: 'fe80::1', prefixLength: 64, scope: 'link' as const },
      ],
      ['10.0.0.7', 'fd00:10::7'],
    ],
    [[], []],
  ])('%j', (given, own) => {
    const network = addresses(...given);
    expect(ownAddresses(fibTrie(network) + interfaceAddresses6(network)).sort()).toEqual(own);
  });
});

test.each([
  ['cat /proc/self/cmdline', 'cat\0/proc/self/cmdline\0'],
  ['cat /proc/1/comm', 'pause\n'],
  ['sleep 5 & cat < /proc/$!/comm; kill $!', 'sleep\n'],
  ['cat < /proc/self/status | grep Pid:', 'Pid:\t3\nPPid:\t2\n'],
  ['cd /proc/1; pwd; cat comm', '/proc/1\npause\n'],
  ['cd /proc; [ -d 1 ] && [ -d self ] && [ ! -e 99 ] && echo ok', 'ok\n'],
  ['cat < /proc/uptime', '0.00 0.00\n'],
  ['echo x | cat /proc/self/fd/0', 'x\n'],
  ['echo to 3 3>&1 > /proc/self/fd/3', 'to 3\n'],
])('%s', async (line, stdout) => {
  expect((await shell(line)).stdout).toBe(stdout);
});

test('/proc can not be written to', async () => {
  expect((await shell('echo x > /proc/x; echo x > /proc/version; cat < /proc/99/comm')).stderr).toBe(
    "/bin/sh: can't create /proc/x: Operation not permitted\n" +
      "/bin/sh: can't create /proc/version: Permission denied\n" +
      "/bin/sh: can't open /proc/99/comm: no such file\n",
  );
});
