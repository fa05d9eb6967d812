import type { Session } from '../tutor/session.ts';
import type { StateFolder } from '../tutor/state-folder.ts';

/** Name of the context, the cluster and the user in the kubeconfigs that the practice cluster writes. */
export const PRACTICE_CONTEXT = 'k8snet-practice';

/** The detached practice cluster's own folder: objects, certificate, credentials, address. */
export function practiceFolder(state: StateFolder): StateFolder {
  return state.folder('practice');
}

/** Path of the kubeconfig that leads to it. */
export function practiceKubeconfig(state: StateFolder): string {
  return practiceFolder(state).file('kubeconfig');
}

/** Whether a session is on the detached practice cluster. */
export function isOnPractice(state: StateFolder, session: Session): boolean {
  return session.cluster.kubeconfig === practiceKubeconfig(state);
}

/**
 * Makes the lesson's namespace the default one of the practice cluster's kubeconfig, so that the deck's commands need
 * no -n there. The file is ours; nobody else's kubeconfig is ever changed.
 */
export async function setPracticeNamespace(state: StateFolder, namespace: string): Promise<void> {
  const { dump, load } = await import('js-yaml');
  const folder = practiceFolder(state);
  const text = folder.read('kubeconfig');
  // It was reset meanwhile.
  if (text === undefined) return;
  const config = load(text) as { contexts: { context: { namespace?: string } }[] };
  for (const { context } of config.contexts) context.namespace = namespace;
  folder.write('kubeconfig', dump(config, { lineWidth: -1 }));
}
