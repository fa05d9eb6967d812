import { isIP, isIPv4, isIPv6 } from 'node:net';
import type { Process } from '../../process.ts';
import { resolve } from '../resolve.ts';
import { firstNameServer } from '../resolver.ts';

export interface Target {
  address: string;
  port: number;
  /** As Go writes it: 10.0.0.5:80 */
  shown: string;
}

/** net.ResolveTCPAddr; what it says of a host or a port that it can't make an address of. */
export function lookUp(process: Process, host: string, portText: string): Target | string {
  const port = portText === '' ? 0 : Number(portText);
  if (!/^\d*$/.test(portText)) return `lookup tcp/${portText}: unknown port`;
  if (port > 65_535) return `address ${portText}: invalid port`;
  const bare = /^\[(.*)\]$/.exec(host)?.[1] ?? host;
  if (bare === '') return { address: '127.0.0.1', port, shown: `:${port}` };
  const addresses = isIP(bare) === 0 ? resolve(process, bare).filter((each) => isIP(each) !== 0) : [bare];
  const address = addresses.find((each) => isIPv4(each)) ?? addresses[0];
  if (address === undefined) {
    const server = firstNameServer(process);
    return `lookup ${bare}${server === undefined ? '' : ` on ${server}:53`}: no such host`;
  }
  return { address, port, shown: isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}` };
}
