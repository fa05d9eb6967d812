import type { IncomingMessage } from 'node:http';
import { type Protocol, PROTOCOLS } from './exec-frame.ts';
import { badRequest } from '../api/failures.ts';
import { forbidden } from './failure.ts';

/** Only exec and attach have streams both ways here. @throws {StatusError} */
export function checkUpgradable(path: string): void {
  const last = path.slice(path.lastIndexOf('/') + 1);
  if (last === 'portforward') throw badRequest('this practice cluster does not forward ports');
  if (last !== 'exec' && last !== 'attach')
    throw badRequest('this connection can not be upgraded: only exec and attach have streams both ways');
}

/** RFC 9110 */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/**
 * Which protocol to speak on a connection that wants to be upgraded.
 *
 * @throws {StatusError} when it can't be
 */
export function negotiate(request: Pick<IncomingMessage, 'method' | 'headers'>): Protocol {
  const { upgrade, 'sec-websocket-key': key, 'sec-websocket-version': version } = request.headers;
  const wanted = upgrade?.toLowerCase();
  if (wanted?.startsWith('spdy/') === true)
    throw badRequest(
      'this practice cluster executes over WebSocket only, not over SPDY: use kubectl 1.31 or newer, or 1.30 with KUBECTL_REMOTE_COMMAND_WEBSOCKETS=true',
    );
  if (wanted !== 'websocket')
    throw badRequest(`unable to upgrade: unsupported protocol ${upgrade ?? ''}`.trim());
  if (request.method !== 'GET') throw badRequest('a WebSocket connection begins with GET');
  if (version !== '13') throw badRequest('WebSocket version 13 is needed');
  if (key === undefined || !/^[+/0-9A-Za-z]{22}==$/.test(key)) throw badRequest('bad Sec-WebSocket-Key');
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((each) => each.trim());
  const wellFormed = offered.every((each) => TOKEN.test(each)) && new Set(offered).size === offered.length;
  if (offered.join('') !== '' && !wellFormed) throw badRequest('bad Sec-WebSocket-Protocol');
  const protocol = offered.flatMap((each) => PROTOCOLS.filter((known) => known === each))[0];
  if (protocol === undefined)
    throw forbidden(`unable to upgrade: unsupported subprotocol, one of ${PROTOCOLS.join(', ')} is needed`);
  return protocol;
}
