import { badRequest } from './failures.ts';
import type { KubernetesObject } from './object.ts';
import type { Resource } from './resource.ts';

export interface FieldSelector {
  matches(object: KubernetesObject): boolean;
  /** What metadata.name has to be, when it has to be one value. */
  name: string | undefined;
}

/**
 * Reads a field selector, `a=b,c!=d`, of fields that the resource has. An empty one is undefined.
 *
 * @throws {StatusError} BadRequest
 */
export function parseFieldSelector(resource: Resource, text: string): FieldSelector | undefined {
  if (text === '') return undefined;
  const terms = split(text).map((term) => {
    const match = /^(.*?)(==|!=|=)(.*)$/s.exec(term);
    if (match === null) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
    const [, field = '', operator, value = ''] = match;
    return { field, equal: operator !== '!=', value: unescape(value) };
  });
  const known = new Set(Object.keys(fieldsOf(resource, EMPTY)));
  for (const { field } of terms)
    if (!known.has(field)) throw badRequest(`field label not supported: ${field}`);
  return {
    matches: (object) => {
      const fields = fieldsOf(resource, object);
      return terms.every(({ field, equal, value }) => (fields[field] === value) === equal);
    },
    name: terms.find(({ field, equal }) => field === 'metadata.name' && equal)?.value,
  };
}

const EMPTY: KubernetesObject = {
  apiVersion: '',
  kind: '',
  metadata: { name: '', uid: '', resourceVersion: '', creationTimestamp: '' },
  spec: {},
  status: {},
  involvedObject: {},
};

function fieldsOf(resource: Resource, object: KubernetesObject): Record<string, string> {
  const { name, namespace = '' } = object.metadata;
  return {
    'metadata.name': name,
    ...(resource.namespaced ? { 'metadata.namespace': namespace } : {}),
    ...resource.selectableFields?.(object),
  };
}

/** At commas that no backslash stands before. */
function split(text: string): string[] {
  return (text.match(/(?:\\.|[^,\\])+/gs) ?? []).filter((term) => term !== '');
}

function unescape(value: string): string {
  return value.replaceAll(/\\(.)/gs, '$1');
}
