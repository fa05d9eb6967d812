import { ConfigError, type Directive } from './config.ts';
import { type ErrorLog, readErrorLog } from './error-log.ts';
import { endpoint, isSame, type Listen, readListen } from './listen.ts';
import { type Location, readLocations } from './location.ts';
import { COMBINED, DEFAULTS, readScope, type Scope } from './scope.ts';
import { invalidValue } from './values.ts';

/** What a configuration comes to. */
export interface Settings {
  daemon: boolean;
  user: string;
  workers: number;
  errorLog: ErrorLog;
  pidFile: string;
  servers: Server[];
  /** What `http` itself says. */
  http: Scope;
  /** What nginx only remarks. */
  warnings: string[];
  /** Every address and port to listen on, with the server that answers unknown names. */
  listens: Listen[];
}

export interface Server {
  names: string[];
  listens: Listen[];
  scope: Scope;
  locations: Location[];
}

/** `auto` counts the processors; a practice Node has two. */
const PROCESSORS = 2;

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
    http: scope,
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

function joined(servers: Server[]): Pick<Settings, 'listens' | 'warnings'> {
  const listens: Listen[] = [];
  const warnings: string[] = [];
  for (const [index, server] of servers.entries())
    for (const listen of server.listens) {
      const known = listens.find((each) => isSame(each, listen));
      if (known === undefined) listens.push({ ...listen });
      else if (listen.isDefault && known.isDefault)
        throw new ConfigError(`a duplicate default server for ${endpoint(listen)}`, listen.at);
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
