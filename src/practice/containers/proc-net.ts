import { isIPv4, isIPv6 } from 'node:net';
import type { InterfaceView, NetworkStack, SocketView } from '../network/stack.ts';

interface Leaf {
  /** As a number of 32 bits. */
  address: number;
  entries: { length: number; text: string }[];
}

/** /proc/net/fib_trie: the kernel's routing tables with its own addresses in them, as `host LOCAL`. */
export function fibTrie(network: NetworkStack): string {
  const leaves = leavesOf(network);
  const table = leaves.length === 0 ? [] : trie(leaves, 0, 1);
  return ['Main:', ...table, 'Local:', ...table, ''].join('\n');
}

function leavesOf(network: NetworkStack): Leaf[] {
  const leaves = new Map<number, Leaf>();
  const add = (address: number, length: number, scope: string, kind: string): void => {
    const leaf = leaves.get(address) ?? { address, entries: [] };
    leaves.set(address, leaf);
    if (leaf.entries.some((entry) => entry.length === length)) return;
    leaf.entries.push({ length, text: `/${length} ${scope} ${kind}` });
  };
  for (const face of network.interfaces())
    for (const { address, prefixLength } of face.addresses) {
      if (!isIPv4(address)) continue;
      const own = numberOf(address);
      const base = masked(own, prefixLength);
      add(own, 32, 'host', 'LOCAL');
      if (prefixLength === 32) continue;
      const [scope, kind] = face.kind === 'loopback' ? ['host', 'LOCAL'] : ['link', 'UNICAST'];
      add(base, prefixLength, scope, kind);
      add((base | (0xffffffff >>> prefixLength)) >>> 0, 32, 'link', 'BROADCAST');
    }
  for (const { destination, via, scope } of network.routes(4)) {
    const [base = '0.0.0.0', length = '32'] =
      destination === 'default' ? ['0.0.0.0', '0'] : destination.split('/');
    add(
      numberOf(base),
      Number(length),
      via === undefined && scope === 'link' ? 'link' : 'universe',
      'UNICAST',
    );
  }
  return [...leaves.values()].sort((a, b) => a.address - b.address);
}

/** A branch with all leaves that begin alike, the kernel's way: a node for each bit where they part. */
function trie(leaves: readonly Leaf[], from: number, depth: number): string[] {
  const indent = ' '.repeat(3 * depth - 1);
  const [only] = leaves;
  if (leaves.length === 1)
    return [
      `${indent}|-- ${textOf(only!.address)}`,
      ...only!.entries.toSorted((a, b) => b.length - a.length).map((entry) => `${indent}   ${entry.text}`),
    ];
  const length = commonLength(leaves, from);
  const isOne = (leaf: Leaf): boolean => ((leaf.address >>> (31 - length)) & 1) === 1;
  return [
    `${' '.repeat(3 * depth - 1)}+-- ${textOf(masked(only!.address, length))}/${length} ${length === 31 ? '1 0 0' : '2 0 2'}`,
    ...trie(
      leaves.filter((leaf) => !isOne(leaf)),
      length + 1,
      depth + 1,
    ),
    ...trie(leaves.filter(isOne), length + 1, depth + 1),
  ];
}

function commonLength(leaves: readonly Leaf[], from: number): number {
  let length = from;
  const [first] = leaves;
  while (leaves.every((leaf) => masked(leaf.address, length + 1) === masked(first!.address, length + 1)))
    length++;
  return length;
}

/** /proc/net/if_inet6: address, interface, prefix length, scope, flags, name. */
export function interfaceAddresses6(network: NetworkStack): string {
  const scopes = { global: 0x00, host: 0x10, link: 0x20 };
  const line = (face: InterfaceView): string[] =>
    face.addresses
      .filter(({ address }) => isIPv6(address))
      .map(({ address, prefixLength, scope }) => {
        const numbers = [face.index, prefixLength, scopes[scope], 0x80].map((number) => hex(number, 2));
        return `${groupsOf(address).join('')} ${numbers.join(' ')} ${face.name.padStart(8)}\n`;
      });
  return network.interfaces().flatMap(line).join('');
}

/** /proc/net/route: addresses as the kernel keeps them, in the machine's byte order. */
export function routeTable(network: NetworkStack): string {
  const head = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT';
  const lines = network.routes(4).map(({ destination, via, device, metric = 0 }) => {
    const [base = '0.0.0.0', length = '32'] =
      destination === 'default' ? ['0.0.0.0', '0'] : destination.split('/');
    const flags = 1 | (via === undefined ? 0 : 2) | (length === '32' ? 4 : 0);
    const mask = masked(0xffffffff, Number(length));
    return [
      device,
      swapped(numberOf(base)),
      swapped(numberOf(via ?? '0.0.0.0')),
      hex(flags, 4).toUpperCase(),
      '0\t0',
      metric,
      swapped(mask),
      '0\t0\t0',
    ].join('\t');
  });
  return [head, ...lines].map((line) => `${line.padEnd(127)}\n`).join('');
}

const STATES: Record<SocketView['state'], number> = {
  ESTAB: 1,
  'FIN-WAIT': 5,
  'CLOSE-WAIT': 8,
  'LAST-ACK': 9,
  LISTEN: 10,
};

/** /proc/net/tcp and tcp6 */
export function tcpTable(network: NetworkStack, family: 4 | 6): string {
  const word = (address: string): string => (family === 4 ? swapped(numberOf(address)) : swapped6(address));
  const width = family === 4 ? 13 : 38;
  const head = `  sl  ${'local_address'.padEnd(width)} ${family === 4 ? 'rem_address  ' : 'remote_address'.padEnd(width)} st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode`;
  const isOurs = (address: string): boolean => (family === 4 ? isIPv4(address) : isIPv6(address));
  const lines = network
    .sockets()
    .filter((socket) => isOurs(socket.local.address))
    .map(({ state, local, remote }, index) => {
      const ends = [local, remote].map(
        ({ address, port }) => `${word(address)}:${hex(port, 4).toUpperCase()}`,
      );
      const code = hex(STATES[state], 2).toUpperCase();
      return `${String(index).padStart(4)}: ${ends.join(' ')} ${code} 00000000:00000000 00:00000000 00000000     0        0 ${20_000 + index} 1 0000000000000000 100 0 0 10 0`;
    });
  return [head, ...lines].map((line) => `${line.padEnd(149)}\n`).join('');
}

function numberOf(address: string): number {
  return address.split('.').reduce((number, byte) => (number << 8) | Number(byte), 0) >>> 0;
}

function textOf(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}

function masked(address: number, length: number): number {
  return length === 0 ? 0 : (address & (0xffffffff << (32 - length))) >>> 0;
}

function swapped(address: number): string {
  const bytes = [0, 8, 16, 24].map((shift) => hex((address >>> shift) & 255, 2));
  return bytes.join('').toUpperCase();
}

/** Four words, each in the machine's byte order. */
function swapped6(address: string): string {
  return groupsOf(address)
    .join('')
    .match(/.{8}/g)!
    .map((word) => word.match(/../g)!.reverse().join(''))
    .join('')
    .toUpperCase();
}

/** The eight groups of an IPv6 address, four digits each; IPv4-mapped forms too. */
function groupsOf(address: string): string[] {
  const plain = address.replace(/(\d+\.\d+\.\d+\.\d+)$/, (dotted) => {
    const digits = hex(numberOf(dotted), 8);
    return `${digits.slice(0, 4)}:${digits.slice(4)}`;
  });
  const [head = '', tail] = plain.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...(tail === undefined ? [] : zeros), ...right].map((group) => group.padStart(4, '0'));
}

function hex(number: number, digits: number): string {
  return number.toString(16).padStart(digits, '0');
}
