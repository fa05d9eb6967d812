import { gone } from './failures.ts';
import { type FieldError, forbiddenField, invalidObject, unsupported } from './field-error.ts';
import { StatusError } from './status-error.ts';
import type { Store } from './store.ts';

/** What a list or a watch says about versions, as metav1.ListOptions has it. */
export interface VersionOptions {
  /** Undefined: the newest there is. */
  resourceVersion: number | undefined;
  match: 'Exact' | 'NotOlderThan' | undefined;
  sendInitialEvents: boolean | undefined;
}

/** @throws {StatusError} Invalid, or Timeout for a version that is not there yet */
export function readVersionOptions(query: URLSearchParams, store: Store, watch: boolean): VersionOptions {
  const given = query.get('resourceVersion') ?? '';
  const match = query.get('resourceVersionMatch') ?? '';
  const initial = query.get('sendInitialEvents') ?? '';
  // The API server has no better name for it.
  if (given !== '' && !/^\d+$/.test(given))
    throw new StatusError(
      500,
      '',
      `resourceVersion: Invalid value: ${JSON.stringify(given)}: strconv.ParseUint: parsing ${JSON.stringify(given)}: invalid syntax`,
    );
  const errors: FieldError[] = [];
  if (match !== '' && match !== 'Exact' && match !== 'NotOlderThan')
    errors.push(unsupported('resourceVersionMatch', match, ['Exact', 'NotOlderThan']));
  if (watch) errors.push(...watchErrors(match, initial));
  else errors.push(...listErrors(given, match, initial));
  if (errors.length > 0) throw invalidObject('meta.k8s.io', 'ListOptions', '', errors);
  const resourceVersion = given === '' ? undefined : Number(given);
  if (resourceVersion !== undefined && resourceVersion > store.version)
    throw tooLarge(resourceVersion, store.version);
  return {
    resourceVersion,
    match: match === 'Exact' || match === 'NotOlderThan' ? match : undefined,
    sendInitialEvents: initial === '' ? undefined : initial === 'true' || initial === '1',
  };
}

function listErrors(given: string, match: string, initial: string): FieldError[] {
  const errors: FieldError[] = [];
  if (match !== '' && given === '')
    errors.push(
      forbiddenField(
        'resourceVersionMatch',
        'resourceVersionMatch is forbidden unless resourceVersion is provided',
      ),
    );
  if (match === 'Exact' && given === '0')
    errors.push(
      forbiddenField(
        'resourceVersionMatch',
        'resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
      ),
    );
  if (initial !== '')
    errors.push(forbiddenField('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  return errors;
}

function watchErrors(match: string, initial: string): FieldError[] {
  if (initial === '')
    return match === ''
      ? []
      : [
          forbiddenField(
            'resourceVersionMatch',
            'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
          ),
        ];
  return match === 'NotOlderThan'
    ? []
    : [
        forbiddenField(
          'resourceVersionMatch',
          'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
        ),
      ];
}

function tooLarge(asked: number, current: number): StatusError {
  return new StatusError(
    504,
    'Timeout',
    `Timeout: Too large resource version: ${asked}, current: ${current}`,
    {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    },
  );
}

/** Of a list that asks for a state of the past: only the newest one is kept. @throws {StatusError} Expired */
export function checkExact({ resourceVersion, match }: VersionOptions, store: Store): void {
  if (match === 'Exact' && resourceVersion !== store.version)
    throw gone('The resourceVersion for the provided list is too old.');
}
