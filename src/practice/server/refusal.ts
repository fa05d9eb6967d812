import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { KubeletRefusal } from '../api/kubelet-refusal.ts';
import { StatusError } from '../api/status-error.ts';
import { statusOf } from '../api/status.ts';
import { badRequest } from '../api/failures.ts';

/** A refusal as an answer. A kubelet's own is plain text, to which the client adds what it could not do. */
export function refusal(error: StatusError): {
  status: number;
  headers: Record<string, string>;
  body: string;
} {
  if (error instanceof KubeletRefusal)
    return { status: error.code, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body: error.said };
  const seconds = error.details?.retryAfterSeconds;
  return {
    status: error.code,
    headers: {
      'Content-Type': 'application/json',
      ...(seconds === undefined ? {} : { 'Retry-After': String(seconds) }),
    },
    body: `${JSON.stringify(statusOf(error))}\n`,
  };
}

/** A refusal on a connection that Node's HTTP has given up, or handed over. Closes it. */
export function refuseOn(socket: Duplex, error: StatusError): void {
  const { status, headers, body } = refusal(error);
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  // What the client still sends is read for a moment: a socket closed over unread bytes is reset, the answer with it.
  socket.resume();
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
  const timer = setTimeout(() => socket.destroy(), 500);
  socket.on('close', () => clearTimeout(timer));
}

/** What Node's HTTP parser did not take for a request. @param code of the error it throws */
export function malformed(code: string | undefined): StatusError {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new StatusError(431, 'RequestHeaderFieldsTooLarge', 'the request line and headers are too large');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new StatusError(408, 'Timeout', 'the request took too long to arrive');
  return badRequest('this is not HTTP/1.1');
}
