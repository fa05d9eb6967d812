import type { IncomingMessage } from 'node:http';
import type { User } from '../api/http.ts';
import { badRequest } from '../api/failures.ts';
import { forbidden, unauthorized } from './failure.ts';

/** Names of this server: those in its certificate. */
const HOSTS = /^(127\.0\.0\.1|localhost|\[::1\]|kubernetes)(:\d+)?$/i;

/**
 * Lets in who may talk to this server at all. A web page can't, whatever it knows: its requests carry an Origin, and
 * those of a name that was made to lead here carry that name.
 *
 * @throws {StatusError}
 */
export function admit(
  request: Pick<IncomingMessage, 'headers'>,
  authenticate: (authorization: string | undefined) => User | undefined,
): User {
  const { host, origin, authorization } = request.headers;
  if (host === undefined) throw badRequest('the Host header is missing');
  if (!HOSTS.test(host)) throw forbidden('this server has no such name as the Host header says');
  if (origin !== undefined) throw forbidden('this server does not answer web pages');
  const user = authenticate(authorization);
  if (user === undefined) throw unauthorized;
  return user;
}
