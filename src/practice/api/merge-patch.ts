import { type Fields, isFields } from './decode.ts';

/** RFC 7386: null takes away, objects are merged, everything else replaces. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch;
  const merged: Fields = isFields(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else setOwn(merged, key, mergePatch(merged[key], value));
  }
  return merged;
}

/** A plain property whatever its name, `__proto__` too. */
export function setOwn(object: Fields, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}
