import { internalError } from '../api/failures.ts';
import { StatusError } from '../api/status-error.ts';

/** What a client is told of an error: the API's own are for it, all others are our bugs and none of its business. */
export function asStatusError(error: unknown, report: (error: unknown) => void): StatusError {
  if (error instanceof StatusError) return error;
  report(error);
  return internalError('the practice cluster failed; its log says why');
}

/** Not let in, whoever asks. */
export function forbidden(message: string): StatusError {
  return new StatusError(403, 'Forbidden', message);
}

export const unauthorized = new StatusError(401, 'Unauthorized', 'Unauthorized');
