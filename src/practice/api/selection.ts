import { type FieldSelector, parseFieldSelector } from './field-selector.ts';
import { parseLabelSelector } from './label-selector.ts';
import type { KubernetesObject } from './object.ts';
import type { Resource } from './resource.ts';

/** Which objects of a collection a request is about. */
export interface Selection {
  namespace: string | undefined;
  /** Undefined when all are. */
  matches: ((object: KubernetesObject) => boolean) | undefined;
}

/** @throws {StatusError} BadRequest */
export function readSelection(
  resource: Resource,
  namespace: string | undefined,
  query: URLSearchParams,
): Selection {
  const labels = parseLabelSelector(query.get('labelSelector') ?? '');
  const fields: FieldSelector | undefined = parseFieldSelector(resource, query.get('fieldSelector') ?? '');
  if (labels === undefined && fields === undefined) return { namespace, matches: undefined };
  return {
    namespace,
    matches: (object) =>
      (labels === undefined || labels(object.metadata.labels ?? {})) &&
      (fields === undefined || fields.matches(object)),
  };
}

export function isSelected({ namespace, matches }: Selection, object: KubernetesObject): boolean {
  if (namespace !== undefined && object.metadata.namespace !== namespace) return false;
  return matches === undefined || matches(object);
}
