import { StatusError, type StatusDetails } from './status-error.ts';

/**
 * The API's errors in its own words (k8s.io/apimachinery/pkg/api/errors). `resource` is written as in the store: the
 * plural, or `group/plural`.
 */
export function notFound(resource: string, name: string): StatusError {
  return new StatusError(
    404,
    'NotFound',
    `${qualified(resource)} ${quote(name)} not found`,
    about(resource, name),
  );
}

export function alreadyExists(resource: string, name: string): StatusError {
  const message = `${qualified(resource)} ${quote(name)} already exists`;
  return new StatusError(409, 'AlreadyExists', message, about(resource, name));
}

export function conflict(
  resource: string,
  name: string,
  reason = 'the object has been modified; please apply your changes to the latest version and try again',
): StatusError {
  const message = `Operation cannot be fulfilled on ${qualified(resource)} ${quote(name)}: ${reason}`;
  return new StatusError(409, 'Conflict', message, about(resource, name));
}

export function forbidden(
  resource: string,
  name: string,
  reason: string,
  causes?: StatusDetails['causes'],
): StatusError {
  const what = name === '' ? qualified(resource) : `${qualified(resource)} ${quote(name)}`;
  const details = about(resource, name);
  if (causes !== undefined) details.causes = causes;
  return new StatusError(403, 'Forbidden', `${what} is forbidden: ${reason}`, details);
}

export function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message);
}

export function methodNotSupported(resource: string, verb: string): StatusError {
  const message = `${verb} is not supported on resources of kind "${qualified(resource)}"`;
  const details = about(resource, '');
  return new StatusError(405, 'MethodNotAllowed', message, details);
}

export function gone(message: string): StatusError {
  return new StatusError(410, 'Expired', message);
}

export function internalError(message: string): StatusError {
  return new StatusError(500, 'InternalError', `Internal error occurred: ${message}`, {
    causes: [{ message }],
  });
}

/** A write may be lost, because the disk can't be written. @param code the system's, such as ENOSPC */
export function notKept(code: string | undefined): StatusError {
  const why =
    code === 'ENOSPC' || code === 'EDQUOT'
      ? `the disk of the practice cluster is full (${code}); make room and try again`
      : `the practice cluster can't write to its disk${code === undefined ? '' : ` (${code})`}`;
  return internalError(`the change may not have been kept: ${why}`);
}

/** Nothing is served under that path, or by that kind. */
export function unknownPath(): StatusError {
  return new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});
}

/** `leases.coordination.k8s.io` for `coordination.k8s.io/leases`. */
export function qualified(resource: string): string {
  const [group, plural] = split(resource);
  return group === '' ? plural : `${plural}.${group}`;
}

/** As Go's %q writes it. */
export function quote(text: string): string {
  return JSON.stringify(text);
}

function about(resource: string, name: string): StatusDetails {
  const [group, plural] = split(resource);
  return { ...(name === '' ? {} : { name }), ...(group === '' ? {} : { group }), kind: plural };
}

function split(resource: string): [group: string, plural: string] {
  const slash = resource.indexOf('/');
  return [resource.slice(0, Math.max(slash, 0)), resource.slice(slash + 1)];
}
