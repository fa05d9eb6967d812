import type { Request } from './command-line.ts';
import type { Edition } from './edition.ts';
import type { Proxy } from './proxy.ts';
import { type Url, writeUrl } from './url.ts';

/** What is asked for, beside the URL. */
interface Asked {
  request: Request;
  edition: Edition;
  method: string;
  query: string | undefined;
  body: Uint8Array | undefined;
  /** Who is asked, where it is not the server itself. */
  proxy: Proxy | undefined;
}

/** The request line and the headers, as curl orders them. */
export function requestHead(url: Url, asked: Asked): string {
  const { request, method, query, proxy } = asked;
  // A proxy must be told of whom it shall ask.
  const whole = isStandardPort(url) ? { ...url, hasPort: false } : url;
  const target = targetOf(proxy === undefined ? url.path : writeUrl(whole), query);
  const lines = [`${method} ${target} HTTP/${request.protocol}`, ...headersOf(url, asked)];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function targetOf(target: string, query: string | undefined): string {
  if (query === undefined) return target;
  return `${target}${target.includes('?') ? '&' : '?'}${query}`;
}

function isStandardPort({ scheme, port }: Url): boolean {
  return scheme === 'http' && port === 80;
}

function headersOf(url: Url, { request, edition, body, proxy }: Asked): string[] {
  const own = request.headers.map((line) => {
    const [, name = line, mark = '', value = ''] = /^([^:;]*)([:;])\s*(.*)$/s.exec(line) ?? [];
    return { name, value, isRemoved: mark === ':' && value === '', line: mark === ';' ? `${name}:` : line };
  });
  const isGiven = (name: string): boolean =>
    own.some((each) => each.name.toLowerCase() === name.toLowerCase());
  const standard: [string, string | undefined][] = [
    ['Host', `${url.host}${url.hasPort && !isStandardPort(url) ? `:${url.port}` : ''}`],
    ['Proxy-Authorization', proxy && basic(proxy.user)],
    ['Authorization', basic(request.user ?? url.user)],
    ['User-Agent', request.agent === '' ? undefined : (request.agent ?? `curl/${edition.build.version}`)],
    ['Accept', '*/*'],
    ['Proxy-Connection', proxy && 'Keep-Alive'],
  ];
  const lines = standard.flatMap(([name, value]) =>
    value === undefined || isGiven(name) ? [] : [`${name}: ${value}`],
  );
  // A Host of one's own takes the usual place.
  const host = own.find((each) => each.name.toLowerCase() === 'host' && !each.isRemoved);
  if (host !== undefined) lines.unshift(host.line);
  lines.push(...own.filter((each) => !each.isRemoved && each !== host).map((each) => each.line));
  if (body === undefined) return lines;
  if (!isGiven('Content-Length')) lines.push(`Content-Length: ${body.length}`);
  if (!isGiven('Content-Type')) lines.push('Content-Type: application/x-www-form-urlencoded');
  return lines;
}

function basic(user: string | undefined): string | undefined {
  return user === undefined ? undefined : `Basic ${Buffer.from(user).toString('base64')}`;
}
