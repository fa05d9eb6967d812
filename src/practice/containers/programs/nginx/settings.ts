import { isIPv4, isIPv6 } from 'node:net';
import { ConfigError, type Directive } from './config.ts';
import { checkVariables } from './variables.ts';

/** What a configuration comes to. */
export interface Settings {
  daemon: boolean;
  user: string;
  workers: number;
  errorLog: ErrorLog;
  pidFile: string;
  servers: Server[];
  /** What nginx only remarks. */
  warnings: string[];
  /** Every address and port to listen on, with the server that answers unknown names. */
  listens: Listen[];
}

export interface ErrorLog {
  path: string;
  level: string;
}

export interface Listen {
  address: string;
  port: number;
  v6only: boolean;
  isDefault: boolean;
}

/** Settings that a block inherits from the block around it. */
export interface Scope {
  root: string;
  alias: string | undefined;
  index: string[];
  accessLogs: { path: string; format: string }[];
  errorLog: ErrorLog;
  keepaliveSeconds: number;
  keepaliveRequests: number;
  serverTokens: boolean;
  defaultType: string;
  types: Map<string, string>;
  errorPages: Map<number, { uri: string; status: number | undefined }>;
  headers: { name: string; value: string; always: boolean }[];
  /** Bytes; 0 is any. */
  mostBody: number;
  tryFiles: string[] | undefined;
  return: { status: number; text: string | undefined } | undefined;
}

export interface Server {
  names: string[];
  listens: Listen[];
  scope: Scope;
  locations: Location[];
}

export interface Location {
  kind: 'prefix' | 'exact' | 'regex';
  /** `^~`: a regex is not asked any more. */
  isFinal: boolean;
  path: string;
  pattern: RegExp | undefined;
  scope: Scope;
  locations: Location[];
}

/** `auto` counts the processors; a practice Node has two. */
const PROCESSORS = 2;

const COMBINED =
  '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"';

const DEFAULTS: Scope = {
  root: '/etc/nginx/html',
  alias: undefined,
  index: ['index.html'],
  accessLogs: [{ path: '/var/log/nginx/access.log', format: COMBINED }],
  errorLog: { path: '/var/log/nginx/error.log', level: 'error' },
  keepaliveSeconds: 75,
  keepaliveRequests: 1000,
  serverTokens: true,
  defaultType: 'text/plain',
  types: new Map([
    ['html', 'text/html'],
    ['gif', 'image/gif'],
    ['jpg', 'image/jpeg'],
  ]),
  errorPages: new Map(),
  headers: [],
  mostBody: 1024 * 1024,
  tryFiles: undefined,
  return: undefined,
};

/** @param main checked directives @param users who may be named as `user` @throws {ConfigError} */
export function readSettings(main: Directive[], hasUser: (name: string) => boolean): Settings {
  const formats = new Map([['combined', COMBINED]]);
  const user = find(main, 'user');
  if (user !== undefined && !hasUser(user.args[0]!))
    throw new ConfigError(`getpwnam("${user.args[0]}") failed`, user);
  const errorLog = readErrorLog(main) ?? DEFAULTS.errorLog;
  const http = find(main, 'http')?.block ?? [];
  const scope = readScope(http, { ...DEFAULTS, errorLog }, formats);
  const servers = http
    .filter((each) => each.name === 'server')
    .map((each) => readServer(each.block ?? [], scope, formats));
  const { listens, warnings } = joined(servers);
  if (find(main, 'events') === undefined) throw new ConfigError('no "events" section in configuration');
  return {
    daemon: find(main, 'daemon')?.args[0]?.toLowerCase() !== 'off',
    user: user?.args[0] ?? 'nobody',
    workers: readWorkers(find(main, 'worker_processes')),
    errorLog,
    pidFile: find(main, 'pid')?.args[0] ?? '/run/nginx.pid',
    servers,
    listens,
    warnings,
  };
}

function find(block: Directive[], name: string): Directive | undefined {
  return block.find((each) => each.name === name);
}

function readWorkers(directive: Directive | undefined): number {
  const value = directive?.args[0] ?? '1';
  if (value === 'auto') return PROCESSORS;
  if (!/^[1-9]\d{0,3}$/.test(value)) throw invalidValue(directive!);
  return Number(value);
}

function invalidValue(directive: Directive): ConfigError {
  return new ConfigError(`"${directive.name}" directive invalid value`, directive);
}

const LEVELS = ['debug', 'info', 'notice', 'warn', 'error', 'crit', 'alert', 'emerg'];

function readErrorLog(block: Directive[]): ErrorLog | undefined {
  const directive = block.findLast((each) => each.name === 'error_log');
  if (directive === undefined) return undefined;
  const [path = '', level = 'error'] = directive.args;
  if (!LEVELS.includes(level)) throw new ConfigError(`invalid log level "${level}"`, directive);
  return { path, level };
}

/** Whether an error log of this level keeps a line of that one. */
export function isLogged(level: string, log: ErrorLog): boolean {
  return LEVELS.indexOf(level) >= LEVELS.indexOf(log.level);
}

function readScope(block: Directive[], outer: Scope, formats: Map<string, string>): Scope {
  // `try_files` and `return` belong to their own block alone.
  const scope: Scope = { ...outer, tryFiles: undefined, return: undefined };
  for (const each of block)
    if (each.name === 'log_format') {
      const [name, ...parts] = each.args.filter((arg) => !arg.startsWith('escape='));
      if (formats.has(name!)) throw new ConfigError(`duplicate "log_format" name "${name}"`, each);
      checkVariables(parts.join(''));
      formats.set(name!, parts.join(''));
    }
  scope.errorLog = readErrorLog(block) ?? outer.errorLog;
  const several = { accessLogs: false, errorPages: false, headers: false, types: false, index: false };
  const first = (kind: keyof typeof several): boolean => {
    const isFirst = !several[kind];
    several[kind] = true;
    return isFirst;
  };
  for (const each of block) {
    const [value = '', ...more] = each.args;
    switch (each.name) {
      case 'root':
      case 'alias': {
        const other = block.find((it) => it.name === 'alias' || it.name === 'root');
        if (other !== each && other!.name !== each.name)
          throw new ConfigError(
            `"${each.name}" directive is duplicate, "${other!.name}" directive was specified earlier`,
            each,
          );
        checkVariables(value);
        scope.alias = each.name === 'alias' ? value : undefined;
        scope.root = value.startsWith('/') ? value : `/etc/nginx/${value}`;
        break;
      }
      case 'index':
        scope.index = first('index') ? each.args : [...scope.index, ...each.args];
        break;
      case 'access_log': {
        if (first('accessLogs')) scope.accessLogs = [];
        if (value === 'off') break;
        const name = more[0] === undefined || more[0].includes('=') ? 'combined' : more[0];
        const format = formats.get(name);
        if (format === undefined) throw new ConfigError(`unknown log format "${name}"`, each);
        scope.accessLogs = [...scope.accessLogs, { path: value, format }];
        break;
      }
      case 'keepalive_timeout':
        scope.keepaliveSeconds = seconds(value) ?? raise(invalidValue(each));
        break;
      case 'keepalive_requests':
        if (!/^\d+$/.test(value)) throw new ConfigError('invalid number', each);
        scope.keepaliveRequests = Number(value);
        break;
      case 'client_max_body_size':
        scope.mostBody = size(value) ?? raise(invalidValue(each));
        break;
      case 'server_tokens':
        if (!/^(on|off|build)$/.test(value)) throw new ConfigError(`invalid value "${value}"`, each);
        scope.serverTokens = value !== 'off';
        break;
      case 'default_type':
        scope.defaultType = value;
        break;
      case 'types':
        if (first('types')) scope.types = new Map();
        for (const type of each.block ?? [])
          for (const extension of type.args) scope.types.set(extension.toLowerCase(), type.name);
        break;
      case 'error_page': {
        if (first('errorPages')) scope.errorPages = new Map();
        readErrorPage(each, scope.errorPages);
        break;
      }
      case 'add_header':
        if (first('headers')) scope.headers = [];
        checkVariables(more[0]!);
        if (more[1] !== undefined && more[1] !== 'always')
          throw new ConfigError(`invalid parameter "${more[1]}"`, each);
        scope.headers = [...scope.headers, { name: value, value: more[0]!, always: more[1] === 'always' }];
        break;
      case 'try_files':
        for (const arg of each.args) checkVariables(arg);
        scope.tryFiles = each.args;
        break;
      case 'return':
        // The first one ends the request.
        scope.return ??= readReturn(each);
    }
  }
  return scope;
}

function raise(error: Error): never {
  throw error;
}

function readErrorPage(directive: Directive, pages: Scope['errorPages']): void {
  const uri = directive.args.at(-1)!;
  const codes = directive.args.slice(0, -1);
  const answer = codes.at(-1)!.startsWith('=') ? codes.pop() : undefined;
  const status = answer === undefined ? undefined : Number(answer.slice(1) || '200');
  if (status !== undefined && Number.isNaN(status))
    throw new ConfigError(`invalid value "${answer}"`, directive);
  for (const code of codes) {
    if (!/^\d+$/.test(code)) throw new ConfigError(`invalid value "${code}"`, directive);
    if (Number(code) < 300 || Number(code) > 599)
      throw new ConfigError(`value "${code}" must be between 300 and 599`, directive);
    pages.set(Number(code), { uri, status });
  }
}

function readReturn(directive: Directive): NonNullable<Scope['return']> {
  const [first = '', text] = directive.args;
  if (text === undefined && /^(https?:\/\/|\$scheme)/.test(first)) {
    checkVariables(first);
    return { status: 302, text: first };
  }
  if (!/^\d{1,3}$/.test(first)) throw new ConfigError(`invalid return code "${first}"`, directive);
  if (text !== undefined) checkVariables(text);
  return { status: Number(first), text };
}

function seconds(text: string): number | undefined {
  const [, number, unit = 's'] = /^(\d+)(ms|s|m|h|d)?$/.exec(text) ?? [];
  if (number === undefined) return undefined;
  return (
    Number(number) * { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 }[unit as 'ms' | 's' | 'm' | 'h' | 'd']
  );
}

function size(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d+)([kmg]?)$/i.exec(text) ?? [];
  if (number === undefined) return undefined;
  return Number(number) * 1024 ** ['', 'k', 'm', 'g'].indexOf(unit.toLowerCase());
}

function readServer(block: Directive[], outer: Scope, formats: Map<string, string>): Server {
  const scope = readScope(block, outer, formats);
  const listens: Listen[] = [];
  for (const each of block) {
    if (each.name !== 'listen') continue;
    const listen = readListen(each);
    if (listens.some((other) => isSame(other, listen)))
      throw new ConfigError(`a duplicate listen ${endpoint(listen)}`, each);
    listens.push(listen);
  }
  if (listens.length === 0) listens.push({ address: '0.0.0.0', port: 80, v6only: false, isDefault: false });
  const names = block
    .filter((each) => each.name === 'server_name')
    .flatMap((each) => each.args.map((name) => name.toLowerCase()));
  if (names.some((name) => name.startsWith('~')))
    throw new ConfigError('patterns in "server_name" are not modelled by the practice cluster', block[0]);
  return {
    names: names.length > 0 ? names : [''],
    listens,
    scope,
    locations: readLocations(block, scope, formats),
  };
}

/** Parameters that change nothing here. */
const LISTEN_PARAMETERS = /^(reuseport|deferred|bind|backlog=\d+|rcvbuf=\w+|sndbuf=\w+|so_keepalive=\S+)$/;

function readListen(directive: Directive): Listen {
  const [value = '', ...parameters] = directive.args;
  const listen = { ...readAddress(value, directive), v6only: true, isDefault: false };
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

function joined(servers: Server[]): Pick<Settings, 'listens' | 'warnings'> {
  const listens: Listen[] = [];
  const warnings: string[] = [];
  for (const [index, server] of servers.entries())
    for (const listen of server.listens) {
      const known = listens.find((each) => isSame(each, listen));
      if (known === undefined) listens.push({ ...listen });
      else if (listen.isDefault && known.isDefault)
        throw new ConfigError(`a duplicate default server for ${endpoint(listen)}`);
      else known.isDefault ||= listen.isDefault;
      const taken = new Set<string>();
      for (const other of servers.slice(0, index))
        if (other.listens.some((each) => isSame(each, listen)))
          other.names.forEach((name) => taken.add(name));
      for (const name of server.names) {
        if (taken.has(name))
          warnings.push(`conflicting server name "${name}" on ${endpoint(listen)}, ignored`);
        taken.add(name);
      }
    }
  return { listens, warnings };
}

function readLocations(block: Directive[], outer: Scope, formats: Map<string, string>): Location[] {
  const locations: Location[] = [];
  for (const each of block) {
    if (each.name !== 'location') continue;
    const scope = readScope(each.block ?? [], outer, formats);
    const inner = readLocations(each.block ?? [], scope, formats);
    const location = { ...readPath(each), scope, locations: inner };
    const isTwin = (other: Location): boolean => other.path === location.path && other.kind === location.kind;
    if (location.kind !== 'regex' && locations.some(isTwin))
      throw new ConfigError(`duplicate location "${location.path}"`, each);
    locations.push(location);
  }
  return locations;
}

function readPath(directive: Directive): Omit<Location, 'scope' | 'locations'> {
  const [first = '', second] = directive.args;
  const [, glued = '', bare = first] = /^(=|\^~|~\*|~)(.+)$/.exec(first) ?? [];
  const modifier = second === undefined ? glued : first;
  const path = second ?? bare;
  switch (modifier) {
    case '':
    case '^~':
      return { kind: 'prefix', isFinal: modifier !== '', path, pattern: undefined };
    case '=':
      return { kind: 'exact', isFinal: true, path, pattern: undefined };
    case '~':
    case '~*':
      return { kind: 'regex', isFinal: false, path, pattern: pattern(path, modifier === '~*', directive) };
    default:
      throw new ConfigError(`invalid location modifier "${modifier}"`, directive);
  }
}

function pattern(source: string, ignoresCase: boolean, directive: Directive): RegExp {
  try {
    return new RegExp(source, ignoresCase ? 'i' : '');
  } catch {
    throw new ConfigError(`pcre2_compile() failed: invalid pattern in "${source}"`, directive);
  }
}
