import { type ApiObject, isFields } from '../object.ts';
import { annotations, head, pairs } from './text.ts';

export function describeConfigMap(map: ApiObject): string {
  const data = isFields(map['data']) ? Object.entries(map['data']).sort(([a], [b]) => (a < b ? -1 : 1)) : [];
  const texts = data.map(([name, value]) => `${name}:\n----\n${String(value)}\n\n`);
  return `${common(map)}\nData\n====\n${texts.join('')}\nBinaryData\n====\n\n`;
}

export function describeServiceAccount(account: ApiObject): string {
  return `${common(account)}Image pull secrets:\t<none>\nMountable secrets:\t<none>\nTokens:\t<none>\n`;
}

/** What a kubectl tells of a type that it does not know: every field, under its name. */
export function describeObject(object: ApiObject): string {
  const { apiVersion, kind, ...rest } = object;
  const metadata = { ...object.metadata };
  for (const shown of ['name', 'namespace', 'labels', 'annotations', 'managedFields']) delete metadata[shown];
  const inner = (fields: object, indent: string): string =>
    Object.entries(fields)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => {
        const title = titleOf(name);
        if (isFields(value)) return `${indent}${title}:\n${inner(value, `${indent}  `)}`;
        if (!Array.isArray(value)) return `${indent}${title}:\t${String(value)}\n`;
        const items: unknown[] = value;
        return `${indent}${title}:\n${items
          .map((item) => (isFields(item) ? inner(item, `${indent}  `) : `${indent}  ${String(item)}\n`))
          .join('')}`;
      })
      .join('');
  return `${common(object)}API Version:\t${apiVersion}\nKind:\t${kind}\n${inner({ ...rest, metadata }, '')}`;
}

/** `creationTimestamp` is `Creation Timestamp`. */
function titleOf(field: string): string {
  const words = field.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').replace(/^./, (letter) => letter.toUpperCase());
  return words.replace(/^Uid$/, 'UID').replace(/^Api /, 'API ');
}

function common(object: ApiObject): string {
  const place = object.metadata.namespace === undefined ? `Name:\t${object.metadata.name}\n` : head(object);
  return `${place}${pairs('Labels', object.metadata.labels)}${annotations(object)}`;
}
