import {
  aggregated,
  apiGroup,
  apiGroups,
  apiVersions,
  groupNames,
  isServed,
  resourceList,
} from './discovery.ts';
import { encoded } from './encoding.ts';
import { methodNotSupported, unknownPath } from './failures.ts';
import { type Answer, type ApiRequest, json, plain } from './http.ts';
import { mediaTypes } from './negotiation.ts';
import { VERSION } from './version.ts';

/** Everything that is no resource: discovery, version, health, OpenAPI. @throws {StatusError} */
export async function answerRoot(request: ApiRequest): Promise<Answer> {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    throw methodNotSupported(request.path, request.method.toLowerCase());
  const [first = '', second, third, ...rest] = request.path.split('/').filter((part) => part !== '');
  if (rest.length > 0 && first !== 'openapi') throw unknownPath();
  switch (first) {
    case '':
      return json({ paths: rootPaths() });
    case 'version':
      if (second !== undefined) throw unknownPath();
      return json(VERSION);
    case 'healthz':
    case 'livez':
    case 'readyz':
      return health(first, second, request);
    case 'api':
      if (second === undefined)
        return answerDiscovery(request, [''], apiVersions(request.headers['host'] ?? ''));
      if (second !== 'v1' || third !== undefined) throw unknownPath();
      return encoded(resourceList('', 'v1'), request);
    case 'apis': {
      const named = groupNames().filter((group) => group !== '');
      if (second === undefined) return answerDiscovery(request, named, apiGroups());
      if (!named.includes(second)) throw unknownPath();
      if (third === undefined) return encoded(apiGroup(second), request);
      if (!isServed(second, third)) throw unknownPath();
      return encoded(resourceList(second, third), request);
    }
    case 'openapi': {
      // Large, and seldom asked for.
      const { answerOpenApi } = await import('./openapi.ts');
      return answerOpenApi(request);
    }
    default:
      throw unknownPath();
  }
}

/** All at once for who knows of it, otherwise in steps. */
function answerDiscovery(
  request: ApiRequest,
  groups: readonly string[],
  legacy: unknown,
): Promise<Answer> | Answer {
  for (const { type, parameters } of mediaTypes(request.headers['accept'])) {
    if (type !== 'application/json') continue;
    const version = parameters.get('v');
    if (parameters.get('as') === undefined) break;
    if (parameters.get('g') !== 'apidiscovery.k8s.io' || (version !== 'v2' && version !== 'v2beta1'))
      continue;
    const answer = json(aggregated(version, groups));
    answer.headers['Content-Type'] =
      `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
    answer.headers['Vary'] = 'Accept';
    return answer;
  }
  return encoded(legacy, request);
}

const CHECKS = ['ping', 'log', 'etcd'];

function health(path: string, check: string | undefined, { query }: ApiRequest): Answer {
  if (check !== undefined) {
    if (!CHECKS.includes(check)) throw unknownPath();
    return plain('ok');
  }
  if (!query.has('verbose')) return plain('ok');
  return plain(`${CHECKS.map((each) => `[+]${each} ok\n`).join('')}${path} check passed\n`);
}

function rootPaths(): string[] {
  const groups = groupNames().filter((group) => group !== '');
  return [
    '/api',
    '/api/v1',
    '/apis',
    ...groups.flatMap((group) => [`/apis/${group}`, `/apis/${group}/v1`]),
    '/healthz',
    '/livez',
    '/openapi/v2',
    '/openapi/v3',
    '/readyz',
    '/version',
  ];
}
