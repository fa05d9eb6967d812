import { STATUS_CODES } from 'node:http';
import type { GoRequest } from './http-request.ts';

/** What a handler answers. */
export interface GoResponse {
  status?: number;
  /** Names in canonical form. */
  headers?: Record<string, string>;
  body?: string;
}

/** What net/http holds back of a body to know its length; a longer one is sent in chunks. */
const BUFFER = 2048;

/** http.Error */
export function errorResponse(status: number, message: string): GoResponse {
  return {
    status,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' },
    body: `${message}\n`,
  };
}

/** http.Redirect, which writes a page for GET only. */
export function redirectResponse(request: GoRequest, location: string, status: number): GoResponse {
  const headers: Record<string, string> = { Location: location };
  if (request.method === 'GET' || request.method === 'HEAD')
    headers['Content-Type'] = 'text/html; charset=utf-8';
  const escaped = location
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&#34;')
    .replaceAll("'", '&#39;');
  const body = request.method === 'GET' ? `<a href="${escaped}">${STATUS_CODES[status] ?? ''}</a>.\n\n` : '';
  return { status, headers, body };
}

/** The response on the wire, as net/http orders it. */
export function writeResponse(
  request: GoRequest,
  response: GoResponse,
  options: { keepsAlive: boolean; now: number },
): Uint8Array {
  const { status = 200, headers = {}, body = '' } = response;
  const bytes = Buffer.from(body);
  const isChunked = bytes.length > BUFFER && request.protocol === 'HTTP/1.1';
  const hasBody = status >= 200 && status !== 204 && status !== 304;
  const lines = [`${request.protocol} ${status} ${STATUS_CODES[status] ?? `status code ${status}`}`];
  for (const name of Object.keys(headers).sort()) lines.push(`${name}: ${headers[name]}`);
  lines.push(`Date: ${new Date(options.now).toUTCString()}`);
  // Of what HEAD leaves out it tells the length, where there is one.
  const isMeasured = bytes.length <= BUFFER && hasBody && (request.method !== 'HEAD' || bytes.length > 0);
  if (isMeasured) lines.push(`Content-Length: ${bytes.length}`);
  if (hasBody && bytes.length > 0 && headers['Content-Type'] === undefined)
    lines.push(`Content-Type: ${contentType(body)}`);
  if (!options.keepsAlive && request.protocol === 'HTTP/1.1') lines.push('Connection: close');
  if (options.keepsAlive && request.protocol === 'HTTP/1.0') lines.push('Connection: keep-alive');
  if (isChunked && hasBody) lines.push('Transfer-Encoding: chunked');
  const top = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  if (request.method === 'HEAD' || !hasBody) return top;
  if (!isChunked) return Buffer.concat([top, bytes]);
  return Buffer.concat([
    top,
    Buffer.from(`${bytes.length.toString(16)}\r\n`),
    bytes,
    Buffer.from('\r\n0\r\n\r\n'),
  ]);
}

/** http.DetectContentType, as far as what is answered here can be anything but text. */
function contentType(body: string): string {
  const text = body.replace(/^[\t\n\f\r ]+/, '');
  if (
    /^<(!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|!--)[ >]/i.test(
      text,
    )
  )
    return 'text/html; charset=utf-8';
  if (text.startsWith('<?xml')) return 'text/xml; charset=utf-8';
  if (body.startsWith('%PDF-')) return 'application/pdf';
  // oxlint-disable-next-line no-control-regex -- they are what tells text from other things
  return /[\0-\x08\x0b\x0e-\x1a\x1c-\x1f]/.test(body.slice(0, 512))
    ? 'application/octet-stream'
    : 'text/plain; charset=utf-8';
}
