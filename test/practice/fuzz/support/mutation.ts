import fc, { type GeneratorValue } from 'fast-check';
import { fieldsOf, type Type } from '../../../../src/practice/api/schema.ts';

type Path = readonly (string | number)[];

const WORDS = [
  '',
  'a',
  'sample',
  'default',
  'fuzz',
  'A-',
  '-a',
  'a.b/c',
  '__proto__',
  'constructor',
  'toString',
  '..',
  '../../etc/passwd',
  '/',
  '*',
  '10.0.0.1',
  '10.96.0.10',
  '::1',
  '10.0.0.0/8',
  '0',
  '-1',
  '80',
  '65536',
  '1e9',
  '1Ki',
  '100%',
  'NaN',
  '2026-01-01T00:00:00Z',
  '0000-01-01T00:00:00+23:59',
  '9999-12-31T23:59:59-23:59',
  'Always',
  'TCP',
  'In',
  'Exists',
  'metadata.labels["a"]',
  'limits.cpu',
  'AAEC',
  '$(A)$(B)$$(C)',
  '\0',
  '\ud800',
  '漢字',
  'a'.repeat(64),
  'a'.repeat(254),
  'a/'.repeat(40),
  '"\\\n',
  '(a+)+$',
] as const;
const NUMBERS = [0, -0, 1, -1, 2, 80, 0.5, 65_535, 65_536, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), 2 ** 53, 1e30];

const word = fc.oneof(fc.constantFrom(...WORDS), fc.string({ maxLength: 8 }));
const number = fc.oneof(fc.constantFrom(...NUMBERS), fc.integer());

/** Any JSON, small. */
export const anything = fc.oneof(
  word,
  number,
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(null, {}, [], [null], [{}], true, false),
);

/** Every place in a value, the whole first. */
export function places(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return [
    path,
    ...keys.flatMap((key) => places((value as Record<string | number, unknown>)[key], [...path, key])),
  ];
}

export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (at, key) => (at as Record<string | number, unknown> | undefined)?.[key],
    value,
  );
}

/** A copy with another value at a place; undefined takes it away. */
export function replaced(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<
    string | number,
    unknown
  >;
  const next = replaced(copy[key], rest, by);
  if (next === undefined && Array.isArray(copy)) copy.splice(Number(key), 1);
  else if (next === undefined) delete copy[key];
  else
    Object.defineProperty(copy, key, { value: next, enumerable: true, configurable: true, writable: true });
  return copy;
}

/** A value that a Kubernetes type could have, of fields that need not fit each other. */
function ofType(g: GeneratorValue, type: Type, depth: number): unknown {
  switch (type.kind) {
    case 'struct':
      return depth <= 0 ? {} : ofStruct(g, type.name, depth - 1);
    case 'list':
      return Array.from({ length: g(fc.nat, 2) }, () => ofType(g, type.of, depth - 1));
    case 'map':
      return Object.fromEntries(
        Array.from({ length: g(fc.nat, 2) }, () => [
          g(() => fc.constantFrom(...WORDS)),
          ofType(g, type.of, depth - 1),
        ]),
      );
    case 'scalar':
      if (type.scalar === 'boolean') return g(fc.boolean);
      if (type.scalar === 'any') return g(() => anything);
      if (type.scalar.startsWith('int3') || type.scalar === 'int64') return g(() => number);
      return g(() => (type.scalar === 'intOrString' ? fc.oneof(number, word) : word));
  }
}

function ofStruct(g: GeneratorValue, name: string, depth: number): Record<string, unknown> {
  const fields = [...fieldsOf(name).values()];
  const value: Record<string, unknown> = {};
  for (const field of fields)
    if (field.required || g(fc.nat, 6) === 0) value[field.name] = ofType(g, field.type, depth);
  return value;
}

/** The type at a place of an object. */
function typeAt(type: Type | undefined, [key, ...rest]: Path): Type | undefined {
  if (key === undefined || type === undefined) return type;
  if (type.kind === 'struct') return typeAt(fieldsOf(type.name).get(String(key))?.type, rest);
  return type.kind === 'scalar' ? undefined : typeAt(type.of, rest);
}

/**
 * An object near a valid one: up to three places of it are another value, of the same type or any, are gone, there
 * twice, or have fields of their type that they had not.
 */
export function mutated(g: GeneratorValue, type: string, sample: unknown): unknown {
  let value = sample;
  for (let count = g(fc.nat, 3); count > 0; count--) {
    const all = places(value);
    const path = all[g(fc.nat, all.length - 1)]!;
    value = mutatedAt(g, value, path, typeAt({ kind: 'struct', name: type }, path));
  }
  return value;
}

function mutatedAt(g: GeneratorValue, value: unknown, path: Path, type: Type | undefined): unknown {
  const now = valueAt(value, path);
  switch (g(fc.nat, 5)) {
    case 0:
      return replaced(
        value,
        path,
        g(() => anything),
      );
    case 1:
      return path.length === 0 ? value : replaced(value, path, undefined);
    case 2:
      if (Array.isArray(now)) return replaced(value, path, [...(now as unknown[]), ...(now as unknown[])]);
      return replaced(value, path, type === undefined ? g(() => word) : ofType(g, type, 3));
    case 3:
    case 4:
      if (type?.kind === 'struct' && typeof now === 'object' && now !== null)
        return replaced(value, path, { ...now, ...oneField(g, type.name) });
      return replaced(value, path, type === undefined ? g(() => word) : ofType(g, type, 2));
    default: {
      const all = places(value);
      return replaced(value, path, valueAt(value, all[g(fc.nat, all.length - 1)]!) ?? null);
    }
  }
}

function oneField(g: GeneratorValue, struct: string): Record<string, unknown> {
  const fields = [...fieldsOf(struct).values()];
  if (fields.length === 0) return {};
  const field = fields[g(fc.nat, fields.length - 1)]!;
  return { [field.name]: ofType(g, field.type, 3) };
}
