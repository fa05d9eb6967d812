import type { Credentials, Identity } from './credentials.ts';

/** Of the cluster and of the context in which somebody may do everything. */
export const CONTEXT = 'k8snet-practice';

const NAMESPACES: Record<Identity, string | undefined> = {
  'practice-admin': undefined,
  viewer: undefined,
  learner: 'learner',
};

/** `k8snet-practice`, `k8snet-practice-viewer`, `k8snet-practice-learner` */
export function contextName(identity: Identity): string {
  return identity === 'practice-admin' ? CONTEXT : `${CONTEXT}-${identity}`;
}

export interface KubeconfigOptions {
  port: number;
  /** PEM */
  authority: string;
  credentials: Credentials;
  /** Whose contexts to write, the current one first. */
  identities?: readonly Identity[] | undefined;
  /** The default one of the current context, instead of the usual one. */
  namespace?: string | undefined;
}

/** A kubeconfig, as kubectl itself would write it: a context and a user of the same name per identity. */
export function kubeconfig(options: KubeconfigOptions): string {
  const identities = options.identities ?? ['practice-admin'];
  const authority = Buffer.from(options.authority).toString('base64');
  const lines = [
    'apiVersion: v1',
    'clusters:',
    '- cluster:',
    `    certificate-authority-data: ${authority}`,
    `    server: https://127.0.0.1:${options.port}`,
    `  name: ${CONTEXT}`,
    'contexts:',
  ];
  for (const [index, identity] of identities.entries()) {
    const namespace = (index === 0 ? options.namespace : undefined) ?? NAMESPACES[identity];
    lines.push('- context:', `    cluster: ${CONTEXT}`);
    if (namespace !== undefined) lines.push(`    namespace: ${namespace}`);
    lines.push(`    user: ${contextName(identity)}`, `  name: ${contextName(identity)}`);
  }
  lines.push(`current-context: ${contextName(identities[0] ?? 'practice-admin')}`, 'kind: Config', 'users:');
  for (const identity of identities)
    // Quoted: a token may look like a number.
    lines.push(
      `- name: ${contextName(identity)}`,
      '  user:',
      `    token: "${options.credentials[identity]}"`,
    );
  return `${lines.join('\n')}\n`;
}
