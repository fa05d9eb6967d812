import { basename } from 'node:path';
import { type Desk, openSessionCluster, requireCurrentSession } from './desk.ts';
import { overlayFile, pointedKubeconfig, unpointedKubeconfig, writeOverlay } from './overlay.ts';

export const SHELLS = ['sh', 'bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * `env`: prints what a shell must run so that kubectl goes to the lesson: `eval "$(k8snet-tutor env)"`. Prints nothing
 * else on stdout.
 */
export async function env(desk: Desk, options: { shell?: Shell; unset?: boolean }): Promise<number> {
  const { runtime, output } = desk;
  const shell = options.shell ?? usualShell(runtime.env, process.platform);
  if (options.unset === true) {
    const before = unpointedKubeconfig(runtime);
    output.print(assignment(shell, before));
    output.add({ KUBECONFIG: before ?? null });
    return 0;
  }
  const { session } = requireCurrentSession(desk);
  // The names of cluster and user come from the learner's kubeconfig, and the cluster must be the session's.
  const { api } = await openSessionCluster({ ...desk, output: { ...output, reporter: SILENT } }, session);
  const { cluster, user } = api.connection.target;
  api.connection.close();
  const value = pointedKubeconfig(runtime, session);
  writeOverlay(runtime.state, session, { cluster, user });
  output.print(
    assignment(shell, value),
    `# kubectl now goes to namespace ${session.namespace}. To point a shell there: ${instruction(shell)}`,
  );
  output.add({ KUBECONFIG: value, overlay: overlayFile(runtime.state, session) });
  return 0;
}

/** What is printed will be run. */
const SILENT = { waiting: () => {}, expecting: () => {}, action: () => {}, did: () => {} };

/** The shell that somebody types in, as far as the environment tells. */
export function usualShell(environment: Record<string, string | undefined>, platform: string): Shell {
  const name = basename(environment['SHELL'] ?? '');
  const known = SHELLS.find((shell) => shell === name);
  return known ?? (platform === 'win32' ? 'powershell' : 'sh');
}

/** What sets KUBECONFIG in this shell, or unsets it. */
export function assignment(shell: Shell, value: string | undefined): string {
  switch (shell) {
    case 'fish':
      return value === undefined ? 'set -e KUBECONFIG' : `set -gx KUBECONFIG ${quoted(shell, value)}`;
    case 'powershell':
      return value === undefined
        ? 'Remove-Item Env:KUBECONFIG -ErrorAction SilentlyContinue'
        : `$Env:KUBECONFIG = ${quoted(shell, value)}`;
    case 'sh':
    case 'bash':
    case 'zsh':
      return value === undefined ? 'unset KUBECONFIG' : `export KUBECONFIG=${quoted(shell, value)}`;
  }
}

/** In single quotes, where nothing has a meaning but the quote itself; in fish the backslash, too. */
export function quoted(shell: Shell, value: string): string {
  switch (shell) {
    case 'fish':
      return `'${value.replaceAll(/['\\]/g, (sign) => `\\${sign}`)}'`;
    // It takes typographic quotes for quotes.
    case 'powershell':
      return `'${value.replaceAll(/['\u2018-\u201b]/g, (sign) => sign + sign)}'`;
    case 'sh':
    case 'bash':
    case 'zsh':
      return `'${value.replaceAll("'", () => String.raw`'\''`)}'`;
  }
}

/** What to type there, to have what `env` prints done. */
export function instruction(shell: Shell): string {
  switch (shell) {
    case 'fish':
      return 'k8snet-tutor env | source';
    case 'powershell':
      return 'k8snet-tutor env | Out-String | Invoke-Expression';
    case 'sh':
    case 'bash':
    case 'zsh':
      return 'eval "$(k8snet-tutor env)"';
  }
}
