import { definitions, openApiName, type Schema } from './openapi-definitions.ts';
import { PATCH_TYPES, servedPaths } from './openapi-paths.ts';
import { VERSION } from './version.ts';

export interface OpenApiV2 {
  swagger: '2.0';
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  definitions: Record<string, Schema>;
}

export interface Operation {
  consumes: string[];
  produces: string[];
  parameters: { name: string; in: 'query'; type: string }[];
  responses: Record<string, { description: string; schema: Schema }>;
  'x-kubernetes-action': string;
  'x-kubernetes-group-version-kind': { group: string; version: string; kind: string };
}

const PREFIX = '#/definitions/';

/** /openapi/v2: everything in one document. */
export function openApiV2(): OpenApiV2 {
  const paths: OpenApiV2['paths'] = {};
  for (const { path, verb, kind, type, parameters } of servedPaths())
    paths[path] = {
      ...paths[path],
      [verb]: {
        consumes: verb === 'patch' ? PATCH_TYPES : ['application/json', 'application/yaml'],
        produces: ['application/json', 'application/yaml'],
        parameters: parameters.map((name) => ({ name, in: 'query', type: 'string' })),
        responses: { 200: { description: 'OK', schema: { $ref: `${PREFIX}${openApiName(type)}` } } },
        'x-kubernetes-action': verb,
        'x-kubernetes-group-version-kind': kind,
      },
    };
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: VERSION.gitVersion },
    paths,
    definitions: definitions(PREFIX),
  };
}
