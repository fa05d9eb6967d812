import type { InterfaceView } from '../../../../network/stack.ts';
import type { Family } from '../ip.ts';

/** Interfaces as iproute2 writes them; the blanks at the ends of lines are its own. */

/** The numbers by which this namespace knows those at the other ends of its veth pairs, by index of the interface. */
export function netnsIds(all: readonly InterfaceView[]): Map<number, number> {
  const pairs = all.filter(({ peerIndex }) => peerIndex !== undefined);
  return new Map(pairs.map(({ index }, id) => [index, id]));
}

export function addressText(
  face: InterfaceView,
  all: readonly InterfaceView[],
  options: { netnsId: number | undefined; family: Family; isOneLine: boolean },
): string {
  const { netnsId, family, isOneLine } = options;
  const wanted = addressesOf(face, family);
  const lines = wanted.map(({ address, prefixLength, broadcast, scope }) => {
    const isSix = address.includes(':');
    const to = broadcast === undefined ? '' : ` brd ${broadcast}`;
    return [
      `    inet${isSix ? '6' : ''} ${address}/${prefixLength}${to} scope ${scope} ${isSix ? '' : face.name}`,
      '       valid_lft forever preferred_lft forever',
    ];
  });
  if (isOneLine) return lines.map((pair) => `${face.index}: ${face.name}${pair.join('\\')}\n`).join('');
  if (family !== undefined && wanted.length === 0) return '';
  const top = [title(face, all, ''), ...(family === undefined ? [linkLine(face, netnsId)] : [])];
  return `${[...top, ...lines.flat()].join('\n')}\n`;
}

export function linkText(
  face: InterfaceView,
  all: readonly InterfaceView[],
  netnsId: number | undefined,
  isOneLine: boolean,
): string {
  return `${title(face, all, 'mode DEFAULT ')}${isOneLine ? '\\' : '\n'}${linkLine(face, netnsId)}\n`;
}

/** `ip -brief address` */
export function briefAddress(face: InterfaceView, all: readonly InterfaceView[], family: Family): string {
  const wanted = addressesOf(face, family);
  if (family !== undefined && wanted.length === 0) return '';
  return `${briefTitle(face, all)}${wanted.map((each) => `${each.address}/${each.prefixLength} `).join('')}\n`;
}

/** `ip -brief link` */
export function briefLink(face: InterfaceView, all: readonly InterfaceView[]): string {
  return `${briefTitle(face, all)}${face.mac} ${flags(face, all)} \n`;
}

function briefTitle(face: InterfaceView, all: readonly InterfaceView[]): string {
  return `${fullName(face).padEnd(16)} ${state(face, all).padEnd(14)} `;
}

function addressesOf(face: InterfaceView, family: Family): InterfaceView['addresses'] {
  return face.addresses.filter(
    ({ address }) => family === undefined || address.includes(':') === (family === 6),
  );
}

function title(face: InterfaceView, all: readonly InterfaceView[], mode: string): string {
  const { index, kind, mtu, master } = face;
  const queue = kind === 'ethernet' ? 'pfifo_fast' : 'noqueue';
  const of = master === undefined ? '' : `master ${master} `;
  // CNI plugins make veth pairs without a queue.
  const length = kind === 'veth' ? '' : 'qlen 1000';
  return `${index}: ${fullName(face)}: ${flags(face, all)} mtu ${mtu} qdisc ${queue} ${of}state ${state(face, all)} ${mode}group default ${length}`;
}

function fullName({ name, peerIndex }: InterfaceView): string {
  return peerIndex === undefined ? name : `${name}@if${peerIndex}`;
}

function linkLine({ kind, mac }: InterfaceView, netnsId: number | undefined): string {
  const broadcast = kind === 'loopback' ? '00:00:00:00:00:00' : 'ff:ff:ff:ff:ff:ff';
  const peer = netnsId === undefined ? '' : ` link-netnsid ${netnsId}`;
  return `    link/${kind === 'loopback' ? 'loopback' : 'ether'} ${mac} brd ${broadcast}${peer}`;
}

/** A bridge has a carrier while one of its ports has. */
function hasCarrier(face: InterfaceView, all: readonly InterfaceView[]): boolean {
  if (face.kind !== 'bridge') return face.up;
  return face.up && all.some(({ master, up }) => master === face.name && up);
}

function flags(face: InterfaceView, all: readonly InterfaceView[]): string {
  const kind = face.kind === 'loopback' ? ['LOOPBACK'] : ['BROADCAST', 'MULTICAST'];
  const carrier = hasCarrier(face, all);
  const names = [
    ...(face.up && !carrier ? ['NO-CARRIER'] : []),
    ...kind,
    ...(face.up ? ['UP'] : []),
    ...(carrier ? ['LOWER_UP'] : []),
  ];
  return `<${names.join(',')}>`;
}

/** RFC 2863's operational state; the loopback interface has none. */
function state(face: InterfaceView, all: readonly InterfaceView[]): 'UP' | 'DOWN' | 'UNKNOWN' {
  if (face.kind === 'loopback' && face.up) return 'UNKNOWN';
  return hasCarrier(face, all) ? 'UP' : 'DOWN';
}
