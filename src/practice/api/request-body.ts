import { type Fields, isFields } from './decode.ts';
import { duplicateFields } from './duplicate-fields.ts';
import { badRequest } from './failures.ts';
import type { ApiRequest } from './http.ts';
import { isTooDeep } from './json-depth.ts';
import { loadYaml } from '../yaml.ts';
import { StatusError } from './status-error.ts';

const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const ACCEPTED = ['application/json', 'application/yaml', PROTOBUF];

/** What is to be read: a kind, and client-node's name of its type. */
interface Expected {
  kind: string;
  type: string;
}

/**
 * What was sent, as JSON, YAML or protobuf.
 *
 * @throws {StatusError} UnsupportedMediaType, BadRequest
 */
export async function readBody(request: ApiRequest, { kind, type }: Expected): Promise<Fields> {
  const value = await parseBody(request, kind, type);
  if (isTooDeep(value)) throw unrecognized(request.body, kind, 'json: exceeded max depth');
  if (isFields(value)) return value;
  throw unrecognized(request.body, kind, 'json: cannot unmarshal into Go value of type struct');
}

async function parseBody(request: ApiRequest, kind: string, type: string): Promise<unknown> {
  const mediaType = mediaTypeOf(request) ?? 'application/json';
  if (!ACCEPTED.includes(mediaType)) throw unsupportedMediaType(ACCEPTED);
  try {
    if (mediaType === PROTOBUF) {
      const { decodeProtobuf } = await import('./protobuf-body.ts');
      return decodeProtobuf(type, request.body);
    }
    const text = Buffer.from(request.body).toString();
    if (mediaType === 'application/json') return JSON.parse(text);
    const documents = await loadYaml(text);
    return documents[0];
  } catch (error) {
    throw unrecognized(request.body, kind, `parse error: ${(error as Error).message.split('\n', 1)[0]}`);
  }
}

/** What is wrong with a body that could be read for all that, as WriteOptions have it. */
export function strictErrorsOf(request: ApiRequest): { strictErrors?: string[] } {
  if ((mediaTypeOf(request) ?? 'application/json') !== 'application/json') return {};
  const strictErrors = duplicateFields(Buffer.from(request.body).toString());
  return strictErrors.length === 0 ? {} : { strictErrors };
}

/** The body's media type without parameters, in lower case. */
export function mediaTypeOf({ headers }: ApiRequest): string | undefined {
  return headers['content-type']?.split(';')[0]!.trim().toLowerCase();
}

export function unsupportedMediaType(accepted: readonly string[]): StatusError {
  return new StatusError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  );
}

const SHOWN = 30;

function unrecognized(body: Uint8Array, kind: string, why: string): StatusError {
  const bytes = Buffer.from(body);
  let summary = '<empty>';
  if (bytes[0] === 0x7b) summary = bytes.subarray(0, SHOWN).toString();
  else if (bytes.length > 0) summary = bytes.subarray(0, SHOWN).toString('hex');
  if (bytes.length > SHOWN) summary += ' ...';
  return badRequest(
    `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; ${why} (${summary})`,
  );
}
