import { describe, expect, it } from 'vitest';
import { type PodRoute, podRouteText, readPodRoute } from '../../src/cluster/pod-route.ts';

const HEAD =
  'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT                    \n';
const route = (...rows: string[]): string => HEAD + rows.map((row) => `${row}\t0\t0\t0     \n`).join('');
const mtu = (bytes: number, device = 'eth0'): string =>
  `mtu /sys/class/net/${device}/mtu ${bytes}\nmtu /sys/class/net/lo/mtu 65536\n`;

/** Of a Pod at 10.210.2.2, on a bridge; the same with an overlay, whose MTU is smaller. */
const BRIDGED = route(
  'eth0\t00000000\t0102D20A\t0003\t0\t0\t0\t00000000',
  'eth0\t0002D20A\t00000000\t0001\t0\t0\t0\t00FFFFFF',
);
/** The CNI plugin ptp: the subnet by the gateway, the gateway alone on the link. */
const POINT_TO_POINT = route(
  'eth0\t00000000\t0102D20A\t0003\t0\t0\t0\t00000000',
  'eth0\t0002D20A\t0102D20A\t0003\t0\t0\t0\t00FFFFFF',
  'eth0\t0102D20A\t00000000\t0005\t0\t0\t0\tFFFFFFFF',
);
/** Calico: every Pod has the same gateway. */
const CALICO = route(
  'eth0\t00000000\t0101FEA9\t0003\t0\t0\t0\t00000000',
  'eth0\t0101FEA9\t00000000\t0005\t0\t0\t0\tFFFFFFFF',
);
const ZEROS = '0'.repeat(32);
const SIX = [
  `fd000000000000010000000000000000 40 ${ZEROS} 00 ${ZEROS} 00000100 00000001 00000000 00000001     eth0`,
  `fe800000000000000000000000000000 40 ${ZEROS} 00 ${ZEROS} 00000100 00000001 00000000 00000001     eth0`,
  `${ZEROS} 00 ${ZEROS} 00 fd000000000000010000000000000001 00000400 00000001 00000000 00000003     eth0`,
  `00000000000000000000000000000001 80 ${ZEROS} 00 ${ZEROS} 00000000 00000002 00000000 80200001       lo`,
  `ff000000000000000000000000000000 08 ${ZEROS} 00 ${ZEROS} 00000100 00000003 00000000 00000001     eth0`,
  `${ZEROS} 00 ${ZEROS} 00 ${ZEROS} ffffffff 00000001 00000000 00200200       lo`,
].join('\n');
const REFUSED_SIX = `${ZEROS} 00 ${ZEROS} 00 ${ZEROS} ffffffff 00000001 00000000 00200200       lo\n`;
/** Printed by busybox where there is no /sys. */
const IP_LINK = `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
2: eth0@if57: <BROADCAST,MULTICAST,UP,LOWER_UP,M-DOWN> mtu 1450 qdisc noqueue qlen 1000
`;

describe('readPodRoute', () => {
  it.each<[string, string, PodRoute | undefined]>([
    [
      'a bridge',
      mtu(1500) + BRIDGED,
      { device: 'eth0', mtu: 1500, gateway: '10.210.2.1', onLink: ['10.210.2.0/24'] },
    ],
    [
      'an overlay behind it',
      mtu(1450) + BRIDGED,
      { device: 'eth0', mtu: 1450, gateway: '10.210.2.1', onLink: ['10.210.2.0/24'] },
    ],
    [
      'a cable of its own',
      mtu(1500) + POINT_TO_POINT,
      { device: 'eth0', mtu: 1500, gateway: '10.210.2.1', onLink: [] },
    ],
    ['Calico', mtu(1480) + CALICO, { device: 'eth0', mtu: 1480, gateway: '169.254.1.1', onLink: [] }],
    [
      'IPv4 before IPv6',
      mtu(1500) + BRIDGED + REFUSED_SIX,
      { device: 'eth0', mtu: 1500, gateway: '10.210.2.1', onLink: ['10.210.2.0/24'] },
    ],
    [
      'IPv6 alone',
      mtu(1500) + HEAD + SIX,
      { device: 'eth0', mtu: 1500, gateway: 'fd00:0:0:1::1', onLink: ['fd00:0:0:1::/64'] },
    ],
    [
      'no /sys',
      IP_LINK + BRIDGED,
      { device: 'eth0', mtu: 1450, gateway: '10.210.2.1', onLink: ['10.210.2.0/24'] },
    ],
    ['no MTU', BRIDGED, { device: 'eth0', mtu: undefined, gateway: '10.210.2.1', onLink: ['10.210.2.0/24'] }],
    [
      'the MTU of another interface',
      mtu(9000, 'eth1') + BRIDGED,
      { device: 'eth0', mtu: undefined, gateway: '10.210.2.1', onLink: ['10.210.2.0/24'] },
    ],
    [
      'two default routes: the smaller metric',
      route(
        'net1\t00000000\t0100000A\t0003\t0\t0\t100\t00000000',
        'eth0\t00000000\t0102D20A\t0003\t0\t0\t0\t00000000',
      ),
      { device: 'eth0', mtu: undefined, gateway: '10.210.2.1', onLink: [] },
    ],
    [
      'a default route without a gateway',
      route('eth0\t00000000\t00000000\t0001\t0\t0\t0\t00000000'),
      { device: 'eth0', mtu: undefined, gateway: undefined, onLink: [] },
    ],
    ['no way out', HEAD + REFUSED_SIX, undefined],
    ['a default route that refuses', route('eth0\t00000000\t00000000\t0201\t0\t0\t0\t00000000'), undefined],
    ['nothing', '', undefined],
    ['something else', 'sh: cat: not found\n<html>\n', undefined],
  ])('%s', (_, output, expected) => expect(readPodRoute(output)).toEqual(expected));
});

describe('podRouteText', () => {
  it.each<[string, RegExp]>([
    [
      mtu(1450) + BRIDGED,
      /^its packets leave by eth0, MTU 1450, to the gateway 10\.210\.2\.1; 10\.210\.2\.0\/24 is on the link, as where a bridge/,
    ],
    [mtu(1500) + POINT_TO_POINT, /no subnet is on the link, so it has a cable of its own to its Node/],
    [BRIDGED, /MTU unknown/],
    [route('eth0\t00000000\t00000000\t0001\t0\t0\t0\t00000000'), /without a gateway/],
  ])('%#', (output, words) => expect(podRouteText(readPodRoute(output)!)).toMatch(words));
});
