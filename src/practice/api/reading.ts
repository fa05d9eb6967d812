import { decode, type Fields, isFields, WrongType } from './decode.ts';
import { badRequest } from './failures.ts';
import type { KubernetesObject, ObjectMeta } from './object.ts';
import type { WriteOptions } from './registry.ts';
import { apiVersionOf, type Resource } from './resource.ts';

/**
 * Reads what somebody sent as an object of a resource: fresh, with all fields of the right type, unknown ones treated as
 * `options.fieldValidation` says.
 *
 * @throws {StatusError} BadRequest, worded as the API server words it
 */
export function readObject(resource: Resource, sent: unknown, options: WriteOptions): KubernetesObject {
  const { kind } = resource;
  const apiVersion = apiVersionOf(resource);
  if (!isFields(sent))
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error`,
    );
  const given = { apiVersion: text(sent['apiVersion']) || apiVersion, kind: text(sent['kind']) || kind };
  if (given.kind === kind && given.apiVersion !== apiVersion)
    throw badRequest(
      `the API version in the data (${given.apiVersion}) does not match the expected API version (${apiVersion})`,
    );
  const version = given.apiVersion.split('/').at(-1)!;
  const cannot = `${given.kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}`;
  if (given.kind !== kind)
    throw badRequest(
      `${cannot}: converting (${version}.${given.kind}) to (core.${kind}): unknown conversion`,
    );
  const value = readAs(resource.type, sent, cannot, options);
  const metadata = (isFields(value['metadata']) ? value['metadata'] : {}) as unknown as ObjectMeta;
  return { ...value, apiVersion, kind, metadata };
}

/** @param cannot the beginning of what is said when it is not right */
export function readAs(type: string, sent: unknown, cannot: string, options: WriteOptions): Fields {
  try {
    const { value, strictErrors: found } = decode(type, sent);
    const strictErrors = [...(options.strictErrors ?? []), ...found];
    if (strictErrors.length > 0 && options.fieldValidation === 'Strict')
      throw badRequest(`${cannot}: strict decoding error: ${strictErrors.join(', ')}`);
    if (options.fieldValidation !== 'Ignore') for (const error of strictErrors) options.warn?.(error);
    return value;
  } catch (error) {
    if (error instanceof WrongType) throw badRequest(`${cannot}: ${error.message}`);
    throw error;
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
