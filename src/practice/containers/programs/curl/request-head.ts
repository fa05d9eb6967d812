import type { Request } from './command-line.ts';
import type { Edition } from './edition.ts';
import type { Url } from './url.ts';

/** What is asked for, beside the URL. */
interface Asked {
  request: Request;
  edition: Edition;
  method: string;
  query: string | undefined;
  body: Uint8Array | undefined;
}

/** The request line and the headers, as curl orders them. */
export function requestHead(url: Url, asked: Asked): string {
  const { request, method, query } = asked;
  const lines = [`${method} ${targetOf(url, query)} HTTP/${request.protocol}`, ...headersOf(url, asked)];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function targetOf(url: Url, query: string | undefined): string {
  if (query === undefined) return url.path;
  return `${url.path}${url.path.includes('?') ? '&' : '?'}${query}`;
}

function headersOf(url: Url, { request, edition, body }: Asked): string[] {
  const own = request.headers.map((line) => {
    const [, name = line, mark = '', value = ''] = /^([^:;]*)([:;])\s*(.*)$/s.exec(line) ?? [];
    return { name, value, isRemoved: mark === ':' && value === '', line: mark === ';' ? `${name}:` : line };
  });
  const isGiven = (name: string): boolean =>
    own.some((each) => each.name.toLowerCase() === name.toLowerCase());
  const standard: [string, string | undefined][] = [
    [
      'Host',
      `${url.host}${url.hasPort && !(url.scheme === 'http' && url.port === 80) ? `:${url.port}` : ''}`,
    ],
    ['Authorization', authorization(url, request)],
    ['User-Agent', request.agent === '' ? undefined : (request.agent ?? `curl/${edition.build.version}`)],
    ['Accept', '*/*'],
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

function authorization(url: Url, request: Request): string | undefined {
  const user = request.user ?? url.user;
  return user === undefined ? undefined : `Basic ${Buffer.from(user).toString('base64')}`;
}
