import type { ExecOptions, Execution } from '../containers/container.ts';
import { chooseContainer } from './containers.ts';
import { badRequest } from './failures.ts';
import type { ApiRequest } from './http.ts';
import type { KubeletPort } from './kubelet-port.ts';
import type { Registry } from './registry.ts';
import { placed, streamedPod } from './streamed-pod.ts';

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
  const { pod, subresource } = streamedPod(registry, request, ['exec', 'attach']);
  const container = chooseContainer(pod, request.query.get('container') ?? '');
  const reference = placed(pod);
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
