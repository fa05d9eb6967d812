import { decode, type Fields, isFields, WrongType } from './decode.ts';
import { badRequest } from './failures.ts';
import { invalid, invalidObject } from './field-error.ts';
import type { ApiRequest } from './http.ts';
import { isTooDeep } from './json-depth.ts';
import { applyJsonPatch, JsonPatchFailure, type Operation } from './json-patch.ts';
import { mergePatch } from './merge-patch.ts';
import type { WriteOptions } from './registry.ts';
import { mediaTypeOf, unsupportedMediaType } from './request-body.ts';
import { StatusError } from './status-error.ts';
import { goFormat, rejected, strategicPatch } from './strategic-patch.ts';

const MEDIA_TYPES = new Map<string, 'json' | 'merge' | 'strategic'>([
  ['application/json-patch+json', 'json'],
  ['application/merge-patch+json', 'merge'],
  ['application/strategic-merge-patch+json', 'strategic'],
]);

const APPLY = new Set(['application/apply-patch+yaml', 'application/apply-patch+cbor']);
const MOST_OPERATIONS = 10_000;

/**
 * What a PATCH makes of an object; it is checked, and has what was unknown taken out.
 *
 * @param type client-node's name of the object's type
 * @throws {StatusError}
 */
export function applyPatch(
  type: string,
  current: Fields,
  request: ApiRequest,
  options: WriteOptions,
): Fields {
  const kind = patchKind(request);
  const patch = parsePatch(request.body);
  switch (kind) {
    case 'json': {
      const patched = jsonPatch(current, patch);
      return checked(type, patched, JSON.stringify(patched), options);
    }
    case 'merge': {
      if (!isFields(patch)) throw undecodable(patch, 'map[string]interface {}');
      const patched = mergePatch(current, patch);
      return checked(type, patched, JSON.stringify(patched), options);
    }
    case 'strategic':
      if (!isFields(patch)) throw undecodable(patch, 'map[string]interface {}');
      return checked(
        type,
        // It is of a type that is known, whatever it says itself.
        { ...strategicPatch(type, current, patch), apiVersion: current['apiVersion'], kind: current['kind'] },
        goFormat(patch),
        options,
      );
  }
}

/** @throws {StatusError} UnsupportedMediaType */
export function patchKind(request: ApiRequest): 'json' | 'merge' | 'strategic' {
  const mediaType = mediaTypeOf(request) ?? '';
  if (APPLY.has(mediaType))
    throw new StatusError(
      415,
      'UnsupportedMediaType',
      `server-side apply is not modelled by this cluster - accepted media types include: ${[...MEDIA_TYPES.keys()].join(', ')}`,
    );
  const kind = MEDIA_TYPES.get(mediaType);
  if (kind === undefined) throw unsupportedMediaType([...MEDIA_TYPES.keys()]);
  return kind;
}

function parsePatch(body: Uint8Array): unknown {
  let patch: unknown;
  try {
    patch = JSON.parse(Buffer.from(body).toString());
  } catch {
    throw badRequest('invalid JSON patch');
  }
  if (isTooDeep(patch)) throw badRequest('error decoding patch: exceeded max depth');
  return patch;
}

function undecodable(patch: unknown, expected: string): StatusError {
  const given = Array.isArray(patch) ? 'array' : typeof patch;
  return badRequest(
    `error decoding patch: json: cannot unmarshal ${given} into Go value of type ${expected}`,
  );
}

function checked(type: string, patched: unknown, shown: string, options: WriteOptions): Fields {
  const refuse = (why: string): StatusError => invalidObject('', '', '', [invalid('patch', shown, why)]);
  try {
    const { value, strictErrors } = decode(type, patched);
    if (strictErrors.length > 0 && options.fieldValidation === 'Strict')
      throw refuse(`strict decoding error: ${strictErrors.join(', ')}`);
    if (options.fieldValidation !== 'Ignore') for (const error of strictErrors) options.warn?.(error);
    return value;
  } catch (error) {
    if (error instanceof WrongType) throw refuse(error.message);
    throw error;
  }
}

/** RFC 6902. */
function jsonPatch(current: Fields, patch: unknown): unknown {
  if (!isOperations(patch)) throw undecodable(patch, '[]handlers.jsonPatchOp');
  if (patch.length > MOST_OPERATIONS)
    throw new StatusError(
      413,
      'RequestEntityTooLarge',
      `Request entity too large: The allowed maximum operations in a JSON patch is ${MOST_OPERATIONS}, got ${patch.length}`,
    );
  try {
    const patched = applyJsonPatch(current, patch);
    // Many operations may go deeper than each of them.
    if (!isTooDeep(patched)) return patched;
  } catch (error) {
    if (!(error instanceof JsonPatchFailure)) throw error;
  }
  throw rejected();
}

function isOperations(patch: unknown): patch is Operation[] {
  return (
    Array.isArray(patch) &&
    patch.every(
      (each) => isFields(each) && typeof each['op'] === 'string' && typeof each['path'] === 'string',
    )
  );
}
