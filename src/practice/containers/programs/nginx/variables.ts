import { ConfigError } from './config.ts';
import type { Exchange } from './exchange.ts';

/** nginx' variables that this nginx has; undefined is shown as `-` in a log and as nothing elsewhere. */
const VARIABLES: Record<string, (exchange: Exchange) => string | number | undefined> = {
  args: ({ request }) => request.query,
  body_bytes_sent: ({ bodySent }) => bodySent,
  bytes_sent: ({ sent }) => sent,
  connection: ({ connection }) => connection.serial,
  connection_requests: ({ connection }) => connection.requests,
  content_length: ({ request }) => request.headers.get('content-length'),
  content_type: ({ request }) => request.headers.get('content-type'),
  document_root: ({ scope }) => scope.root,
  document_uri: ({ uri }) => uri,
  host: ({ host, server }) => host || server.names[0],
  hostname: ({ connection }) => connection.hostname,
  is_args: ({ request }) => (request.query === undefined ? '' : '?'),
  msec: ({ connection }) => (connection.now() / 1000).toFixed(3),
  nginx_version: ({ connection }) => connection.version,
  pid: ({ connection }) => connection.pid,
  query_string: ({ request }) => request.query,
  remote_addr: ({ connection }) => connection.remote.address,
  remote_port: ({ connection }) => connection.remote.port,
  remote_user: () => undefined,
  request: ({ request }) => request.line,
  request_length: ({ request }) => request.length,
  request_method: ({ request }) => request.method,
  request_time: ({ connection, begun }) => ((connection.now() - begun) / 1000).toFixed(3),
  request_uri: ({ request }) => request.target,
  scheme: () => 'http',
  server_addr: ({ connection }) => connection.local.address,
  server_name: ({ server }) => server.names[0],
  server_port: ({ connection }) => connection.local.port,
  server_protocol: ({ request }) => request.protocol,
  status: ({ status }) => String(status).padStart(3, '0'),
  time_iso8601: ({ connection }) => `${new Date(connection.now()).toISOString().slice(0, 19)}+00:00`,
  time_local: ({ connection }) => localTime(connection.now()),
  uri: ({ uri }) => uri,
};

const NAME = /\$(?:\{(\w+)\}|(\w+))/g;

/** @throws {ConfigError} for a name that no variable has */
export function checkVariables(template: string): void {
  for (const match of template.matchAll(NAME)) {
    const name = (match[1] ?? match[2]!).toLowerCase();
    if (!Object.hasOwn(VARIABLES, name) && !/^(http|arg)_./.test(name))
      throw new ConfigError(`unknown "${name}" variable`);
  }
}

/** Fills a text in. @param absent what stands for a variable without a value */
export function expand(
  template: string,
  exchange: Exchange,
  absent = '',
  escape: (value: string) => string = String,
): string {
  return template.replace(NAME, (_, braced: string | undefined, plain: string) => {
    const name = (braced ?? plain).toLowerCase();
    const value = variable(name, exchange);
    return value === undefined || value === '' ? absent : escape(String(value));
  });
}

function variable(name: string, exchange: Exchange): string | number | undefined {
  if (Object.hasOwn(VARIABLES, name)) return VARIABLES[name]?.(exchange);
  const { request } = exchange;
  if (name.startsWith('http_')) return request.headers.get(name.slice(5).replaceAll('_', '-'));
  const wanted = name.slice('arg_'.length);
  for (const pair of request.query?.split('&') ?? []) {
    const [key = '', value = ''] = pair.split(/=(.*)/s);
    if (key.toLowerCase() === wanted) return value;
  }
  return undefined;
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** 25/Nov/2026:13:32:43 +0000 */
function localTime(now: number): string {
  const iso = new Date(now).toISOString();
  return `${iso.slice(8, 10)}/${MONTHS[Number(iso.slice(5, 7)) - 1]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}
