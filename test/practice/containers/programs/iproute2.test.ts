import { beforeAll, describe, expect, it } from 'vitest';
import { ip } from '../../../../src/practice/containers/programs/net/iproute2/ip.ts';
import type { InterfaceView, NetworkStack } from '../../../../src/practice/network/stack.ts';
import { run, testMachine } from '../support/machine.ts';
import { quietNetwork } from '../support/quiet.ts';

const face = { mtu: 1460, up: true };
const lo: InterfaceView = {
  ...face,
  index: 1,
  name: 'lo',
  kind: 'loopback',
  mac: '00:00:00:00:00:00',
  mtu: 65_536,
  addresses: [
    { address: '127.0.0.1', prefixLength: 8, scope: 'host' },
    { address: '::1', prefixLength: 128, scope: 'host' },
  ],
};
const eth0: InterfaceView = {
  ...face,
  index: 2,
  name: 'eth0',
  kind: 'ethernet',
  mac: '42:01:0a:80:00:0b',
  addresses: [{ address: '10.128.0.11', prefixLength: 32, scope: 'global' }],
};
const bridge: InterfaceView = {
  ...face,
  index: 3,
  name: 'cbr0',
  kind: 'bridge',
  mac: '0a:58:0a:00:00:01',
  addresses: [{ address: '10.0.0.1', prefixLength: 24, broadcast: '10.0.0.255', scope: 'global' }],
};
const port: InterfaceView = {
  ...face,
  index: 5,
  name: 'veth0a000002',
  kind: 'veth',
  mac: 'ce:58:0a:00:00:02',
  addresses: [],
  peerIndex: 2,
  master: 'cbr0',
};
const node: NetworkStack = {
  ...quietNetwork,
  interfaces: () => [lo, eth0, bridge, port],
  neighbours: () => [
    { address: '10.128.0.1', device: 'eth0', mac: '42:01:0a:80:00:01', state: 'REACHABLE' },
    { address: '10.0.0.2', device: 'cbr0', mac: '0a:58:0a:00:00:02', state: 'STALE' },
  ],
  routes: (family) =>
    family === 6
      ? []
      : [
          { destination: 'default', via: '10.128.0.1', device: 'eth0' },
          {
            destination: '10.0.0.0/24',
            device: 'cbr0',
            protocol: 'kernel',
            scope: 'link',
            source: '10.0.0.1',
          },
          { destination: '10.128.0.1', device: 'eth0', scope: 'link' },
        ],
};

const machine = { ...testMachine(), network: node };
const ask = (line: string): ReturnType<typeof run> =>
  run(machine, ['ip', ...line.split(' ').slice(1)], { program: ip });

const LO = 'lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN';
const ETH0 = 'eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1460 qdisc pfifo_fast state UP';
const CBR0 = 'cbr0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1460 qdisc noqueue state UP';
const VETH =
  'veth0a000002@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1460 qdisc noqueue master cbr0 state UP';
const FOREVER = '       valid_lft forever preferred_lft forever';

const ALL = [
  `1: ${LO} group default qlen 1000`,
  '    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00',
  '    inet 127.0.0.1/8 scope host lo',
  FOREVER,
  '    inet6 ::1/128 scope host ',
  FOREVER,
  `2: ${ETH0} group default qlen 1000`,
  '    link/ether 42:01:0a:80:00:0b brd ff:ff:ff:ff:ff:ff',
  '    inet 10.128.0.11/32 scope global eth0',
  FOREVER,
  `3: ${CBR0} group default qlen 1000`,
  '    link/ether 0a:58:0a:00:00:01 brd ff:ff:ff:ff:ff:ff',
  '    inet 10.0.0.1/24 brd 10.0.0.255 scope global cbr0',
  FOREVER,
  `5: ${VETH} group default `,
  '    link/ether ce:58:0a:00:00:02 brd ff:ff:ff:ff:ff:ff link-netnsid 0',
];
const TWO = ALL.slice(6, 10);

describe('ip', () => {
  const answers: [line: string, lines: string[]][] = [
    ['ip addr', ALL],
    ['ip a', ALL],
    ['ip address show', ALL],
    ['ip addr show dev eth0', TWO],
    ['ip addr show eth0', TWO],
    ['ip a s eth0 scope global', TWO],
    ['ip -4 addr show eth0', TWO.toSpliced(1, 1)],
    ['ip -6 addr', [ALL[0]!, ...ALL.slice(4, 6)]],
    ['ip -o -4 addr show eth0', [`2: eth0    inet 10.128.0.11/32 scope global eth0\\${FOREVER}`]],
    [
      'ip -br addr',
      [
        'lo               UNKNOWN        127.0.0.1/8 ::1/128 ',
        'eth0             UP             10.128.0.11/32 ',
        'cbr0             UP             10.0.0.1/24 ',
        'veth0a000002@if2 UP             ',
      ],
    ],
    ['ip link show dev eth0', [`2: ${ETH0} mode DEFAULT group default qlen 1000`, TWO[1]!]],
    ['ip -o link show lo', [`1: ${LO} mode DEFAULT group default qlen 1000\\${ALL[1]}`]],
    ['ip link show master cbr0', [`5: ${VETH} mode DEFAULT group default `, ALL.at(-1)!]],
    [
      'ip -br link show eth0',
      ['eth0             UP             42:01:0a:80:00:0b <BROADCAST,MULTICAST,UP,LOWER_UP> '],
    ],
    [
      'ip route',
      [
        'default via 10.128.0.1 dev eth0 ',
        '10.0.0.0/24 dev cbr0 proto kernel scope link src 10.0.0.1 ',
        '10.128.0.1 dev eth0 scope link ',
      ],
    ],
    ['ip r show dev cbr0', ['10.0.0.0/24 proto kernel scope link src 10.0.0.1 ']],
    ['ip -6 route', []],
    [
      'ip neigh',
      [
        '10.128.0.1 dev eth0 lladdr 42:01:0a:80:00:01 REACHABLE',
        '10.0.0.2 dev cbr0 lladdr 0a:58:0a:00:00:02 STALE',
      ],
    ],
    ['ip n show dev cbr0', ['10.0.0.2 lladdr 0a:58:0a:00:00:02 STALE']],
    ['ip -6 neigh', []],
    ['ip route get 10.0.0.2', ['10.0.0.2 dev cbr0 src 10.0.0.1 uid 0 ', '    cache ']],
    ['ip route get 10.0.1.2', ['10.0.1.2 via 10.128.0.1 dev eth0 src 10.128.0.11 uid 0 ', '    cache ']],
    ['ip route get 10.128.0.11', ['local 10.128.0.11 dev lo src 10.128.0.11 uid 0 ', '    cache <local> ']],
    ['ip route get 127.0.0.9', ['local 127.0.0.9 dev lo src 127.0.0.1 uid 0 ', '    cache <local> ']],
  ];
  it.each(answers)('%s', async (line, lines) => {
    expect(await ask(line)).toEqual({
      stdout: lines.map((each) => `${each}\n`).join(''),
      stderr: '',
      status: 0,
    });
  });

  const failures: [line: string, status: number, message: string][] = [
    ['ip addr show dev nope', 1, 'Device "nope" does not exist.'],
    ['ip nope', 1, 'Object "nope" is unknown, try "ip help".'],
    ['ip -x addr', 255, 'Option "-x" is unknown, try "ip -help".'],
    ['ip addr nope', 255, 'Command "nope" is unknown, try "ip address help".'],
    ['ip addr add 10.9.9.9/32 dev eth0', 2, 'RTNETLINK answers: Operation not permitted'],
    ['ip route del default', 2, 'RTNETLINK answers: Operation not permitted'],
    ['ip link set eth0 down', 2, 'RTNETLINK answers: Operation not permitted'],
    ['ip route get 2001:db8::1', 2, 'RTNETLINK answers: Network is unreachable'],
    ['ip route get nope', 1, 'Error: any valid prefix is expected rather than "nope".'],
  ];
  it.each(failures)('%s', async (line, status, message) => {
    expect(await ask(line)).toEqual({ stdout: '', stderr: `${message}\n`, status });
  });

  describe('a bridge without ports', () => {
    beforeAll(() => void (machine.network = { ...node, interfaces: () => [bridge] }));
    it('has no carrier', async () => {
      expect((await ask('ip -br link')).stdout).toBe(
        'cbr0             DOWN           0a:58:0a:00:00:01 <NO-CARRIER,BROADCAST,MULTICAST,UP> \n',
      );
    });
  });
});
