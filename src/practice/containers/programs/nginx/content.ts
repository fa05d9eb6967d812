import { FileError } from '../../file-error.ts';
import type { FileNode } from '../../file-system.ts';
import { permitted, reach, readWhole } from '../../open.ts';
import type { Process } from '../../process.ts';
import type { Exchange } from './exchange.ts';
import { errorPage, httpDate, type Response } from './response.ts';
import type { Location } from './location.ts';
import type { Scope } from './scope.ts';
import type { Server } from './settings.ts';
import { expand } from './variables.ts';

/** nginx gives up a request that it redirects to itself. */
const MOST_REDIRECTS = 10;

/** Who answers: the worker whose rights count, and where it complains. */
export interface Worker {
  process: Process;
  log(level: string, message: string, exchange: Exchange): void;
}

/** What a server answers; `exchange` learns which scope decided. */
export function answer(worker: Worker, exchange: Exchange): Response {
  const response = serve(worker, exchange, MOST_REDIRECTS);
  return withErrorPage(worker, exchange, response);
}

/** A plain answer with nginx' own page, or the one the configuration has for it. */
export function refusal(worker: Worker, exchange: Exchange, status: number): Response {
  return withErrorPage(worker, exchange, { status, body: new Uint8Array() });
}

function withErrorPage(worker: Worker, exchange: Exchange, response: Response): Response {
  const { status, contentType } = response;
  if (status < 300 || status === 304 || contentType !== undefined) return response;
  const page = exchange.scope.errorPages.get(status);
  if (page !== undefined && !page.uri.startsWith('/'))
    return redirect(exchange, page.status ?? 302, expand(page.uri, exchange));
  if (page !== undefined) {
    exchange.uri = page.uri;
    const shown = serve(worker, exchange, MOST_REDIRECTS, 'GET');
    if (shown.status === 200) return { ...shown, status: page.status ?? status };
    return builtIn(exchange, shown);
  }
  return builtIn(exchange, response);
}

function builtIn(exchange: Exchange, response: Response): Response {
  const { serverTokens } = exchange.scope;
  const signature = serverTokens ? `nginx/${exchange.connection.version}` : 'nginx';
  const page = errorPage(response.status, signature);
  return page === undefined ? response : { ...response, body: page, contentType: 'text/html' };
}

function serve(
  worker: Worker,
  exchange: Exchange,
  redirects: number,
  method = exchange.request.method,
): Response {
  const { server } = exchange;
  exchange.scope = server.scope;
  if (redirects === 0) {
    const message = `rewrite or internal redirection cycle while internally redirecting to "${exchange.uri}"`;
    worker.log('error', message, exchange);
    return { status: 500, body: new Uint8Array() };
  }
  if (server.scope.return !== undefined) return returned(exchange, server.scope.return);
  const location = findLocation(server.locations, exchange.uri);
  if (location !== undefined) exchange.scope = location.scope;
  const { scope } = exchange;
  if (scope.return !== undefined) return returned(exchange, scope.return);
  const again = (uri: string): Response => {
    exchange.uri = uri;
    return serve(worker, exchange, redirects - 1, method);
  };
  if (scope.tryFiles !== undefined) {
    const found = tryFiles(worker, exchange, location, scope.tryFiles);
    if (found.kind === 'status') return { status: found.status, body: new Uint8Array() };
    if (found.kind === 'redirect') return again(found.uri);
    exchange.uri = found.uri;
  }
  if (method !== 'GET' && method !== 'HEAD' && method !== 'POST') return nothing(405);
  const path = filePath(scope, location, exchange.uri);
  if (exchange.uri.endsWith('/')) return index(worker, exchange, path, again);
  return file(worker, exchange, path, method);
}

function nothing(status: number): Response {
  return { status, body: new Uint8Array() };
}

/** Exact, else the longest prefix, which gives way to the first pattern that matches. */
function findLocation(locations: Location[], uri: string): Location | undefined {
  const exact = locations.find((each) => each.kind === 'exact' && each.path === uri);
  if (exact !== undefined) return exact;
  const prefix = locations
    .filter((each) => each.kind === 'prefix' && uri.startsWith(each.path))
    .reduce<Location | undefined>(
      (best, each) => (best && best.path.length >= each.path.length ? best : each),
      undefined,
    );
  const inner = prefix === undefined ? undefined : findLocation(prefix.locations, uri);
  if (inner !== undefined) return inner;
  if (prefix?.isFinal === true) return prefix;
  const matching = locations.find((each) => each.pattern?.test(uri) === true);
  if (matching === undefined) return prefix;
  return findLocation(matching.locations, uri) ?? matching;
}

function filePath(scope: Scope, location: Location | undefined, uri: string): string {
  if (scope.alias === undefined || location === undefined) return `${scope.root}${uri}`;
  return location.kind === 'regex' ? scope.alias : `${scope.alias}${uri.slice(location.path.length)}`;
}

function returned(exchange: Exchange, { status, text }: NonNullable<Scope['return']>): Response {
  if (text === undefined) return nothing(status);
  const filled = expand(text, exchange);
  if ([301, 302, 303, 307, 308].includes(status)) return redirect(exchange, status, filled);
  const contentType = exchange.scope.types.get(extension(exchange.uri)) ?? exchange.scope.defaultType;
  return { status, body: Buffer.from(filled), contentType };
}

function redirect(exchange: Exchange, status: number, target: string): Response {
  const location = target.startsWith('/') ? `http://${authority(exchange)}${target}` : target;
  return { ...builtIn(exchange, nothing(status)), location };
}

function authority({ host, server, connection }: Exchange): string {
  const name = host || server.names[0] || '';
  return connection.local.port === 80 ? name : `${name}:${connection.local.port}`;
}

function index(
  worker: Worker,
  exchange: Exchange,
  directory: string,
  again: (uri: string) => Response,
): Response {
  for (const name of exchange.scope.index) {
    if (name.startsWith('/')) return again(name);
    const { node } = look(worker.process, `${directory}${name}`);
    if (node !== undefined && node.type !== 'directory') return again(`${exchange.uri}${name}`);
  }
  const { node, error } = look(worker.process, directory);
  if (node !== undefined) {
    worker.log('error', `directory index of "${directory}" is forbidden`, exchange);
    return nothing(403);
  }
  const wanted = `${directory}${exchange.scope.index[0] ?? ''}`;
  worker.log('error', `"${wanted}" is not found (${number(error)}: ${error?.message})`, exchange);
  return nothing(error?.code === 'EACCES' ? 403 : 404);
}

function look(process: Process, path: string): { node?: FileNode; error?: FileError } {
  try {
    return { node: reach(process, path) };
  } catch (error) {
    if (error instanceof FileError) return { error };
    throw error;
  }
}

const NUMBERS: Partial<Record<FileError['code'], number>> = {
  ENOENT: 2,
  EACCES: 13,
  ENOTDIR: 20,
  ELOOP: 40,
  ENAMETOOLONG: 36,
};

function number(error: FileError | undefined): number {
  return (error && NUMBERS[error.code]) ?? 5;
}

function file(worker: Worker, exchange: Exchange, path: string, method: string): Response {
  const found = look(worker.process, path);
  const denied =
    found.node !== undefined && !permitted(found.node, worker.process.user, 'read')
      ? new FileError('EACCES')
      : found.error;
  if (found.node === undefined || denied !== undefined) {
    worker.log('error', `open() "${path}" failed (${number(denied)}: ${denied?.message})`, exchange);
    return nothing(denied?.code === 'EACCES' ? 403 : 404);
  }
  const { node } = found;
  if (node.type === 'directory') {
    const { query } = exchange.request;
    return redirect(exchange, 301, `${encodePath(exchange.uri)}/${query === undefined ? '' : `?${query}`}`);
  }
  if (method === 'POST') return nothing(405);
  if (node.type === 'device') {
    worker.log('crit', `"${path}" is not a regular file`, exchange);
    return nothing(404);
  }
  const body = readWhole(worker.process, path);
  const modified = Math.floor(node.modified / 1000);
  const tag = `"${modified.toString(16)}-${body.length.toString(16)}"`;
  const lastModified = modified * 1000;
  const validators: Pick<Response, 'lastModified'> = { lastModified };
  if (isUnchanged(exchange, tag, lastModified))
    return { ...validators, status: 304, body: new Uint8Array(), headers: [['ETag', tag]] };
  const contentType = exchange.scope.types.get(extension(path)) ?? exchange.scope.defaultType;
  const whole: Response = {
    ...validators,
    status: 200,
    body,
    contentType,
    headers: [
      ['ETag', tag],
      ['Accept-Ranges', 'bytes'],
    ],
  };
  return ranged(exchange, whole, tag);
}

function isUnchanged({ request }: Exchange, tag: string, lastModified: number): boolean {
  const tags = request.headers.get('if-none-match');
  if (tags !== undefined)
    return tags.split(',').some((each) => each.trim() === '*' || each.trim().replace(/^W\//, '') === tag);
  return request.headers.get('if-modified-since') === httpDate(lastModified);
}

/** One range; of several it answers with all, which is allowed. */
function ranged({ request }: Exchange, whole: Response, tag: string): Response {
  const { body } = whole;
  const condition = request.headers.get('if-range');
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.get('range') ?? '') ?? [];
  if (first === undefined || last === undefined || first + last === '') return whole;
  if (condition !== undefined && condition !== tag && condition !== httpDate(whole.lastModified ?? 0))
    return whole;
  const start = first === '' ? Math.max(0, body.length - Number(last)) : Number(first);
  const end = first === '' || last === '' ? body.length : Math.min(body.length, Number(last) + 1);
  if (start >= end)
    return { status: 416, body: new Uint8Array(), headers: [['Content-Range', `bytes */${body.length}`]] };
  const etag = whole.headers!.filter(([name]) => name === 'ETag');
  return {
    ...whole,
    status: 206,
    body: body.subarray(start, end),
    headers: [...etag, ['Content-Range', `bytes ${start}-${end - 1}/${body.length}`]],
  };
}

function extension(path: string): string {
  return /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
}

function encodePath(path: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what is encoded
  return path.replace(
    /[\0-\x20"#%?\x7f-\xff]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

type Tried =
  { kind: 'file'; uri: string } | { kind: 'redirect'; uri: string } | { kind: 'status'; status: number };

function tryFiles(
  worker: Worker,
  exchange: Exchange,
  location: Location | undefined,
  names: string[],
): Tried {
  for (const name of names.slice(0, -1)) {
    const uri = expand(name, exchange);
    const { node } = look(worker.process, filePath(exchange.scope, location, uri).replace(/\/$/, ''));
    if (node !== undefined && (node.type === 'directory') === name.endsWith('/'))
      return { kind: 'file', uri };
  }
  const last = names.at(-1)!;
  if (last.startsWith('=')) return { kind: 'status', status: Number(last.slice(1)) };
  return { kind: 'redirect', uri: expand(last, exchange).replace(/\?.*$/s, '') };
}

/** Which server answers: by name among those that listen there, else the default one. */
export function findServer(servers: Server[], host: string): Server {
  const named = (test: (name: string) => boolean): Server | undefined =>
    servers.find((each) => each.names.some(test));
  return (
    (host === '' ? undefined : named((name) => name === host)) ??
    named((name) => name.startsWith('*.') && host.endsWith(name.slice(1))) ??
    named((name) => name.endsWith('.*') && host.startsWith(name.slice(0, -1))) ??
    servers[0]!
  );
}
