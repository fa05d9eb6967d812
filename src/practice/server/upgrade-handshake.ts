import type { IncomingMessage } from 'node:http';
import { badRequest } from '../api/failures.ts';
import { forbidden } from './failure.ts';

type Request = Pick<IncomingMessage, 'method' | 'headers'>;

/** What may have streams both ways. @throws {StatusError} for all else */
export function checkUpgradable(path: string): 'exec' | 'attach' | 'portforward' {
  const last = path.slice(path.lastIndexOf('/') + 1);
  if (last === 'exec' || last === 'attach' || last === 'portforward') return last;
  throw badRequest(
    'this connection can not be upgraded: only exec, attach and portforward have streams both ways',
  );
}

/** RFC 9110 */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Which kind of connection is wanted: kubectl before 1.30 speaks SPDY. @throws {StatusError} */
export function wantedUpgrade({ headers: { upgrade = '' } }: Request): 'SPDY/3.1' | 'websocket' {
  const wanted = upgrade.toLowerCase();
  if (wanted === 'spdy/3.1') return 'SPDY/3.1';
  if (wanted === 'websocket') return 'websocket';
  throw badRequest(`unable to upgrade: unsupported protocol ${upgrade}`.trim());
}

/**
 * Which of our subprotocols to speak over a WebSocket.
 *
 * @throws {StatusError} when it can't be
 */
export function negotiateWebSocket<Protocol extends string>(
  request: Request,
  protocols: readonly Protocol[],
): Protocol {
  const { 'sec-websocket-key': key, 'sec-websocket-version': version } = request.headers;
  if (request.method !== 'GET') throw badRequest('a WebSocket connection begins with GET');
  if (version !== '13') throw badRequest('WebSocket version 13 is needed');
  if (key === undefined || !/^[+/0-9A-Za-z]{22}==$/.test(key)) throw badRequest('bad Sec-WebSocket-Key');
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((each) => each.trim());
  // ws takes no token with a slash, as the tunnel's name has one.
  const wellFormed = offered.every((each) => TOKEN.test(each.replace('/', ''))) && isDistinct(offered);
  if (offered.join('') !== '' && !wellFormed) throw badRequest('bad Sec-WebSocket-Protocol');
  const protocol = firstOf(offered, protocols);
  if (protocol === undefined)
    throw forbidden(`unable to upgrade: unsupported subprotocol, one of ${protocols.join(', ')} is needed`);
  return protocol;
}

/** The same over SPDY, where a header of Kubernetes' own names them. @throws {StatusError} */
export function negotiateSpdy(request: Request, protocols: readonly string[]): string {
  const header = request.headers['x-stream-protocol-version'] ?? '';
  const offered = String(header)
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
  if (offered.length === 0) throw badRequest('unable to upgrade: X-Stream-Protocol-Version is required');
  const protocol = firstOf(offered, protocols);
  if (protocol === undefined)
    throw forbidden(
      `unable to upgrade: unable to negotiate protocol: client supports [${offered.join(' ')}], server accepts [${protocols.join(' ')}]`,
    );
  return protocol;
}

/** The client's first that we know. */
function firstOf<Protocol extends string>(
  offered: readonly string[],
  protocols: readonly Protocol[],
): Protocol | undefined {
  return offered.flatMap((each) => protocols.filter((known) => known === each))[0];
}

function isDistinct(words: readonly string[]): boolean {
  return new Set(words).size === words.length;
}
