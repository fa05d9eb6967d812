import { join, resolve } from 'node:path';
import { Problem } from '../problem.ts';
import { shellWord } from '../shell-word.ts';
import { type KubeconfigFile, parseKubeconfig } from './kubeconfig-file.ts';

export interface KubeconfigSources {
  /** What `--kubeconfig` says: that one file and no other. Empty is as good as absent. */
  explicit?: string | undefined;
  /** Only KUBECONFIG is looked at. */
  env: Record<string, string | undefined>;
  home: string;
  /** What relative paths are relative to. `~` is not expanded, as kubectl does not. */
  cwd: string;
  /** Between the paths in KUBECONFIG: ':' or ';'. */
  pathDelimiter: string;
  /** Files to pass over, asked with the absolute path; never asked for `explicit`. */
  ignore?: (path: string) => boolean;
}

export interface FileReader {
  /** @throws an error with Node's `code`: ENOENT, EACCES, EISDIR … */
  read(path: string): string;
}

/** All files together, by kubectl's rules; names to entries in the order of their definition. */
export interface Kubeconfig extends KubeconfigFile {
  /** Absolute paths of those read, first definition first. */
  files: string[];
  /** Absolute paths of those that were named (or are the default) and do not exist. */
  missing: string[];
}

/**
 * Finds and merges kubeconfig files by the rules of client-go's ClientConfigLoadingRules (kubectl 1.20 and 1.32 agree on
 * all of them, see test/cluster/kubeconfig): KUBECONFIG, when set, replaces the default file even if it names none
 * that exists; empty elements and missing files are passed over; the first file to define a name wins as a whole
 * entry, nothing is filled in from later ones; the first current-context wins, whichever file defines that context.
 *
 * @throws {Problem} kubeconfig-missing, kubeconfig-unreadable, kubeconfig-malformed
 */
export function loadKubeconfig(sources: KubeconfigSources, reader: FileReader): Kubeconfig {
  const merged: Kubeconfig = {
    files: [],
    missing: [],
    currentContext: undefined,
    contexts: new Map(),
    clusters: new Map(),
    users: new Map(),
  };
  for (const file of candidates(sources)) {
    const source = readIfPresent(file, reader);
    if (source === undefined) {
      merged.missing.push(file);
    } else {
      merged.files.push(file);
      mergeInto(merged, parseKubeconfig(source, file));
    }
  }
  if (sources.explicit && merged.missing.length > 0) throw missing(sources.explicit, merged.missing);
  return merged;
}

function candidates(sources: KubeconfigSources): string[] {
  const { explicit, env, home, cwd, pathDelimiter, ignore } = sources;
  if (explicit) return [resolve(cwd, explicit)];
  const named = env['KUBECONFIG'] ? env['KUBECONFIG'].split(pathDelimiter) : [join(home, '.kube', 'config')];
  const files = named.filter((path) => path !== '').map((path) => resolve(cwd, path));
  return [...new Set(files)].filter((path) => !ignore?.(path));
}

function mergeInto(merged: Kubeconfig, file: KubeconfigFile): void {
  merged.currentContext ??= file.currentContext;
  addMissing(merged.contexts, file.contexts);
  addMissing(merged.clusters, file.clusters);
  addMissing(merged.users, file.users);
}

function addMissing<T>(merged: Map<string, T>, added: Map<string, T>): void {
  for (const [name, entry] of added) if (!merged.has(name)) merged.set(name, entry);
}

/** Only ENOENT means missing: kubectl fails on every other error, even when other files would do. */
function readIfPresent(file: string, reader: FileReader): string | undefined {
  try {
    return reader.read(file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) throw error;
    if (error.code === 'ENOENT') return undefined;
    throw unreadable(file, error.code, error);
  }
}

function missing(named: string, files: string[]): Problem {
  return new Problem({
    code: 'kubeconfig-missing',
    kind: 'usage',
    what: `There is no file "${named}", which --kubeconfig names.`,
    where: files.join(', '),
    next: ['Give --kubeconfig the path of a file that exists, or leave it out.'],
  });
}

function unreadable(file: string, code: string, cause: unknown): Problem {
  const [what, next] =
    code === 'EACCES' || code === 'EPERM'
      ? ['You may not read the kubeconfig.', `Make it readable for you: chmod u+r ${shellWord(file)}`]
      : code === 'EISDIR'
        ? ['The kubeconfig is a directory.', 'Name a file in --kubeconfig or KUBECONFIG.']
        : [`The kubeconfig cannot be read (${code}).`, 'Check the path in --kubeconfig or KUBECONFIG.'];
  return new Problem({
    code: 'kubeconfig-unreadable',
    kind: 'environment',
    what,
    where: file,
    next: [next],
    cause,
  });
}
