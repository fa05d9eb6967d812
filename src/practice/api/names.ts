import { type FieldError, invalid, required, tooLong } from './field-error.ts';

/** What names may be; messages are those of k8s.io/apimachinery's validation. */

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const LABEL_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';

const REGEX_USED = 'regex used for validation is';

/** What is wrong with a name; nothing when it is right. */
export function dns1123Label(name: string): string[] {
  const errors = [];
  if (name.length > 63) errors.push('must be no more than 63 bytes');
  if (!whole(LABEL).test(name))
    errors.push(
      `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', ${REGEX_USED} '${LABEL}')`,
    );
  return errors;
}

/** A name that is also an environment variable's beginning: those of Services. */
export function dns1035Label(name: string): string[] {
  const errors = [];
  if (name.length > 63) errors.push('must be no more than 63 bytes');
  if (!whole(LABEL_1035).test(name))
    errors.push(
      `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', ${REGEX_USED} '${LABEL_1035}')`,
    );
  return errors;
}

export function dns1123Subdomain(name: string): string[] {
  const errors = [];
  if (name.length > 253) errors.push('must be no more than 253 bytes');
  if (!whole(SUBDOMAIN).test(name))
    errors.push(
      `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', ${REGEX_USED} '${SUBDOMAIN}')`,
    );
  return errors;
}

/** A key of a label or an annotation: an optional DNS prefix and a name. */
export function qualifiedName(key: string): string[] {
  const parts = key.split('/');
  if (parts.length > 2)
    return [
      `a qualified name ${qualifiedRule()} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  const errors = [];
  const name = parts.at(-1)!;
  if (parts.length === 2) {
    const prefix = parts[0]!;
    if (prefix === '') errors.push('prefix part must be non-empty');
    else errors.push(...dns1123Subdomain(prefix).map((error) => `prefix part ${error}`));
  }
  if (name === '') errors.push('name part must be non-empty');
  else if (name.length > 63) errors.push('name part must be no more than 63 bytes');
  if (!whole(QUALIFIED).test(name)) errors.push(`name part ${qualifiedRule()}`);
  return errors;
}

export function labelValue(value: string): string[] {
  const errors = [];
  if (value.length > 63) errors.push('must be no more than 63 bytes');
  if (value !== '' && !whole(QUALIFIED).test(value))
    errors.push(
      `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', ${REGEX_USED} '(${QUALIFIED})?')`,
    );
  return errors;
}

export function labelErrors(labels: Record<string, string> | undefined, field: string): FieldError[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...qualifiedName(key).map((error) => invalid(field, key, error)),
    ...labelValue(value).map((error) => invalid(field, value, error)),
  ]);
}

/** The names of environment variables, of ConfigMap keys and of ports. */
export function environmentName(name: string): string[] {
  return /^[ -<>-~]+$/.test(name)
    ? []
    : [
        `a valid environment variable name must consist only of printable ASCII characters other than '=' (e.g. 'my.env-name', or 'MY_ENV.NAME', or 'MyEnvName1', ${REGEX_USED} '[ -<>-~]+')`,
      ];
}

export function configMapKey(key: string): string[] {
  const errors = [];
  if (key.length > 253) errors.push('must be no more than 253 bytes');
  if (!/^[-._a-zA-Z0-9]+$/.test(key))
    errors.push(
      `a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', ${REGEX_USED} '[-._a-zA-Z0-9]+')`,
    );
  else if (key === '.') errors.push(`must not be '.'`);
  else if (key === '..') errors.push(`must not be '..'`);
  else if (key.startsWith('..')) errors.push(`must not start with '..'`);
  return errors;
}

export function portName(name: string): string[] {
  const errors = [];
  if (name.length > 15) errors.push('must be no more than 15 characters');
  if (!/^[-a-z0-9]+$/.test(name))
    errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(name)) errors.push('must contain at least one letter (a-z)');
  if (name.includes('--')) errors.push('must not contain consecutive hyphens');
  if (name.startsWith('-') || name.endsWith('-')) errors.push('must not begin or end with a hyphen');
  return errors;
}

interface Metadata {
  name?: string;
  generateName?: string;
  namespace?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: { apiVersion: string; kind: string; name: string; uid: string; controller?: boolean }[];
}

const MOST_ANNOTATION_BYTES = 256 * 1024;

/** The rules that hold for every object's metadata. */
export function metadataErrors(metadata: Metadata, nameRule: (name: string) => string[]): FieldError[] {
  const errors: FieldError[] = [];
  if (metadata.generateName !== undefined && metadata.generateName !== '')
    errors.push(
      ...nameRule(metadata.generateName.replace(/-+$/, 'a')).map((error) =>
        invalid('metadata.generateName', metadata.generateName, error),
      ),
    );
  if (metadata.name === undefined || metadata.name === '')
    errors.push(required('metadata.name', 'name or generateName is required'));
  else errors.push(...nameRule(metadata.name).map((error) => invalid('metadata.name', metadata.name, error)));
  errors.push(...labelErrors(metadata.labels, 'metadata.labels'));
  let size = 0;
  for (const [key, value] of Object.entries(metadata.annotations ?? {})) {
    size += key.length + value.length;
    errors.push(
      ...qualifiedName(key.toLowerCase()).map((error) => invalid('metadata.annotations', key, error)),
    );
  }
  if (size > MOST_ANNOTATION_BYTES) errors.push(tooLong('metadata.annotations', MOST_ANNOTATION_BYTES));
  metadata.finalizers?.forEach((finalizer, index) => {
    const field = `metadata.finalizers[${index}]`;
    errors.push(...qualifiedName(finalizer).map((error) => invalid(field, finalizer, error)));
    if (!finalizer.includes('/') && !STANDARD_FINALIZERS.has(finalizer))
      errors.push(
        invalid(field, finalizer, 'name is neither a standard finalizer name nor is it fully qualified'),
      );
  });
  metadata.ownerReferences?.forEach((owner, index) => {
    const field = `metadata.ownerReferences[${index}]`;
    for (const key of ['apiVersion', 'kind', 'name', 'uid'] as const)
      if (owner[key] === '')
        errors.push(
          invalid(
            `${field}.${key}`,
            '',
            key === 'apiVersion' ? 'version must not be empty' : 'must not be empty',
          ),
        );
  });
  return errors;
}

const STANDARD_FINALIZERS = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);

function whole(pattern: string): RegExp {
  let regex = compiled.get(pattern);
  if (regex === undefined) compiled.set(pattern, (regex = new RegExp(`^${pattern}$`)));
  return regex;
}

const compiled = new Map<string, RegExp>();

function qualifiedRule(): string {
  return `must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', ${REGEX_USED} '${QUALIFIED}')`;
}
