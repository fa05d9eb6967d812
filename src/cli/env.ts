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
  writeOverlay(runtime.state, session, { cluster, user });
  const value = pointedKubeconfig(runtime, session);
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

function assignment(shell: Shell, value: string | undefined): string {
  switch (shell) {
    case 'fish':
      return value === undefined
        ? 'set -e KUBECONFIG'
        : `set -gx KUBECONFIG ${quoted(value, String.raw`\'`)}`;
    case 'powershell':
      return value === undefined
        ? 'Remove-Item Env:KUBECONFIG -ErrorAction SilentlyContinue'
        : `$Env:KUBECONFIG = ${quoted(value, "''")}`;
    case 'sh':
    case 'bash':
    case 'zsh':
      return value === undefined
        ? 'unset KUBECONFIG'
        : `export KUBECONFIG=${quoted(value, String.raw`'\''`)}`;
  }
}

/** In single quotes; how a single quote itself is written differs. */
export function quoted(value: string, quote: string): string {
  return `'${value.replaceAll("'", () => quote)}'`;
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
