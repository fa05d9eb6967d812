import { ConfigError, type Directive } from './config.ts';

/** Where a directive may stand. */
export type Context = 'main' | 'events' | 'http' | 'server' | 'location' | 'types';

interface Rule {
  contexts: Context[];
  /** Least and most arguments; `flag` is on or off. */
  args: [number, number] | 'flag';
  block?: Context;
}

const HTTP: Context[] = ['http', 'server', 'location'];

/** The directives that this nginx knows. */
const RULES: Record<string, Rule> = {
  user: { contexts: ['main'], args: [1, 2] },
  worker_processes: { contexts: ['main'], args: [1, 1] },
  worker_rlimit_nofile: { contexts: ['main'], args: [1, 1] },
  pid: { contexts: ['main'], args: [1, 1] },
  daemon: { contexts: ['main'], args: 'flag' },
  master_process: { contexts: ['main'], args: 'flag' },
  error_log: { contexts: ['main', ...HTTP], args: [1, 2] },
  include: { contexts: ['main', 'events', ...HTTP, 'types'], args: [1, 1] },
  events: { contexts: ['main'], args: [0, 0], block: 'events' },
  worker_connections: { contexts: ['events'], args: [1, 1] },
  multi_accept: { contexts: ['events'], args: 'flag' },
  use: { contexts: ['events'], args: [1, 1] },
  http: { contexts: ['main'], args: [0, 0], block: 'http' },
  types: { contexts: HTTP, args: [0, 0], block: 'types' },
  default_type: { contexts: HTTP, args: [1, 1] },
  log_format: { contexts: ['http'], args: [2, Infinity] },
  access_log: { contexts: HTTP, args: [1, Infinity] },
  sendfile: { contexts: HTTP, args: 'flag' },
  tcp_nopush: { contexts: HTTP, args: 'flag' },
  tcp_nodelay: { contexts: HTTP, args: 'flag' },
  keepalive_timeout: { contexts: HTTP, args: [1, 2] },
  keepalive_requests: { contexts: HTTP, args: [1, 1] },
  client_max_body_size: { contexts: HTTP, args: [1, 1] },
  server_tokens: { contexts: HTTP, args: [1, 1] },
  gzip: { contexts: HTTP, args: 'flag' },
  server: { contexts: ['http'], args: [0, 0], block: 'server' },
  listen: { contexts: ['server'], args: [1, Infinity] },
  server_name: { contexts: ['server'], args: [1, Infinity] },
  location: { contexts: ['server', 'location'], args: [1, 2], block: 'location' },
  root: { contexts: HTTP, args: [1, 1] },
  alias: { contexts: ['location'], args: [1, 1] },
  index: { contexts: HTTP, args: [1, Infinity] },
  try_files: { contexts: ['server', 'location'], args: [2, Infinity] },
  error_page: { contexts: HTTP, args: [2, Infinity] },
  add_header: { contexts: HTTP, args: [2, 3] },
  return: { contexts: ['server', 'location'], args: [1, 2] },
};

/** These may stand several times in one block. */
const REPEATABLE = new Set(
  'include types server location listen server_name log_format access_log error_log error_page add_header index return'.split(
    ' ',
  ),
);

/** Directives of the real nginx that people are likely to write, which the practice cluster doesn't model. */
const NOT_MODELLED = new Set(
  `proxy_pass proxy_set_header proxy_http_version proxy_read_timeout proxy_connect_timeout proxy_buffering
  proxy_redirect proxy_cache fastcgi_pass fastcgi_param uwsgi_pass grpc_pass upstream map geo split_clients set if
  rewrite autoindex allow deny satisfy auth_basic auth_basic_user_file auth_request limit_req limit_req_zone limit_conn
  ssl_certificate ssl_certificate_key ssl_protocols ssl_ciphers http2 resolver resolver_timeout expires charset
  gzip_types gzip_vary gzip_min_length gzip_proxied gzip_comp_level gzip_disable sub_filter stub_status stream mail
  load_module env worker_cpu_affinity internal limit_except client_body_timeout client_header_timeout send_timeout
  real_ip_header set_real_ip_from server_names_hash_bucket_size types_hash_max_size port_in_redirect absolute_redirect
  open_file_cache mirror js_import`
    .split(/\s+/)
    .filter((name) => name !== ''),
);

/**
 * Refuses what nginx refuses: directives that it doesn't know, in the wrong place, or with the wrong arguments. What
 * `include` names is put in its place.
 *
 * @param include the files' directives; reads them. @throws {ConfigError}
 */
export function checked(
  directives: Directive[],
  context: Context,
  include: (directive: Directive) => Directive[],
): Directive[] {
  const seen = new Set<string>();
  return directives.flatMap((directive) => {
    if (context === 'types' && directive.name !== 'include') return [directive];
    const rule = check(directive, context);
    if (seen.has(directive.name) && !REPEATABLE.has(directive.name)) throw duplicate(directive);
    seen.add(directive.name);
    if (directive.name === 'include') return checked(include(directive), context, include);
    if (rule.block === undefined) return [directive];
    return [{ ...directive, block: checked(directive.block ?? [], rule.block, include) }];
  });
}

function check(directive: Directive, context: Context): Rule {
  const { name, args } = directive;
  const rule = Object.hasOwn(RULES, name) ? RULES[name] : undefined;
  if (rule === undefined && NOT_MODELLED.has(name))
    throw new ConfigError(`directive "${name}" is not modelled by the practice cluster`, directive);
  if (rule === undefined) throw new ConfigError(`unknown directive "${name}"`, directive);
  if (!rule.contexts.includes(context))
    throw new ConfigError(`"${name}" directive is not allowed here`, directive);
  if (directive.block === undefined && rule.block !== undefined)
    throw new ConfigError(`directive "${name}" has no opening "{"`, directive);
  if (directive.block !== undefined && rule.block === undefined)
    throw new ConfigError(`directive "${name}" is not terminated by ";"`, directive);
  const [least, most] = rule.args === 'flag' ? [1, 1] : rule.args;
  if (args.length < least || args.length > most)
    throw new ConfigError(`invalid number of arguments in "${name}" directive`, directive);
  if (rule.args === 'flag' && !/^(on|off)$/i.test(args[0]!))
    throw new ConfigError(
      `invalid value "${args[0]}" in "${name}" directive, it must be "on" or "off"`,
      directive,
    );
  return rule;
}

export function duplicate(directive: Directive): ConfigError {
  return new ConfigError(`"${directive.name}" directive is duplicate`, directive);
}
