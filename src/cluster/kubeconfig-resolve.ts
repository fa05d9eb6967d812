import { nearest } from '../nearest.ts';
import { Problem } from '../problem.ts';
import { shellWord } from '../shell-word.ts';
import type { KubeconfigCluster, KubeconfigContext, KubeconfigUser } from './kubeconfig-file.ts';
import type { Kubeconfig } from './kubeconfig-load.ts';

/** One context with all it refers to; fits `ConnectionTarget`. */
export interface ResolvedContext {
  context: string;
  cluster: string;
  /** Always a URL with http: or https: and without credentials. */
  server: string;
  /** Empty when the context names none. */
  user: string;
  /** `default` when none is named. */
  namespace: string;
  clusterEntry: KubeconfigCluster;
  /** Absent when the context names none (and no entry is nameless, which kubectl would take then). */
  userEntry: KubeconfigUser | undefined;
}

/**
 * The context to use: the one named, otherwise the current one, with its cluster and user. Stricter than kubectl, which
 * asks localhost:8080 when there is no cluster or no server, and for a password when the user is not defined;
 * `kubectl config view --minify` refuses most of these too.
 *
 * @throws {Problem} context-none, context-unknown, context-dangling, kubeconfig-malformed (no usable server)
 */
export function resolveContext(
  config: Kubeconfig,
  wanted: { context?: string | undefined; namespace?: string | undefined },
): ResolvedContext {
  const context = wanted.context || config.currentContext;
  if (context === undefined) throw noContext(config);
  const entry = config.contexts.get(context);
  if (entry === undefined) throw unknownContext(config, context, Boolean(wanted.context));

  // Without a name, kubectl takes the entry that has none, if there is one.
  const { cluster = '', user = '' } = entry;
  const clusterEntry = config.clusters.get(cluster);
  const userEntry = config.users.get(user);
  if (clusterEntry === undefined) throw dangling(config, context, entry, 'cluster', cluster);
  if (userEntry === undefined && user !== '') throw dangling(config, context, entry, 'user', user);
  const server = serverUrl(cluster, clusterEntry);
  const namespace = wanted.namespace || entry.namespace || 'default';
  return { context, cluster, server, user, namespace, clusterEntry, userEntry };
}

/** client-go takes an address without a scheme for http, whatever else the entry says. */
function serverUrl(cluster: string, entry: KubeconfigCluster): string {
  const { server, file } = entry;
  if (server === undefined) throw badServer(`Cluster "${cluster}" has no server.`, file);
  const url = /^[a-z][a-z\d+.-]*:\/\//i.test(server) ? server : `http://${server}`;
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol))
    throw badServer(`The server of cluster "${cluster}" is not an http or https address.`, file);
  if (parsed.username !== '' || parsed.password !== '')
    throw badServer(`The server address of cluster "${cluster}" has a user name or password in it.`, file);
  return url.replace(/^https?:/i, (scheme) => scheme.toLowerCase());
}

function badServer(what: string, file: string): Problem {
  const next = ['Set it to the address of the API server: kubectl config set-cluster … --server=https://…'];
  return new Problem({ code: 'kubeconfig-malformed', kind: 'environment', what, where: file, next });
}

function noContext(config: Kubeconfig): Problem {
  const names = shown(config.contexts);
  const what =
    config.files.length === 0
      ? 'There is no kubeconfig file.'
      : names === ''
        ? 'The kubeconfig defines no context.'
        : 'The kubeconfig sets no current context.';
  const next =
    names === ''
      ? ['Name a kubeconfig with --kubeconfig or KUBECONFIG.']
      : [`Choose one: kubectl config use-context <name>. Contexts: ${names}`, 'Or name one with --context.'];
  return new Problem({ code: 'context-none', kind: 'environment', what, ...whereOf(config), next });
}

function unknownContext(config: Kubeconfig, context: string, typed: boolean): Problem {
  const near = nearest(context, config.contexts.keys());
  const names = shown(config.contexts);
  const use = typed ? 'use --context' : 'kubectl config use-context';
  return new Problem({
    code: 'context-unknown',
    // A current-context that does not exist was not typed on the command line.
    kind: typed ? 'usage' : 'environment',
    what: typed
      ? `There is no context "${context}" in the kubeconfig.`
      : `The kubeconfig's current-context is "${context}", and there is no such context.`,
    ...whereOf(config),
    next: [
      ...(near === undefined ? [] : [`Did you mean "${near}"? Then ${use} ${shellWord(near)}`]),
      names === '' ? 'No context is defined.' : `Contexts: ${names}`,
    ],
  });
}

function dangling(
  config: Kubeconfig,
  context: string,
  entry: KubeconfigContext,
  kind: 'cluster' | 'user',
  name: string,
) {
  const known = shown(kind === 'cluster' ? config.clusters : config.users);
  return new Problem({
    code: 'context-dangling',
    kind: 'environment',
    what:
      name === ''
        ? `Context "${context}" names no ${kind}.`
        : `Context "${context}" refers to ${kind} "${name}", which no kubeconfig file defines.`,
    where: entry.file,
    next: [
      known === '' ? `No ${kind} is defined.` : `Defined: ${known}`,
      `Set it: kubectl config set-context ${shellWord(context)} --${kind}=<name>`,
    ],
  });
}

const MOST_NAMES = 10;

function shown(entries: Map<string, unknown>): string {
  const names = [...entries.keys()];
  const more = names.length - MOST_NAMES;
  return names.slice(0, MOST_NAMES).join(', ') + (more > 0 ? `, and ${more} more` : '');
}

function whereOf(config: Kubeconfig): { where?: string } {
  const files =
    config.files.length > 0 ? config.files : config.missing.map((file) => `${file} (does not exist)`);
  return files.length === 0 ? {} : { where: files.join(', ') };
}
