import { posix } from 'node:path';
import {
  type FileReader,
  type Kubeconfig,
  loadKubeconfig,
  minify,
  type ResolvedContext,
  resolveContext,
} from '../../../src/cluster/kubeconfig.ts';
import type { KubeconfigCase } from './cases.ts';

/** What the golden holds for one case. */
export type KubectlAnswer =
  | { view: ViewAnswer }
  /** The host:port that kubectl tried to reach. */
  | { tried: string }
  | { error: string };

/** From `config view --minify --flatten --raw`; absent where kubectl has nothing. */
export interface ViewAnswer {
  context: string;
  cluster?: string;
  server?: string;
  user?: string;
  namespace?: string;
  insecure?: boolean;
  /** Contents of the files referred to, or of the data in their place. */
  authority?: string;
  certificate?: string;
  key?: string;
}

/** Where the case's files lie for our own answer; they are not on any disk. */
export const DIR = '/case';

export function fillDir(text: string, dir: string): string {
  return text.replaceAll('$DIR', dir);
}

/** The case's files as a file system, with Node's error codes. */
export function readerOf({ files, directories = [] }: KubeconfigCase): FileReader {
  const byPath = new Map(
    Object.entries(files).map(([path, text]) => [posix.join(DIR, path), fillDir(text, DIR)]),
  );
  return {
    read(path) {
      const text = byPath.get(path);
      if (text !== undefined) return text;
      if (directories.some((directory) => posix.join(DIR, directory) === path)) throw failure('EISDIR');
      throw failure([...byPath.keys()].some((file) => path.startsWith(`${file}/`)) ? 'ENOTDIR' : 'ENOENT');
    },
  };
}

export function failure(code: string): Error {
  return Object.assign(new Error(code), { code });
}

export function load(row: KubeconfigCase, reader: FileReader = readerOf(row)): Kubeconfig {
  const sources = {
    explicit: row.kubeconfig === undefined ? undefined : fillDir(row.kubeconfig, DIR),
    env: row.env === undefined ? {} : { KUBECONFIG: fillDir(row.env, DIR) },
    home: `${DIR}/home`,
    cwd: DIR,
    pathDelimiter: ':',
  };
  return loadKubeconfig(sources, reader);
}

export function resolveCase(row: KubeconfigCase): ResolvedContext {
  return resolveContext(load(row), { context: row.context });
}

/** The parts of a Config that has one of each, with contents in place of files. */
export function summarize(config: Config, read: (path: string) => string): ViewAnswer {
  const { name, context } = config.contexts?.[0] ?? {};
  const cluster = config.clusters?.[0]?.cluster ?? {};
  const user = config.users?.[0]?.user ?? {};
  const content = (entry: Fields, key: string): string | undefined => {
    const data = entry[`${key}-data`];
    if (typeof data === 'string') return Buffer.from(data, 'base64').toString();
    const path = entry[key];
    return typeof path === 'string' ? read(path) : undefined;
  };
  const answer = {
    context: name,
    cluster: context?.['cluster'] || undefined,
    server: cluster['server'] || undefined,
    user: context?.['user'] || undefined,
    namespace: context?.['namespace'] || undefined,
    insecure: cluster['insecure-skip-tls-verify'],
    authority: content(cluster, 'certificate-authority'),
    certificate: content(user, 'client-certificate'),
    key: content(user, 'client-key'),
  };
  const present: ViewAnswer = JSON.parse(JSON.stringify(answer));
  return present;
}

export type Fields = Record<string, unknown>;

export interface Config {
  contexts?: { name: string; context: Fields }[];
  clusters?: { name: string; cluster: Fields }[];
  users?: { name: string; user: Fields }[];
}

/** What `minify` gives for a case. */
export function minified(row: KubeconfigCase): Config {
  return minify(resolveCase(row));
}
