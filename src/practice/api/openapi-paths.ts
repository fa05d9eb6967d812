import type { GroupVersionKind } from './openapi-definitions.ts';
import { apiVersionOf, type Resource } from './resource.ts';
import { RESOURCES } from './resources/index.ts';

/** One resource's path and what can be done there; kubectl looks in it for what a server supports. */
export interface ServedPath {
  path: string;
  kind: GroupVersionKind;
  /** client-node's name of the type. */
  type: string;
  verb: 'patch' | 'post';
  parameters: readonly string[];
}

export const PATCH_TYPES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
];

const WRITE_PARAMETERS = ['dryRun', 'fieldManager', 'fieldValidation'];

/** @param group undefined for all */
export function servedPaths(group?: string): ServedPath[] {
  return RESOURCES.filter((resource) => group === undefined || resource.group === group).flatMap(
    (resource) => {
      const { kind, version, type } = resource;
      const path = collectionPath(resource);
      const served = { kind: { group: resource.group, version, kind }, type, parameters: WRITE_PARAMETERS };
      return [
        { ...served, path, verb: 'post' as const },
        { ...served, path: `${path}/{name}`, verb: 'patch' as const },
      ];
    },
  );
}

function collectionPath(resource: Resource): string {
  const prefix = resource.group === '' ? '/api' : '/apis';
  const namespace = resource.namespaced ? '/namespaces/{namespace}' : '';
  return `${prefix}/${apiVersionOf(resource)}${namespace}/${resource.plural}`;
}
