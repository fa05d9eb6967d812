import type { Exchange } from './exchange.ts';
import { expand } from './variables.ts';

/** What is sent back. */
export interface Response {
  status: number;
  body: Uint8Array;
  contentType?: string | undefined;
  /** Milliseconds since 1970. */
  lastModified?: number | undefined;
  location?: string | undefined;
  /** What follows `Connection`, in order. */
  headers?: [name: string, value: string][];
}

const REASONS: Record<number, string> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  206: 'Partial Content',
  301: 'Moved Permanently',
  302: 'Moved Temporarily',
  303: 'See Other',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Not Allowed',
  406: 'Not Acceptable',
  408: 'Request Time-out',
  409: 'Conflict',
  410: 'Gone',
  411: 'Length Required',
  412: 'Precondition Failed',
  413: 'Request Entity Too Large',
  414: 'Request-URI Too Large',
  415: 'Unsupported Media Type',
  416: 'Requested Range Not Satisfiable',
  421: 'Misdirected Request',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
  505: 'HTTP Version Not Supported',
  507: 'Insufficient Storage',
};

/** nginx' own number for a header that is too large. */
export const HEADER_TOO_LARGE = 494;

/** Pages whose title is not the status line's. */
const TITLES: Record<number, string> = {
  302: '302 Found',
  [HEADER_TOO_LARGE]: '400 Request Header Or Cookie Too Large',
};

/** The page nginx shows for a status when the configuration has none. Undefined for those without a page. */
export function errorPage(status: number, signature: string): Uint8Array | undefined {
  const title =
    TITLES[status] ?? (REASONS[status] === undefined ? undefined : `${status} ${REASONS[status]}`);
  if (title === undefined || status < 300 || status === 304) return undefined;
  const isHeader = status === HEADER_TOO_LARGE;
  const heading = isHeader ? '400 Bad Request' : title;
  const detail = isHeader ? '<center>Request Header Or Cookie Too Large</center>\r\n' : '';
  return Buffer.from(
    `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${heading}</h1></center>\r\n${detail}` +
      `<hr><center>${signature}</center>\r\n</body>\r\n</html>\r\n`,
  );
}

/** nginx' own statuses are others on the wire. */
export function wireStatus(status: number): number {
  return status === HEADER_TOO_LARGE ? 400 : status;
}

/** The status line and headers, in nginx' order. */
export function head(exchange: Exchange, response: Response, keepsAlive: boolean): string {
  const { scope, connection } = exchange;
  const status = wireStatus(response.status);
  const reason = REASONS[status];
  const bodiless = status === 204 || status === 304;
  const lines = [
    `HTTP/1.1 ${reason === undefined ? status : `${status} ${reason}`}`,
    `Server: ${scope.serverTokens ? `nginx/${connection.version}` : 'nginx'}`,
    `Date: ${httpDate(connection.now())}`,
  ];
  if (response.contentType !== undefined && !bodiless) lines.push(`Content-Type: ${response.contentType}`);
  if (!bodiless) lines.push(`Content-Length: ${response.body.length}`);
  if (response.lastModified !== undefined) lines.push(`Last-Modified: ${httpDate(response.lastModified)}`);
  if (response.location !== undefined) lines.push(`Location: ${response.location}`);
  lines.push(`Connection: ${keepsAlive ? 'keep-alive' : 'close'}`);
  for (const [name, value] of response.headers ?? []) if (name === 'ETag') lines.push(`${name}: ${value}`);
  for (const { name, value, always } of scope.headers) {
    const filled = expand(value, exchange);
    if (filled !== '' && (always || DECORATED.has(status))) lines.push(`${name}: ${filled}`);
  }
  for (const [name, value] of response.headers ?? []) if (name !== 'ETag') lines.push(`${name}: ${value}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** Statuses that get what `add_header` adds. */
const DECORATED = new Set([200, 201, 204, 206, 301, 302, 303, 304, 307, 308]);

/** Wed, 25 Nov 2026 13:32:43 GMT */
export function httpDate(milliseconds: number): string {
  return new Date(milliseconds).toUTCString();
}
