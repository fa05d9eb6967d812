import { ConfigError, type Directive } from './config.ts';
import { type ErrorLog, readErrorLog } from './error-log.ts';
import { invalidValue, raise, seconds, size } from './values.ts';
import { checkVariables } from './variables.ts';

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

export const COMBINED =
  '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"';

/** What holds where the configuration says nothing. */
export const DEFAULTS: Scope = {
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

/** @param formats of access logs by their name; new ones are added @throws {ConfigError} */
export function readScope(block: Directive[], outer: Scope, formats: Map<string, string>): Scope {
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
