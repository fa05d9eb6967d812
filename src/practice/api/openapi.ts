import { unknownPath } from './failures.ts';
import { type Answer, type ApiRequest, json } from './http.ts';
import { mediaTypes } from './negotiation.ts';
import { encodeOpenApiV2 } from './openapi-protobuf.ts';
import { openApiV2 } from './openapi-v2.ts';
import { openApiV3, openApiV3Index } from './openapi-v3.ts';

const PROTOBUF = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
/** The name it had until 1.27. */
const CONTENT_TYPE = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

/** /openapi/v2 and /openapi/v3. Made anew for each request: few come, and clients keep what they got. */
export function answerOpenApi({ path, headers }: ApiRequest): Answer {
  const [, version, prefix, ...rest] = path.split('/').filter((part) => part !== '');
  if (version === 'v2' && prefix === undefined) {
    const wanted = mediaTypes(headers['accept']).map(({ type }) => type);
    if (wanted[0] !== PROTOBUF && wanted[0] !== CONTENT_TYPE) return json(openApiV2());
    return { status: 200, headers: { 'Content-Type': CONTENT_TYPE }, body: encodeOpenApiV2(openApiV2()) };
  }
  if (version !== 'v3') throw unknownPath();
  if (prefix === undefined) return json(openApiV3Index());
  const group = groupOf(prefix, rest);
  const document = group === undefined ? undefined : openApiV3(group);
  if (document === undefined) throw unknownPath();
  return json(document);
}

function groupOf(prefix: string, rest: readonly string[]): string | undefined {
  const [first, second, ...more] = rest;
  if (prefix === 'api') return first === 'v1' && second === undefined ? '' : undefined;
  return prefix === 'apis' && second === 'v1' && more.length === 0 ? first : undefined;
}
