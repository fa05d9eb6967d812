import type { ClusterStatus } from '../../cluster-client.ts';

/** Ends kubectl, or one of several things it was asked for; `message` is the whole of what it says. */
export class KubectlFailure extends Error {
  readonly exitCode: number;
  /** The API server's own answer, where it is one. */
  readonly status: ClusterStatus | undefined;

  constructor(message: string, options: { exitCode?: number; status?: ClusterStatus } = {}) {
    super(message);
    this.name = 'KubectlFailure';
    this.exitCode = options.exitCode ?? 1;
    this.status = options.status;
  }
}

/** Something that kubectl itself has to say. */
export function failure(message: string): KubectlFailure {
  return new KubectlFailure(`error: ${message}`);
}

/** Wrong usage, and where to read how it is right. @param command as in `kubectl get` */
export function usageFailure(message: string, command: string): KubectlFailure {
  return new KubectlFailure(`error: ${message}\nSee '${command} -h' for help and examples`);
}

/** An unknown option, as cobra words it. */
export function optionFailure(message: string, command: string): KubectlFailure {
  return new KubectlFailure(`error: ${message}\nSee '${command} --help' for usage.`);
}

/**
 * What the API server refused, as k8s.io/kubectl/pkg/cmd/util words it.
 *
 * @param doing what it was asked for, as in `error when creating "pod.yml"`
 */
export function serverFailure(status: ClusterStatus, doing?: string): KubectlFailure {
  const { reason = '', details } = status;
  const message = doing === undefined ? status.message : `${doing}: ${status.message}`;
  if (reason === 'Invalid') return new KubectlFailure(invalidWords(status), { status });
  const words =
    reason === '' || reason === 'Unknown'
      ? `Error from server: ${message}`
      : `Error from server (${reason}): ${message}`;
  return new KubectlFailure(words, { status: { ...status, ...(details === undefined ? {} : { details }) } });
}

function invalidWords({ message = '', details }: ClusterStatus): string {
  if (details === undefined) return `The request is invalid${message === '' ? '' : `: ${message}`}`;
  const { kind = '', name = '', causes = [] } = details;
  const what = kind === '' && name === '' ? 'The request is invalid' : `The ${kind} "${name}" is invalid`;
  const lines = [...new Set(causes.map((cause) => `${cause.field}: ${cause.message}`))];
  if (lines.length === 0) return kind === '' && name === '' && message !== '' ? `${what}: ${message}` : what;
  return lines.length === 1
    ? `${what}: ${lines[0]}`
    : `${what}: \n${lines.map((line) => `* ${line}`).join('\n')}`;
}

/** Several failures that end one command; each has its line, and none is called an error. */
export function together(failures: readonly KubectlFailure[]): KubectlFailure | undefined {
  const [first] = failures;
  if (first === undefined || failures.length === 1) return first;
  return new KubectlFailure(failures.map(({ message }) => message.replace(/^error: /, '')).join('\n'));
}
