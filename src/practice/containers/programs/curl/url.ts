/** A URL as curl takes one: most of it may be missing. */
export interface Url {
  scheme: string;
  user: string | undefined;
  /** As it was written, IPv6 in brackets. */
  host: string;
  port: number;
  /** Whether the port stood there. */
  hasPort: boolean;
  /** With the query, never empty. */
  path: string;
}

export type UrlProblem = 'host' | 'port' | 'malformed';

const PORTS: Record<string, number> = { http: 80, https: 443 };

/** Reads a URL; without a scheme it is http. Other schemes are for the caller to refuse. */
export function parseUrl(text: string): Url | UrlProblem {
  // oxlint-disable-next-line no-control-regex -- they are what is refused
  if (/[\0-\x20\x7f]/.test(text)) return 'malformed';
  const [, given, rest = ''] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?\/{0,2}(.*)$/is.exec(text) ?? [];
  const scheme = (given ?? 'http').toLowerCase();
  const [, authority = '', path = ''] = /^([^/?#]*)([^#]*)/.exec(rest) ?? [];
  const at = authority.lastIndexOf('@');
  const user = at < 0 ? undefined : decodeURIComponentOrKeep(authority.slice(0, at));
  const place = authority.slice(at + 1);
  const [, host = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(place) ?? [];
  if (host === '' || (host.startsWith('[') && !/^\[[0-9a-f:.]+(%[\w.-]+)?\]$/i.test(host))) return 'host';
  if (!host.startsWith('[') && /[\s"<>\\^`{|}[\]]/.test(host)) return 'host';
  if (port !== undefined && port !== '' && !(/^\d{1,6}$/.test(port) && Number(port) <= 65_535)) return 'port';
  const hasPort = port !== undefined && port !== '';
  return {
    scheme,
    user,
    host,
    port: hasPort ? Number(port) : (PORTS[scheme] ?? 0),
    hasPort,
    path: path.startsWith('/') ? path : `/${path}`,
  };
}

function decodeURIComponentOrKeep(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function writeUrl(url: Url): string {
  const standard = PORTS[url.scheme] === url.port && !url.hasPort;
  return `${url.scheme}://${url.host}${standard ? '' : `:${url.port}`}${url.path}`;
}

/** Where a Location leads. */
export function follow(from: Url, location: string): Url | UrlProblem {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(location)) return parseUrl(location);
  if (location.startsWith('//')) return parseUrl(`${from.scheme}:${location}`);
  const target = location.replace(/#.*$/s, '').replaceAll(' ', '%20');
  if (target.startsWith('/')) return { ...from, path: target };
  const base = from.path.replace(/\?.*$/s, '');
  if (target.startsWith('?')) return { ...from, path: `${base}${target}` };
  const joined = `${base.slice(0, base.lastIndexOf('/') + 1)}${target}`;
  return { ...from, path: withoutDots(joined) };
}

function withoutDots(path: string): string {
  const [, names = '', query = ''] = /^([^?]*)(.*)$/s.exec(path) ?? [];
  const kept: string[] = [];
  for (const name of names.split('/').slice(1)) {
    if (name === '..') kept.pop();
    else if (name !== '.') kept.push(name);
  }
  return `/${kept.join('/')}${query}`;
}

/** Dots resolved, as curl does unless told `--path-as-is`. */
export function normalise(url: Url): Url {
  return { ...url, path: withoutDots(url.path) };
}
