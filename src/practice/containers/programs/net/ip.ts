import { canonicalAddress } from '../../../network/address.ts';
import type { InterfaceView, RouteView } from '../../../network/stack.ts';
import { strerror } from '../../errno.ts';
import { type Applet, type Call, fail, wrongUsage } from '../applet.ts';
import { findRoute } from './iproute2/route-text.ts';

/** Which family an `ip` was asked about. */
export type Family = 4 | 6 | 'link' | undefined;

export interface Question {
  family: Family;
  isOneLine: boolean;
  isBrief: boolean;
  object: 'address' | 'link' | 'route' | 'neighbour' | undefined;
  rest: string[];
}

const OBJECTS: [name: string, shortest: number, object: NonNullable<Question['object']>][] = [
  ['address', 1, 'address'],
  ['link', 1, 'link'],
  ['route', 1, 'route'],
  ['neighbour', 1, 'neighbour'],
  ['neighbor', 1, 'neighbour'],
];

/** Reads `ip [-4|-6|-o|-br] OBJECT …`; undefined for an option that is none. */
export function readQuestion(args: string[]): Question | undefined {
  const question: Question = {
    family: undefined,
    isOneLine: false,
    isBrief: false,
    object: undefined,
    rest: [],
  };
  const rest = [...args];
  while (rest[0]?.startsWith('-') === true) {
    const option = rest.shift()!.replace(/^--/, '-');
    if (option === '-4') question.family = 4;
    else if (option === '-6') question.family = 6;
    else if (option === '-0') question.family = 'link';
    else if (option === '-o' || option === '-oneline') question.isOneLine = true;
    else if (option === '-br' || option === '-brief') question.isBrief = true;
    else if (option === '-f' || option === '-family') {
      const name = rest.shift();
      question.family = name === 'inet' ? 4 : name === 'inet6' ? 6 : name === 'link' ? 'link' : undefined;
      if (question.family === undefined) return undefined;
    } else return undefined;
  }
  const word = rest.shift() ?? '';
  question.object = OBJECTS.find(([name, shortest]) => word.length >= shortest && name.startsWith(word))?.[2];
  question.rest = rest;
  return question;
}

export const ip: Applet = {
  name: 'ip',
  usage: `ip [OPTIONS] address|route|link|tunnel|neigh|rule [ARGS]

OPTIONS := -f[amily] inet|inet6|link | -o[neline]

ip addr add|del IFADDR dev IFACE | show|flush [dev IFACE] [to PREFIX]
ip route list|flush|add|del|change|append|replace|test ROUTE
ip link set IFACE [up|down] [arp on|off] [multicast on|off]
	[promisc on|off] [mtu NUM] [name NAME] [qlen NUM] [address MAC]
	[master IFACE | nomaster] [netns PID] [type TYPE ARGS]
ip tunnel add|change|del|show [NAME]
	[mode ipip|gre|sit] [remote ADDR] [local ADDR] [ttl TTL]
ip neigh show|flush [to PREFIX] [dev DEV] [nud STATE]
ip rule [list] | add|del SELECTOR ACTION`,
  async run(call) {
    const word = call.operands.find((each) => !each.startsWith('-'));
    if (word !== undefined && /^rul?e?$/.test(word)) return rules(call);
    const question = readQuestion(call.operands);
    if (question?.object === undefined || question.isBrief) return wrongUsage(ip, call);
    return answer(call, question);
  },
};

const SHOW = /^(s|sh|sho|show|l|li|lis|list|ls)$/;

/** Shows interfaces, addresses or routes; what would change them is not permitted in a container. */
async function answer(call: Call, question: Question): Promise<number> {
  const { network } = call.process.machine;
  const [verb, ...more] = question.rest;
  const words = verb === undefined || SHOW.test(verb) ? more : question.rest;
  if (verb !== undefined && /^(add|del|delete|set|flush|change|append|replace|a|d)$/.test(verb))
    return fail(
      call,
      `${question.object === 'route' ? 'RTNETLINK answers' : 'RTNETLINK answers'}: Operation not permitted`,
      2,
    );
  const device = words[0] === 'dev' ? words[1] : question.object === 'route' ? undefined : words[0];
  const interfaces = network.interfaces();
  if (device !== undefined && !interfaces.some(({ name }) => name === device))
    return fail(call, `can't find device '${device}'`);
  const chosen = interfaces.filter(({ name }) => device === undefined || name === device);
  if (question.object === 'neighbour') return neighbours(call, question.family, device);
  if (question.object === 'route') {
    if (verb !== undefined && /^(g|ge|get)$/.test(verb)) return routeGet(call, more);
    const family = question.family === 6 ? 6 : 4;
    for (const route of network.routes(family))
      if (device === undefined || route.device === device) await call.process.print(`${routeLine(route)}\n`);
    return 0;
  }
  for (const each of chosen)
    await call.process.print(
      question.object === 'link' ? linkText(each, question.isOneLine) : addressText(each, question),
    );
  return 0;
}

async function rules({ process }: Call): Promise<number> {
  await process.print(
    '0:\tfrom all lookup local \n32766:\tfrom all lookup main \n32767:\tfrom all lookup default \n',
  );
  return 0;
}

async function neighbours(call: Call, family: Family, device: string | undefined): Promise<number> {
  for (const each of call.process.machine.network.neighbours()) {
    if (family !== undefined && each.address.includes(':') !== (family === 6)) continue;
    if (device !== undefined && each.device !== device) continue;
    const on = device === undefined ? `dev ${each.device} ` : '';
    await call.process.print(`${each.address} ${on}lladdr ${each.mac} ${each.state}\n`);
  }
  return 0;
}

async function routeGet(call: Call, words: string[]): Promise<number> {
  const [text = ''] = words[0] === 'to' ? words.slice(1) : words;
  if (text === '') return fail(call, 'need at least destination address');
  const address = canonicalAddress(text);
  if (address === undefined) return fail(call, `invalid argument '${text}' to 'inet address'`);
  const found = findRoute(call.process.machine.network, address);
  if (found === undefined) {
    const libc = call.suite.kind === 'busybox' ? call.suite.libc : 'glibc';
    return fail(call, `RTNETLINK answers: ${strerror('ENETUNREACH', libc)}`, 2);
  }
  const { isLocal, via, device, source } = found;
  const way = [
    ...(isLocal ? ['local'] : []),
    address,
    ...(via === undefined ? [] : ['via', via]),
    'dev',
    device,
  ];
  await call.process.print(`${way.join(' ')} ${source === undefined ? '' : ` src ${source} `}\n`);
  return 0;
}

/** `<BROADCAST,MULTICAST,UP,LOWER_UP>`; busybox calls an unknown flag of a veth M-DOWN. */
export function flags({ kind, up, peerIndex }: InterfaceView, isBusybox: boolean): string {
  const names = kind === 'loopback' ? ['LOOPBACK'] : ['BROADCAST', 'MULTICAST'];
  if (up) names.push('UP', 'LOWER_UP');
  if (isBusybox && peerIndex !== undefined) names.push('M-DOWN');
  return `<${names.join(',')}>`;
}

function title(each: InterfaceView): string {
  const name = each.peerIndex === undefined ? each.name : `${each.name}@if${each.peerIndex}`;
  const master = each.master === undefined ? '' : `master ${each.master} `;
  const queue = each.kind === 'ethernet' ? 'pfifo_fast' : 'noqueue';
  const length = each.kind === 'loopback' || each.kind === 'ethernet' ? 'qlen 1000' : '';
  return `${each.index}: ${name}: ${flags(each, true)} mtu ${each.mtu} qdisc ${queue} ${master}${length}`;
}

function linkLine({ kind, mac }: InterfaceView): string {
  const broadcast = kind === 'loopback' ? '00:00:00:00:00:00' : 'ff:ff:ff:ff:ff:ff';
  return `    link/${kind === 'loopback' ? 'loopback' : 'ether'} ${mac} brd ${broadcast}`;
}

function linkText(each: InterfaceView, isOneLine: boolean): string {
  return `${title(each)}${isOneLine ? '\\' : '\n'}${linkLine(each)}\n`;
}

function addressText(each: InterfaceView, { family, isOneLine }: Question): string {
  const wanted = each.addresses.filter(({ address }) =>
    family === undefined ? true : family === 'link' ? false : address.includes(':') === (family === 6),
  );
  if (family !== undefined && family !== 'link' && wanted.length === 0) return '';
  const lines = wanted.map(({ address, prefixLength, broadcast, scope }) => {
    const isSix = address.includes(':');
    const to = broadcast === undefined ? '' : ` brd ${broadcast}`;
    const label = isSix ? ' ' : ` ${each.name}`;
    return [
      `    inet${isSix ? '6' : ''} ${address}/${prefixLength}${to} scope ${scope}${label}`,
      '       valid_lft forever preferred_lft forever',
    ];
  });
  if (isOneLine)
    return lines.map(([first, second]) => `${each.index}: ${each.name}${first}\\${second}\n`).join('');
  const top = [title(each), ...(family === undefined || family === 'link' ? [linkLine(each)] : [])];
  return `${[...top, ...lines.flat()].join('\n')}\n`;
}

function routeLine({ destination, via, device, scope, source, metric }: RouteView): string {
  const parts = [destination];
  if (via !== undefined) parts.push('via', via);
  parts.push('dev', device, '');
  let line = parts.join(' ');
  if (scope !== undefined && via === undefined) line += `scope ${scope} `;
  if (source !== undefined) line += ` src ${source} `;
  if (metric !== undefined && metric > 0) line += ` metric ${metric} `;
  return line;
}
