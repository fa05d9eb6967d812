/** A value is not of the form that kubectl takes; the message names the place and the forms, never the value. */
export class DecodeError extends Error {}

/**
 * Turns what YAML gave into one field's value; undefined when it is absent, null or zero (Go does not tell these
 * apart). `at` is the place, as `users[0].user.token`.
 *
 * @throws {DecodeError}
 */
export type Decode<T> = (value: unknown, at: string) => T | undefined;

export type Decoded<D> = D extends Decode<infer T> ? T : never;

type FieldsOf<Shape> = { [Key in keyof Shape]?: Decoded<Shape[Key]> };

export const text: Decode<string> = (value, at) => {
  if (isAbsent(value)) return undefined;
  if (typeof value !== 'string') throw wrongForm(value, at, 'text');
  return value === '' ? undefined : value;
};

export const flag: Decode<true> = (value, at) => {
  if (isAbsent(value)) return undefined;
  if (typeof value !== 'boolean') throw wrongForm(value, at, 'true or false');
  return value ? true : undefined;
};

/** Go's decoder is strict where Node's is not: it wants the padding and allows line breaks only. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Stays base64, without line breaks. */
export const base64: Decode<string> = (value, at) => {
  const data = text(value, at)?.replaceAll(/[\r\n]/g, '');
  if (data !== undefined && !BASE64.test(data)) throw new DecodeError(`${at} is not valid base64`);
  return data === '' ? undefined : data;
};

export function listOf<T>(decode: Decode<T>): Decode<T[]> {
  return (value, at) => {
    if (isAbsent(value)) return undefined;
    if (!Array.isArray(value)) throw wrongForm(value, at, 'a list');
    const items = value.map((item, index) => decode(item, `${at}[${index}]`));
    return items.length === 0 ? undefined : items.filter((item) => item !== undefined);
  };
}

/** Text by text, such as the config of an auth-provider. */
export const texts: Decode<Record<string, string>> = (value, at) => {
  if (isAbsent(value)) return undefined;
  const result: Record<string, string> = {};
  for (const [key, item] of Object.entries(mapping(value, at)))
    result[key] = text(item, `${at}.${key}`) ?? '';
  return result;
};

/** The keys of a mapping, whatever is under them; absent when it has none. */
export const keys: Decode<string[]> = (value, at) => {
  const names = isAbsent(value) ? [] : Object.keys(mapping(value, at));
  return names.length === 0 ? undefined : names;
};

/** A mapping with these fields, as far as they are set; keys it does not know are passed over, as kubectl does. */
export function fields<Shape extends Record<string, Decode<unknown>>>(shape: Shape): Decode<FieldsOf<Shape>> {
  return (value, at) => {
    const source = isAbsent(value) ? {} : mapping(value, at);
    const result: FieldsOf<Shape> = {};
    for (const key in shape) {
      const place = at === '' ? key : `${at}.${key}`;
      const field = Object.hasOwn(source, key) ? shape[key]?.(source[key], place) : undefined;
      // Each decoder gives its own field's type, which the compiler cannot follow through the loop.
      if (field !== undefined) Object.assign(result, { [key]: field });
    }
    return result;
  };
}

/** Absent stays absent, where `fields` alone would give an empty mapping. */
export function optional<T>(decode: Decode<T>): Decode<T> {
  return (value, at) => (isAbsent(value) ? undefined : decode(value, at));
}

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function mapping(value: unknown, at: string): Record<string, unknown> {
  if (!isMapping(value)) throw wrongForm(value, at, 'a mapping');
  return value;
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrongForm(value: unknown, at: string, wanted: string): DecodeError {
  return new DecodeError(`${at === '' ? 'the file' : at} must be ${wanted}, it is ${formOf(value)}`);
}

function formOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'number') return 'a number (in quotes it would be text)';
  if (typeof value === 'boolean') return 'true or false (in quotes it would be text)';
  return 'a mapping';
}
