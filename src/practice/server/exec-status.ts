import { StartFailure } from '../containers/container.ts';
import type { Protocol } from './exec-frame.ts';
import { asStatusError } from './failure.ts';

type Status = Record<string, unknown>;

/** The stream's last message, as the API server writes it: kubectl ends with this exit code. */
export function exitStatus(code: number): Status {
  if (code === 0) return { metadata: {}, status: 'Success' };
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: command terminated with exit code ${code}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  };
}

/** The last message when there is no exit code: the process could not be started, or we failed. */
export function failureStatus(error: unknown, protocol: Protocol, report: (error: unknown) => void): Status {
  if (error instanceof StartFailure) {
    const said = `error executing command in container: ${error.message}`;
    // Streams of v5 end at the API server, which wraps what the kubelet says once more; those of v4 pass through it.
    return internalError(protocol === 'v5.channel.k8s.io' ? `Internal error occurred: ${said}` : said);
  }
  const { code, reason, message, details } = asStatusError(error, report);
  return {
    metadata: {},
    status: 'Failure',
    message,
    reason,
    ...(details === undefined ? {} : { details }),
    code,
  };
}

function internalError(cause: string): Status {
  return {
    metadata: {},
    status: 'Failure',
    message: `Internal error occurred: ${cause}`,
    reason: 'InternalError',
    details: { causes: [{ message: cause }] },
    code: 500,
  };
}
