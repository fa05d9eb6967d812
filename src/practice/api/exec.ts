import type { ExecOptions, Execution } from '../containers/container.ts';
import { authorize } from './authorizer.ts';
import { chooseContainer } from './containers.ts';
import { badRequest, unknownPath } from './failures.ts';
import type { ApiRequest } from './http.ts';
import { effectiveUser } from './impersonation.ts';
import type { KubeletPort } from './kubelet-port.ts';
import { parsePath } from './path.ts';
import { PODS, type Registry } from './registry.ts';
import { asPod } from './resources/pod.ts';

/** What a request to exec or attach comes to, before there are streams. */
export interface ExecTarget {
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
  tty: boolean;
  /** Whether the kubelet would refuse it now. @throws {StatusError} */
  check(): void;
  /** @throws {StatusError | StartFailure} */
  start(streams: Omit<ExecOptions, 'command'>): Execution;
}

/**
 * Reads an upgrade request to pods/NAME/exec and pods/NAME/attach, and looks whether it may be.
 *
 * @throws {StatusError} in the API server's own words
 */
export function resolveExec(
  { registry, kubelet }: { registry: Registry; kubelet: KubeletPort },
  request: Pick<ApiRequest, 'method' | 'path' | 'query' | 'headers' | 'user'>,
): ExecTarget {
  const target = parsePath(request.path);
  if (target === undefined) throw unknownPath();
  const { group, plural, namespace, name, subresource } = target;
  const resource = subresource === undefined ? plural : `${plural}/${subresource}`;
  const user = effectiveUser(request);
  // A WebSocket is asked for with GET; that it needs `get` and not `create` ends with 1.35.
  authorize(user, { verb: request.method === 'POST' ? 'create' : 'get', group, resource, namespace, name });
  if (group !== '' || name === undefined || namespace === undefined) throw unknownPath();
  if (resource !== 'pods/exec' && resource !== 'pods/attach') throw unknownPath();
  const pod = asPod(registry.get(PODS, namespace, name));
  const container = chooseContainer(pod, request.query.get('container') ?? '');
  if (pod.spec.nodeName === undefined || pod.spec.nodeName === '')
    throw badRequest(`pod ${name} does not have a host assigned`);
  const flag = (option: string, otherwise = false): boolean => {
    const value = request.query.get(option);
    return value === null ? otherwise : ['true', '1'].includes(value);
  };
  // attach shows what there is to see unless it is told not to.
  const isAttach = subresource === 'attach';
  const tty = flag('tty');
  const [stdin, stdout] = [flag('stdin'), flag('stdout', isAttach)];
  const stderr = !tty && flag('stderr', isAttach);
  if (!stdin && !stdout && !stderr) throw badRequest('you must specify at least 1 of stdin, stdout, stderr');
  const command = request.query.getAll('command');
  if (!isAttach && command.length === 0)
    throw badRequest('you must specify at least one command for the container');
  const reference = { namespace, name, uid: pod.metadata.uid };
  return {
    stdin,
    stdout,
    stderr,
    tty,
    check: () => kubelet.checkContainer(reference, container, isAttach ? 'attach' : 'exec'),
    start: (streams) =>
      isAttach
        ? attached(kubelet.attach(reference, container, streams))
        : kubelet.exec(reference, container, { ...streams, command }),
  };
}

/** How the process ended is the container's; attach itself has done what it should. */
function attached(execution: Execution): Execution {
  return {
    exited: execution.exited.then(() => 0),
    resize: (columns, rows) => execution.resize(columns, rows),
    kill: () => execution.kill(),
  };
}
