import { BlockList, isIPv4, isIPv6 } from 'node:net';
import type { Process } from '../../process.ts';
import type { Request } from './command-line.ts';
import type { Edition } from './edition.ts';
import { CurlFailure } from './failure.ts';
import type { Trace } from './trace.ts';
import { parseUrl, type Url } from './url.ts';

/** Who is asked in the place of the server that a URL names. */
export interface Proxy {
  /** As it was written, IPv6 in brackets. */
  host: string;
  port: number;
  /** `name:password` */
  user: string | undefined;
}

/** What decides whether there is one. */
interface Asking {
  process: Process;
  edition: Edition;
  request: Request;
  trace: Trace;
}

/** curl's own, where a proxy is written without. */
const DEFAULT_PORT = 1080;

/**
 * The proxy for a URL, by `-x` or the environment; undefined where the server is to be called itself.
 *
 * @throws {CurlFailure} for a proxy that is written badly, or of a kind that this curl does not have
 */
export async function proxyFor(url: Url, asking: Asking): Promise<Proxy | undefined> {
  const { process, request } = asking;
  let exceptions = request.noProxy;
  if (exceptions === undefined) {
    const given = fromEnvironment(process, ['no_proxy', 'NO_PROXY']);
    if (given !== undefined) await tell(asking, given);
    exceptions = given?.value ?? '';
  }
  if (isExcepted(url.host, exceptions)) return undefined;
  let written = request.proxy;
  if (written === undefined) {
    const given = fromEnvironment(process, variablesFor(url.scheme));
    if (given !== undefined) await tell(asking, given);
    written = given?.value ?? '';
  }
  return written === '' ? undefined : readProxy(written, url, asking.edition);
}

/** Anybody who calls a CGI program may set its HTTP_PROXY, so that one is not heeded in capitals. */
function variablesFor(scheme: string): string[] {
  const own = scheme === 'http' ? ['http_proxy'] : [`${scheme}_proxy`, `${scheme.toUpperCase()}_PROXY`];
  return [...own, 'all_proxy', 'ALL_PROXY'];
}

interface Variable {
  name: string;
  value: string;
}

/** The first of these that is set, and not to nothing. */
function fromEnvironment({ environment }: Process, names: string[]): Variable | undefined {
  return names
    .map((name) => ({ name, value: environment.get(name) ?? '' }))
    .find(({ value }) => value !== '');
}

async function tell({ edition, trace }: Asking, { name, value }: Variable): Promise<void> {
  if (edition.saysProxyVariable) await trace.remark(`Uses proxy env variable ${name} == '${value}'`);
}

function readProxy(written: string, url: Url, edition: Edition): Proxy {
  const proxy = parseUrl(written);
  if (typeof proxy === 'string') throw new CurlFailure(5, edition.badProxy(proxy, written));
  const without = (what: string): CurlFailure =>
    new CurlFailure(4, `Unsupported proxy '${written}', libcurl is built without ${what}.`);
  if (proxy.scheme === 'https') throw without('the HTTPS-proxy support');
  if (/^socks(4a?|5h?)?$/.test(proxy.scheme)) throw without('the SOCKS-proxy support');
  if (proxy.scheme !== 'http') throw new CurlFailure(7, `Unsupported proxy scheme for '${written}'`);
  if (url.scheme !== 'http') throw without('tunnels through a proxy');
  return { host: proxy.host, port: proxy.hasPort ? proxy.port : DEFAULT_PORT, user: proxy.user };
}

/** Whether a host is in a list such as `localhost,.svc,10.0.0.0/8`, or the list is `*`. */
export function isExcepted(host: string, list: string): boolean {
  if (list === '*') return true;
  const name = host
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
    .toLowerCase();
  const isAddress = isIPv4(name) || isIPv6(name);
  // A blank that no comma follows ends the list.
  const [upToBlank = ''] = /^\s*[^\s,]*(?:\s*,+\s*[^\s,]*)*/.exec(list) ?? [];
  return upToBlank
    .split(',')
    .map((each) => each.trim().toLowerCase())
    .filter((each) => each !== '')
    .some((each) => (isAddress ? holds(each, name) : isOrEndsWith(name, each)));
}

function isOrEndsWith(name: string, pattern: string): boolean {
  const domain = pattern.replace(/\.$/, '').replace(/^\./, '');
  return name === domain || (domain !== '' && name.endsWith(`.${domain}`));
}

function holds(pattern: string, address: string): boolean {
  const [network = '', bits] = pattern.split('/');
  const isFour = isIPv4(address);
  if (isFour ? !isIPv4(network) : !isIPv6(network)) return false;
  const most = isFour ? 32 : 128;
  // As atoi(3) reads it, and 0 as none.
  const length = Number.parseInt(bits ?? '', 10) || most;
  if (length < 0 || length > most) return false;
  const block = new BlockList();
  block.addSubnet(network, length, isFour ? 'ipv4' : 'ipv6');
  return block.check(address, isFour ? 'ipv4' : 'ipv6');
}
