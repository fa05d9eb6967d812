import { StatusError } from '../api/status-error.ts';

/** A refusal as the API server writes it into an answer. */
export function statusOf(error: StatusError): Record<string, unknown> {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: error.message,
    ...(error.reason === '' ? {} : { reason: error.reason }),
    ...(error.details === undefined ? {} : { details: error.details }),
    code: error.code,
  };
}

/** What a client is told of an error: the API's own are for it, all others are our bugs and none of its business. */
export function asStatusError(error: unknown, report: (error: unknown) => void): StatusError {
  if (error instanceof StatusError) return error;
  report(error);
  return new StatusError(
    500,
    'InternalError',
    'Internal error occurred: the practice cluster failed; its log says why',
  );
}

export function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message);
}

export function forbidden(message: string): StatusError {
  return new StatusError(403, 'Forbidden', message);
}

export const unauthorized = new StatusError(401, 'Unauthorized', 'Unauthorized');
