import { dirname, isAbsolute, join, sep } from 'node:path';
import { Problem } from '../problem.ts';
import type { KubeconfigUser } from './kubeconfig-file.ts';
import type { ResolvedContext } from './kubeconfig-resolve.ts';

/**
 * A Config with this context, cluster and user only, to be given as JSON to client-node's `KubeConfig.loadFromString`,
 * which reads only some of what kubectl reads, and some of it otherwise. What it would drop without a word is refused
 * here, and the rest is put so that it does as kubectl does. All paths are absolute.
 *
 * @throws {Problem} kubeconfig-unsupported: the user entry asks for what kubectl or client-node cannot do
 */
export function minify(resolved: ResolvedContext): object {
  const { context, server, namespace, clusterEntry, userEntry } = resolved;
  // client-node takes no empty name; and without a user it would pass over the certificate authority as well.
  const cluster = resolved.cluster || 'cluster';
  const user = resolved.user || 'user';
  const isHttp = server.startsWith('http:');
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': context,
    contexts: [{ name: context, context: { cluster, user, namespace } }],
    clusters: [
      {
        name: cluster,
        cluster: set({
          server,
          'proxy-url': clusterEntry['proxy-url'],
          'tls-server-name': clusterEntry['tls-server-name'],
          // client-node refuses http unless this is set.
          'insecure-skip-tls-verify': isHttp || clusterEntry['insecure-skip-tls-verify'],
          ...fileOrData('certificate-authority', clusterEntry),
        }),
      },
    ],
    users: [
      { name: user, user: userEntry === undefined ? {} : set(credentials(userEntry, resolved.user, isHttp)) },
    ],
  };
}

function credentials(user: KubeconfigUser, name: string, isHttp: boolean): object {
  refuseUnsupportedImpersonation(user, name);
  const impersonation = { as: user.as };
  // client-go reads no credentials for a server without TLS; sending them would give them away.
  if (isHttp) return impersonation;
  refuseUnsupportedSignIn(user, name);
  return { ...impersonation, ...certificates(user), ...signIn(user) };
}

function certificates(user: KubeconfigUser): object {
  return { ...fileOrData('client-certificate', user), ...fileOrData('client-key', user) };
}

/** client-go's order: a token file before a token, and either of these, a password or a certificate before a plugin. */
function signIn(user: KubeconfigUser): object {
  if (user.tokenFile !== undefined)
    // This is how client-node reads a token from a file, and reads it again each minute.
    return {
      'auth-provider': { name: 'tokenFile', config: { tokenFile: absolute(user.file, user.tokenFile) } },
    };
  if (user.token !== undefined) return { token: user.token };
  // An absent password would be sent as "undefined".
  if (user.username !== undefined) return { username: user.username, password: user.password ?? '' };
  if (user.exec !== undefined && !hasCertificate(user))
    return { exec: { ...user.exec, command: commandPath(user.file, user.exec.command ?? '') } };
  return { 'auth-provider': user['auth-provider'] };
}

function hasCertificate(user: KubeconfigUser): boolean {
  const certificate = user['client-certificate-data'] ?? user['client-certificate'];
  const key = user['client-key-data'] ?? user['client-key'];
  return certificate !== undefined && key !== undefined;
}

/** Data comes before a file in client-go, after it in client-node; so only one of them is passed on. */
function fileOrData(
  key: 'certificate-authority' | 'client-certificate' | 'client-key',
  entry: { file: string } & { [Key in typeof key | `${typeof key}-data`]?: string },
): object {
  const data = entry[`${key}-data`];
  const path = entry[key];
  if (data !== undefined) return { [`${key}-data`]: data };
  return path === undefined ? {} : { [key]: absolute(entry.file, path) };
}

function absolute(origin: string, path: string): string {
  return isAbsolute(path) ? path : join(dirname(origin), path);
}

/** A bare word is looked up in PATH. */
function commandPath(origin: string, command: string): string {
  return command.includes(sep) ? absolute(origin, command) : command;
}

/** client-node knows `as` only: it would go on as that user without the groups, so with other rights than asked. */
function refuseUnsupportedImpersonation(user: KubeconfigUser, name: string): void {
  for (const key of ['as-uid', 'as-groups', 'as-user-extra'] as const)
    if (user[key] !== undefined)
      throw unsupported(user, `User "${name}" sets ${key}, which this tutor cannot pass on.`, [
        `Use a context whose user has no ${key}.`,
      ]);
}

function refuseUnsupportedSignIn(user: KubeconfigUser, name: string): void {
  const provider = user['auth-provider'];
  const isBasic = user.username !== undefined || user.password !== undefined;
  if (isBasic && (user.token !== undefined || user.tokenFile !== undefined))
    throw unsupported(user, `User "${name}" has a token and a password; kubectl refuses that too.`, [
      'Keep one of them.',
    ]);
  if (provider !== undefined && user.exec !== undefined)
    throw unsupported(
      user,
      `User "${name}" has an auth-provider and an exec plugin; kubectl refuses that too.`,
      ['Keep one of them.'],
    );
  if (user.exec !== undefined && user.exec.command === undefined)
    throw unsupported(user, `The exec plugin of user "${name}" has no command.`, ['Set exec.command.']);
  // gcp and azure were removed in kubectl 1.26; a name that client-node does not know would mean no credentials.
  if (provider !== undefined && provider.name !== 'oidc')
    throw unsupported(
      user,
      `The auth-provider of user "${name}" is not one that kubectl has today (oidc is).`,
      ['Use an exec plugin in its place: gke-gcloud-auth-plugin for gcp, kubelogin for azure.'],
    );
}

function unsupported(user: KubeconfigUser, what: string, next: string[]): Problem {
  return new Problem({ code: 'kubeconfig-unsupported', kind: 'environment', what, where: user.file, next });
}

/** Without the absent and false fields. */
function set(fields: object): object {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== false),
  );
}
