import generated from './schema.generated.json' with { type: 'json' };
import { ALWAYS_WRITTEN, patchRule, type PatchRule, POINTERS, QUANTITIES } from './schema-facts.ts';

export type Scalar =
  | 'string'
  | 'boolean'
  | 'int32'
  | 'int64'
  | 'double'
  | 'bytes'
  | 'time'
  | 'microTime'
  | 'intOrString'
  | 'quantity'
  | 'any';

export type Type =
  | { kind: 'scalar'; scalar: Scalar }
  | { kind: 'list'; of: Type }
  | { kind: 'map'; of: Type }
  | { kind: 'struct'; name: string };

export interface Field {
  name: string;
  type: Type;
  required: boolean;
  /** Whether false, 0 and '' are values of their own; otherwise they mean the same as nothing. */
  keepsZero: boolean;
  /** Whether it is there even when empty. */
  always: boolean;
  patch: PatchRule | undefined;
}

const source: Record<string, Record<string, string>> = generated;
const structs = new Map<string, ReadonlyMap<string, Field>>();

/** The fields of a Kubernetes type, by client-node's name for it, as in V1PodSpec. */
export function fieldsOf(name: string): ReadonlyMap<string, Field> {
  const known = structs.get(name);
  if (known !== undefined) return known;
  const fields = new Map<string, Field>();
  for (const [field, notation] of Object.entries(source[name] ?? {}))
    fields.set(field, readField(name, field, notation));
  structs.set(name, fields);
  return fields;
}

/** V1PodSpec is PodSpec in Go, as errors name it. */
export function goName(name: string): string {
  return name.replace(/^[A-Z][a-z]*?V1(?=[A-Z])|^V1/, '');
}

function readField(struct: string, name: string, notation: string): Field {
  const required = notation.endsWith('!');
  const listed = (table: Record<string, string>): boolean => (table[struct]?.split(' ') ?? []).includes(name);
  return {
    name,
    type: readType(notation.replace(/!$/, ''), listed(QUANTITIES)),
    required,
    keepsZero: required || listed(POINTERS),
    // A pointer that has to be there is missed where it isn't.
    always: (required && !listed(POINTERS)) || listed(ALWAYS_WRITTEN),
    patch: patchRule(struct, name),
  };
}

function readType(notation: string, quantity: boolean): Type {
  if (notation.startsWith('[]')) return { kind: 'list', of: readType(notation.slice(2), quantity) };
  if (notation.startsWith('{}')) return { kind: 'map', of: readType(notation.slice(2), quantity) };
  if (/^[A-Z]/.test(notation)) return { kind: 'struct', name: notation };
  return { kind: 'scalar', scalar: quantity ? 'quantity' : (notation as Scalar) };
}
