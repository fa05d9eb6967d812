import { delimiter, join } from 'node:path';
import { Problem } from '../problem.ts';
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

/**
 * The value of KUBECONFIG that puts the overlay and the session's file before the learner's own value, which stays as it
 * is, after an empty element; after two, with kubectl's default file, where there was none. kubectl passes over empty
 * elements, and `unpointedKubeconfig` finds by them what was before.
 *
 * @throws {Problem} path-unusable
 */
export function pointedKubeconfig(runtime: Environment & Pick<Runtime, 'state'>, session: Session): string {
  const { kubeconfig } = session.cluster;
  const files = [overlayFile(runtime.state, session), ...(kubeconfig === null ? [] : [kubeconfig])];
  files.forEach(requireUsable);
  const own = unpointedKubeconfig(runtime);
  const rest = own === undefined ? ['', usualFile(runtime)] : [own];
  return [...files, '', ...rest].join(delimiter);
}

/** KUBECONFIG as it was before `env`, to the letter; undefined when it was not set (or empty, which is the same). */
export function unpointedKubeconfig(runtime: Environment): string | undefined {
  const value = runtime.env['KUBECONFIG'] ?? '';
  const [first = '', ...others] = value.split(delimiter);
  const { ignore } = runtime.kubeconfigSources(undefined);
  if (first === '' || ignore?.(first) !== true) return value === '' ? undefined : value;
  const boundary = others.indexOf('');
  const own = boundary < 0 ? '' : others.slice(boundary + 1).join(delimiter);
  return own === '' || own === `${delimiter}${usualFile(runtime)}` ? undefined : own;
}

/** A list of files has no way to write these. */
function requireUsable(path: string): void {
  if (!path.includes(delimiter) && !/[\n\r]/.test(path)) return;
  throw new Problem({
    code: 'path-unusable',
    kind: 'environment',
    what: `KUBECONFIG is a list of files, and this one's name can't stand in it: ${JSON.stringify(path)}`,
    next: [
      `Names in it hold no line break and no ${delimiter}; name another folder: K8SNET_TUTOR_STATE=FOLDER`,
      'Or name the file in each command: kubectl --kubeconfig FILE',
    ],
  });
}

function usualFile(runtime: Environment): string {
  return join(runtime.home, '.kube', 'config');
}
