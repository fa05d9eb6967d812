import { isIPv4, isIPv6 } from 'node:net';
import { ConfigError, type Directive } from './config.ts';
import { raise } from './values.ts';

/** An address and port to listen on. */
export interface Listen {
  address: string;
  port: number;
  v6only: boolean;
  isDefault: boolean;
  /** The directive, where there is one. */
  at?: Directive;
}

/** Parameters that change nothing here. */
const LISTEN_PARAMETERS = /^(reuseport|deferred|bind|backlog=\d+|rcvbuf=\w+|sndbuf=\w+|so_keepalive=\S+)$/;

/** @throws {ConfigError} */
export function readListen(directive: Directive): Listen {
  const [value = '', ...parameters] = directive.args;
  const listen = { ...readAddress(value, directive), v6only: true, isDefault: false, at: directive };
  for (const parameter of parameters) {
    if (parameter === 'default_server' || parameter === 'default') listen.isDefault = true;
    else if (parameter === 'ipv6only=off') listen.v6only = false;
    else if (/^(ssl|http2|proxy_protocol|quic)$/.test(parameter))
      throw new ConfigError(
        `parameter "${parameter}" of "listen" is not modelled by the practice cluster`,
        directive,
      );
    else if (parameter !== 'ipv6only=on' && !LISTEN_PARAMETERS.test(parameter))
      throw new ConfigError(`invalid parameter "${parameter}"`, directive);
  }
  return listen;
}

function readAddress(value: string, directive: Directive): { address: string; port: number } {
  const wrong = (what: string): never =>
    raise(new ConfigError(`${what} in "${value}" of the "listen" directive`, directive));
  if (value.startsWith('unix:'))
    throw new ConfigError('unix sockets are not modelled by the practice cluster', directive);
  const port = (text: string | undefined): number => {
    if (text === undefined) return 80;
    return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535
      ? Number(text)
      : wrong('invalid port');
  };
  const six = /^\[([^\]]*)\](?::(.*))?$/.exec(value);
  if (six !== null) {
    if (!isIPv6(six[1]!)) wrong('invalid IPv6 address');
    return { address: six[1]!, port: port(six[2]) };
  }
  if (value.startsWith('[')) wrong('invalid host');
  if (/^\d+$/.test(value)) return { address: '0.0.0.0', port: port(value) };
  const [host = '', number] = value.split(/:(.*)/s);
  const numeric = port(number);
  if (host === '*' || host === '0.0.0.0') return { address: '0.0.0.0', port: numeric };
  if (host === '') wrong('no host');
  if (host === 'localhost') return { address: '127.0.0.1', port: numeric };
  if (!isIPv4(host)) wrong('host not found');
  return { address: host, port: numeric };
}

export function isSame(a: Listen, b: Listen): boolean {
  return a.address === b.address && a.port === b.port;
}

/** As nginx writes it: [::]:80 */
export function endpoint({ address, port }: { address: string; port: number }): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
