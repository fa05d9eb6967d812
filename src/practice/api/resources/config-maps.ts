import { isDeepStrictEqual } from 'node:util';
import { age } from '../age.ts';
import { type FieldError, forbiddenField, invalid, tooLong } from '../field-error.ts';
import { configMapKey, dns1123Subdomain } from '../names.ts';
import type { KubernetesObject } from '../object.ts';
import { ALL_VERBS, type Resource } from '../resource.ts';
import { AGE, NAME } from './columns.ts';

interface ConfigMap extends KubernetesObject {
  data?: Record<string, string>;
  binaryData?: Record<string, string>;
  immutable?: boolean;
}

const MOST_BYTES = 1024 * 1024;

export const configMaps: Resource = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  type: 'V1ConfigMap',
  plural: 'configmaps',
  singular: 'configmap',
  shortNames: ['cm'],
  categories: [],
  namespaced: true,
  verbs: ALL_VERBS,
  subresources: [],
  hasStatus: false,
  returnsDeleted: false,
  hasGeneration: false,
  nameErrors: dns1123Subdomain,
  validate(object, previous) {
    const { data = {}, binaryData = {} } = object as ConfigMap;
    const errors: FieldError[] = [];
    let size = 0;
    for (const [key, value] of Object.entries(data)) {
      size += Buffer.byteLength(value);
      errors.push(...configMapKey(key).map((error) => invalid(`data[${key}]`, key, error)));
      if (Object.hasOwn(binaryData, key))
        errors.push(invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'));
    }
    for (const [key, value] of Object.entries(binaryData)) {
      size += Buffer.byteLength(value, 'base64');
      errors.push(...configMapKey(key).map((error) => invalid(`binaryData[${key}]`, key, error)));
    }
    if (size > MOST_BYTES) errors.push(tooLong('', MOST_BYTES));
    if (previous !== undefined) errors.push(...immutableErrors(object, previous));
    return errors;
  },
  columns: [
    NAME,
    { name: 'Data', type: 'string', description: 'Data contains the configuration data.' },
    AGE,
  ],
  row(object, now) {
    const { metadata, data = {}, binaryData = {} } = object as ConfigMap;
    return [
      metadata.name,
      Object.keys(data).length + Object.keys(binaryData).length,
      age(metadata.creationTimestamp, now),
    ];
  },
};

function immutableErrors(after: ConfigMap, before: ConfigMap): FieldError[] {
  if (before.immutable !== true) return [];
  const words = 'field is immutable when `immutable` is set';
  const changed = (['data', 'binaryData'] as const).filter(
    (field) => !isDeepStrictEqual(after[field] ?? {}, before[field] ?? {}),
  );
  const errors = changed.map((field) => forbiddenField(field, words));
  return after.immutable === true ? errors : [forbiddenField('immutable', words), ...errors];
}
