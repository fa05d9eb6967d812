import { isIP } from 'node:net';
import { inSubnet, isLoopback } from '../cluster/address.ts';
import { attention, type Finding, ok } from './finding.ts';

const ABOUT = 'proxy';

/**
 * Proxy variables: kubectl obeys them (golang.org/x/net/http/httpproxy), the tutor goes to the API server directly. They
 * agree where NO_PROXY covers the server.
 */
export function examineProxy(env: Record<string, string | undefined>, server: string): Finding {
  const { protocol, hostname, port } = new URL(server);
  const name = protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const used = [name, name.toLowerCase()].find((each) => env[each]);
  if (used === undefined) return ok(ABOUT, 'proxy-none', 'no proxy is set');
  const host = hostname.replace(/^\[|\]$/g, '');
  const exceptions = env['NO_PROXY'] || env['no_proxy'] || '';
  if (bypasses(exceptions, host, port || (protocol === 'https:' ? '443' : '80')))
    return ok(ABOUT, 'proxy-bypassed', `${used} is set, and does not concern ${host}`);
  return attention(
    ABOUT,
    'proxy-in-the-way',
    `${used} is set: kubectl goes to ${host} through that proxy, the tutor goes there directly`,
    `Is ${host} in your own network? Then keep kubectl from the proxy, too: export NO_PROXY=${[exceptions, host].filter((each) => each !== '').join(',')}`,
  );
}

/** Whether a host is reached without the proxy. Loopback always is; otherwise by NO_PROXY's elements. */
export function bypasses(exceptions: string, host: string, port: string): boolean {
  if (host === 'localhost' || isLoopback(host)) return true;
  return exceptions
    .split(',')
    .map((each) => each.trim().toLowerCase())
    .some((each) => each !== '' && covers(each, host.toLowerCase(), port));
}

function covers(exception: string, host: string, port: string): boolean {
  if (exception === '*' || exception === host) return true;
  if (exception.includes('/')) return inSubnet(host, exception);
  const [, name = exception, only] = /^(.*?):(\d+)$/.exec(exception) ?? [];
  if (only !== undefined && only !== port) return false;
  if (name === host) return true;
  if (isIP(host) !== 0) return false;
  return host.endsWith(name.startsWith('.') ? name : `.${name.replace(/^\*\./, '')}`);
}
