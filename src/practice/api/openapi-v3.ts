import { groupNames } from './discovery.ts';
import { definitionsOf, openApiName } from './openapi-definitions.ts';
import { PATCH_TYPES, type ServedPath, servedPaths } from './openapi-paths.ts';
import { VERSION } from './version.ts';

const PREFIX = '#/components/schemas/';

/** /openapi/v3: where the documents are. */
export function openApiV3Index(): unknown {
  const paths = groupNames().map((group) => {
    const path = group === '' ? 'api/v1' : `apis/${group}/v1`;
    return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${VERSION.gitVersion}` }] as const;
  });
  return { paths: Object.fromEntries(paths) };
}

/** The document of one API group; undefined when there is none. */
export function openApiV3(group: string): unknown {
  if (!groupNames().includes(group)) return undefined;
  const paths: Record<string, Record<string, unknown>> = {};
  for (const served of servedPaths(group))
    paths[served.path] = { ...paths[served.path], [served.verb]: operation(served) };
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: VERSION.gitVersion },
    paths,
    components: { schemas: definitionsOf(PREFIX, group) },
  };
}

function operation({ kind, type, verb, parameters }: ServedPath): unknown {
  const schema = { $ref: `${PREFIX}${openApiName(type)}` };
  const sent = verb === 'patch' ? PATCH_TYPES : ['application/json', 'application/yaml'];
  const content = Object.fromEntries(
    sent.map((each) => [each, { schema: verb === 'patch' ? { type: 'object' } : schema }]),
  );
  return {
    parameters: parameters.map((name) => ({
      name,
      in: 'query',
      schema: { type: 'string', uniqueItems: true },
    })),
    requestBody: { content, required: true },
    responses: { 200: { description: 'OK', content: { 'application/json': { schema } } } },
    'x-kubernetes-action': verb,
    'x-kubernetes-group-version-kind': kind,
  };
}
