/** A request as Go's net/http hands it to a handler. */
export interface GoRequest {
  method: string;
  /** As it was sent. */
  target: string;
  path: string;
  query: URLSearchParams;
  protocol: 'HTTP/1.0' | 'HTTP/1.1';
  /** By canonical name, all values in order; without Host. */
  headers: ReadonlyMap<string, readonly string[]>;
  host: string;
  body: string;
  /** The peer, as Go writes it: 10.0.0.5:41234 */
  remote: string;
}

/** What net/http says of a request that it doesn't take, before it hangs up. */
export class BadRequest extends Error {
  readonly status: string;

  constructor(status: string, why = '') {
    super(why === '' ? status : `${status}: ${why}`);
    this.name = 'BadRequest';
    this.status = status;
  }
}

type Head = Omit<GoRequest, 'body' | 'remote'>;

/** http.DefaultMaxHeaderBytes and what net/http adds. */
export const LONGEST_HEAD = 1024 * 1024 + 4096;

/** Reads a head without the empty line at its end. @throws {BadRequest} */
export function readHead(text: string): Head {
  const [first = '', ...lines] = text.split(/\r?\n/);
  const [, method = '', target = '', major = '', minor = ''] =
    /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) (\S+) HTTP\/(\d)\.(\d)$/.exec(first) ?? [];
  if (method === '') throw new BadRequest('400 Bad Request');
  if (major !== '1') throw new BadRequest('505 HTTP Version Not Supported', 'unsupported protocol version');
  const headers = readHeaders(lines);
  const hosts = headers.get('Host') ?? [];
  const protocol = minor === '0' ? 'HTTP/1.0' : 'HTTP/1.1';
  if (protocol === 'HTTP/1.1' && hosts.length === 0)
    throw new BadRequest('400 Bad Request', 'missing required Host header');
  if (hosts.length > 1) throw new BadRequest('400 Bad Request', 'too many Host headers');
  headers.delete('Host');
  return { method, target, ...readTarget(target), protocol, headers, host: hosts[0] ?? '' };
}

function readTarget(target: string): Pick<Head, 'path' | 'query'> {
  const local = target.replace(/^https?:\/\/[^/?]*/i, '');
  if (!local.startsWith('/') && !local.startsWith('?')) throw new BadRequest('400 Bad Request');
  const [, raw = '', query = ''] = /^([^?]*)(?:\?([^]*))?$/.exec(local) ?? [];
  if (/%(?![0-9a-f]{2})/i.test(raw)) throw new BadRequest('400 Bad Request');
  const path = raw.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return { path: path || '/', query: readQuery(query) };
}

/** As url.ParseQuery: pairs that can't be read, and those with a semicolon, are passed over. */
export function readQuery(text: string): URLSearchParams {
  const pairs = text
    .split('&')
    .filter((pair) => pair !== '' && !pair.includes(';') && !/%(?![0-9a-f]{2})/i.test(pair));
  return new URLSearchParams(pairs.join('&'));
}

function readHeaders(lines: readonly string[]): Map<string, string[]> {
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const [, name, value = ''] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    if (name === undefined) throw new BadRequest('400 Bad Request');
    const key = canonical(name);
    headers.set(key, [...(headers.get(key) ?? []), value]);
  }
  return headers;
}

/** X-Forwarded-For */
export function canonical(name: string): string {
  return name.toLowerCase().replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}

/** A field of the form: of the body, where that is a form, or else of the query. */
export function formValue(request: GoRequest, name: string): string {
  const isForm =
    /^(POST|PUT|PATCH)$/.test(request.method) &&
    /^application\/x-www-form-urlencoded\b/i.test(request.headers.get('Content-Type')?.[0] ?? '');
  return (isForm ? readQuery(request.body).get(name) : null) ?? request.query.get(name) ?? '';
}
