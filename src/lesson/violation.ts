import type { Finding } from './diagnostic.ts';
import type { Path } from './source.ts';

/** A rule of lesson packs that an object breaks, at a path of the object. */
export interface Violation extends Finding {
  path: Path;
  part: 'key' | 'value';
  /** The step's requirement that would permit it. */
  permittedBy?: 'node-network';
}

/** One of an object's fields as the rules see it. */
export interface Field {
  path: Path;
  value: unknown;
}

/** A mapping's value, or nothing. */
export function mapping(value: unknown): Record<string, unknown> | undefined {
  return isMapping(value) ? value : undefined;
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The field of a mapping, whatever the letters' case: an API server that is lenient about case must not read what the
 * rules did not see.
 */
export function field({ path, value }: Field, name: string): Field | undefined {
  const entries = Object.entries(mapping(value) ?? {});
  const own =
    entries.find(([key]) => key === name) ??
    entries.find(([key]) => key.toLowerCase() === name.toLowerCase());
  return own === undefined ? undefined : { path: [...path, own[0]], value: own[1] };
}

/** The items of a list in a field. */
export function items(list: Field | undefined): Field[] {
  if (list === undefined || !Array.isArray(list.value)) return [];
  return list.value.map((value, index) => ({ path: [...list.path, index], value }));
}

/** The fields of a mapping. */
export function fields({ path, value }: Field): (Field & { name: string })[] {
  return Object.entries(mapping(value) ?? {}).map(([name, value]) => ({
    name,
    path: [...path, name],
    value,
  }));
}

/** A violation at a field's key. */
export function violation(at: { path: Path }, code: string, message: string, hint?: string): Violation {
  const base = { path: at.path, part: 'key' as const, code, message };
  return hint === undefined ? base : { ...base, hint };
}
