/** A request as it stands on the wire, up to the end of its headers. */
export interface Request {
  /** The request line. */
  line: string;
  method: string;
  /** As it was sent, without a scheme and a host. */
  target: string;
  /** The host that the target itself names: `GET http://host/`. */
  host: string | undefined;
  /** Decoded, `.` and `..` resolved, slashes merged. */
  path: string;
  query: string | undefined;
  protocol: 'HTTP/0.9' | 'HTTP/1.0' | 'HTTP/1.1';
  /** Names in lower case; of several with one name the first counts. */
  headers: ReadonlyMap<string, string>;
  /** Bytes. */
  length: number;
}

export type Head =
  | { kind: 'more' }
  | { kind: 'bad'; status: number; line: string; headers: ReadonlyMap<string, string> }
  | { kind: 'request'; request: Request };

/** large_client_header_buffers: 4 of 8k. */
const LONGEST_LINE = 8192;
const LONGEST_HEAD = 4 * LONGEST_LINE;
/** nginx' own: a header that is too large. */
const HEADER_TOO_LARGE = 494;

/** Reads a request's head from what has arrived, a character per byte. As nginx, it refuses as soon as it can. */
export function parseHead(text: string): Head {
  // Empty lines before a request are passed over.
  const start = /^[\r\n]*/.exec(text)![0].length;
  const end = text.indexOf('\n', start);
  const line = text.slice(start, end < 0 ? undefined : end).replace(/\r$/, '');
  const bad = (status: number, headers: ReadonlyMap<string, string> = new Map()): Head => ({
    kind: 'bad',
    status,
    line,
    headers,
  });
  if (!/^[A-Z_-]*( |$)/.test(line) || line.startsWith(' ')) return bad(400);
  if (line.length > LONGEST_LINE) return bad(414);
  if (end < 0) return { kind: 'more' };
  const [, method, target, major, minor] =
    /^([A-Z_-]+) +(\S+)(?: +HTTP\/(\d{1,3})\.(\d{1,3}))? *$/.exec(line) ?? [];
  if (method === undefined || target === undefined) return bad(400);
  if (Number(major ?? '1') > 1) return bad(505);
  if (major === '0') return bad(400);
  const place = splitTarget(target);
  if (place === undefined) return bad(400);
  if (major === undefined) {
    if (method !== 'GET') return bad(400);
    const request = { line, method, ...place, protocol: 'HTTP/0.9' as const };
    return { kind: 'request', request: { ...request, headers: new Map(), length: end + 1 } };
  }
  const rest = text.slice(end + 1);
  const blank = /^\r?\n|\r?\n\r?\n/.exec(rest);
  const lines = (blank === null ? rest : rest.slice(0, blank.index)).split(/\r?\n/);
  if (lines.some((each) => each.length > LONGEST_LINE) || rest.length > LONGEST_HEAD)
    if (blank === null || blank.index > LONGEST_HEAD || lines.some((each) => each.length > LONGEST_LINE))
      return bad(HEADER_TOO_LARGE);
  if (blank === null) return { kind: 'more' };
  const headers = readHeaders(lines);
  if (headers === undefined) return bad(400);
  const protocol = Number(minor) === 0 ? 'HTTP/1.0' : 'HTTP/1.1';
  const host = headers.get('host');
  if (host === undefined ? protocol === 'HTTP/1.1' : !isHost(host)) return bad(400, headers);
  if (!/^\d*$/.test(headers.get('content-length') ?? '')) return bad(400, headers);
  const coding = headers.get('transfer-encoding');
  if (coding !== undefined && protocol === 'HTTP/1.0') return bad(400, headers);
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') return bad(501, headers);
  if (coding !== undefined && headers.has('content-length')) return bad(400, headers);
  const length = end + 1 + blank.index + blank[0].length;
  return { kind: 'request', request: { line, method, ...place, protocol, headers, length } };
}

function splitTarget(target: string): Pick<Request, 'target' | 'host' | 'path' | 'query'> | undefined {
  // oxlint-disable-next-line no-control-regex -- they are what is refused
  if (/[\0-\x20\x7f]/.test(target)) return undefined;
  const [, host, own] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]+)(.*)$/i.exec(target) ?? [
    undefined,
    undefined,
    target,
  ];
  const local = own === undefined || own === '' ? '/' : own.startsWith('?') ? `/${own}` : own;
  if (!local.startsWith('/')) return undefined;
  const [, raw = '', query] = /^([^?#]*)(?:\?([^#]*))?/.exec(local) ?? [];
  const path = normalised(raw);
  return path === undefined ? undefined : { target: local, host, path, query };
}

/** Percent signs decoded, then slashes merged and dots resolved; undefined when it leads above the root. */
export function normalised(raw: string): string | undefined {
  if (/%(?![0-9a-f]{2})|%00/i.test(raw)) return undefined;
  const decoded = raw.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const names: string[] = [];
  const parts = decoded.split('/').slice(1);
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1;
    if (part === '..') {
      if (names.pop() === undefined) return undefined;
    } else if (part !== '.' && part !== '') names.push(part);
    if (isLast && (part === '' || part === '.' || part === '..')) names.push('');
  }
  return `/${names.join('/')}`;
}

/** Undefined for two hosts or two lengths. Lines that are none, and names with odd characters, are passed over. */
function readHeaders(lines: string[]): Map<string, string> | undefined {
  const headers = new Map<string, string>();
  for (const line of lines) {
    if (line.includes('\0')) return undefined;
    const [, name, value = ''] = /^([A-Za-z0-9-]+):[ ]*(.*?)[ ]*$/.exec(line) ?? [];
    if (name === undefined) continue;
    const key = name.toLowerCase();
    if (headers.has(key) && ['host', 'content-length', 'transfer-encoding'].includes(key)) return undefined;
    if (!headers.has(key)) headers.set(key, value);
  }
  return headers;
}

function isHost(host: string): boolean {
  return /^(\[[0-9a-f:.]+\]|[^\s/\\[\]:]*)(:\d*)?$/i.test(host) && !host.includes('..');
}
