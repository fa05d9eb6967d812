import { isIPv4, isIPv6 } from 'node:net';
import { decode, type Process } from '../process.ts';
import { askNameServers } from './resolver.ts';

/** Addresses a name has, IPv6 first, as getaddrinfo orders them. Numbers stand for themselves. Empty: no such name. */
export function resolve(process: Process, name: string): string[] {
  const bare = /^\[(.*)\]$/.exec(name)?.[1] ?? name;
  if (isIPv6(bare)) return [bare.toLowerCase()];
  const number = ipv4(bare);
  if (number !== undefined) return [number];
  const wanted = name.replace(/\.$/, '').toLowerCase();
  const found = hosts(process).filter(({ names }) => names.includes(wanted));
  const addresses = [
    ...new Set(found.length > 0 ? found.map(({ address }) => address) : askNameServers(process, name)),
  ];
  return [...addresses.filter((each) => isIPv6(each)), ...addresses.filter((each) => isIPv4(each))];
}

/** The entries of /etc/hosts, in order. */
function hosts(process: Process): { address: string; names: string[] }[] {
  const { fileSystem } = process.machine;
  if (fileSystem.lookup('/etc/hosts') === undefined) return [];
  return decode(fileSystem.read('/etc/hosts'))
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim().split(/\s+/))
    .filter(([address]) => address !== undefined && (isIPv4(address) || isIPv6(address)))
    .map(([address, ...names]) => ({ address: address!, names: names.map((name) => name.toLowerCase()) }));
}

/** As inet_aton(3) reads one: with one to four parts, decimal, octal or hexadecimal. `127.1` is 127.0.0.1. */
export function ipv4(text: string): string | undefined {
  const parts = text.split('.');
  if (parts.length > 4 || !parts.every((part) => /^(0x[0-9a-f]+|0[0-7]*|[1-9]\d*)$/i.test(part)))
    return undefined;
  const numbers = parts.map((part) => (/^0[0-7]+$/.test(part) ? Number.parseInt(part, 8) : Number(part)));
  const last = numbers.pop()!;
  if (numbers.some((number) => number > 255) || last >= 256 ** (4 - numbers.length)) return undefined;
  const value = numbers.reduce((sum, number, index) => sum + number * 256 ** (3 - index), last);
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}
