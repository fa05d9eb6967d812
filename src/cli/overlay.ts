import { delimiter, join } from 'node:path';
import type { Session } from '../tutor/session.ts';
import type { StateFolder } from '../tutor/state-folder.ts';
import type { Runtime } from './runtime.ts';

const OVERLAYS = 'env';

/** A kubeconfig that holds one context and nothing else: no credentials are copied, no file of the learner's changed. */
export function overlayFile(state: StateFolder, session: Session): string {
  return state.folder(OVERLAYS).file(`${session.lesson}.yaml`);
}

/** Written in JSON, which YAML contains. */
export function writeOverlay(
  state: StateFolder,
  session: Session,
  names: { cluster: string; user: string },
): void {
  const name = `k8snet-${session.lesson}`;
  const overlay = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    contexts: [{ name, context: { ...names, namespace: session.namespace } }],
  };
  state
    .folder(OVERLAYS)
    .write(`${session.lesson}.yaml`, `${mark(session)}\n${JSON.stringify(overlay, undefined, 2)}\n`);
}

export function removeOverlay(state: StateFolder, session: Session): void {
  state.folder(OVERLAYS).remove(`${session.lesson}.yaml`);
}

/** Whether kubectl, typed in the shell that called us, goes to this session by itself. */
export function isPointed(runtime: Pick<Runtime, 'env' | 'state'>, session: Session): boolean {
  const [first] = (runtime.env['KUBECONFIG'] ?? '').split(delimiter);
  if (first !== overlayFile(runtime.state, session)) return false;
  const text = runtime.state.folder(OVERLAYS).read(`${session.lesson}.yaml`);
  return text?.split('\n')[0] === mark(session);
}

/** Tells the overlay of this session from one of an earlier session of the same lesson. */
function mark(session: Session): string {
  return `# Points kubectl at lesson ${session.lesson}, begun ${session.started}. Made by k8snet-tutor env.`;
}

type Environment = Pick<Runtime, 'env' | 'home' | 'kubeconfigSources'>;

/** The value of KUBECONFIG that puts the overlay before the session's file and the learner's. */
export function pointedKubeconfig(runtime: Environment & Pick<Runtime, 'state'>, session: Session): string {
  const { kubeconfig } = session.cluster;
  const files = [overlayFile(runtime.state, session), ...(kubeconfig === null ? [] : [kubeconfig])];
  const own = learnersFiles(runtime);
  return [...files, ...(own.length === 0 ? [usualFile(runtime)] : own)].join(delimiter);
}

/** KUBECONFIG as it was before; undefined when kubectl's own default says the same. */
export function unpointedKubeconfig(runtime: Environment): string | undefined {
  const own = learnersFiles(runtime);
  return own.length === 0 || (own.length === 1 && own[0] === usualFile(runtime))
    ? undefined
    : own.join(delimiter);
}

/** The elements of KUBECONFIG that are not ours. */
function learnersFiles(runtime: Environment): string[] {
  const { ignore } = runtime.kubeconfigSources(undefined);
  return (runtime.env['KUBECONFIG'] ?? '')
    .split(delimiter)
    .filter((path) => path !== '' && ignore?.(path) !== true);
}

function usualFile(runtime: Environment): string {
  return join(runtime.home, '.kube', 'config');
}
