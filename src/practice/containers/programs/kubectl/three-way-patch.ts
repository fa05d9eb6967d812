import { type Fields, isFields } from './object.ts';

/** Lists whose elements have a key, by which a strategic merge patch tells them apart. From the Kubernetes API's own marks. */
const KEYS: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  ephemeralContainers: 'name',
  volumes: 'name',
  env: 'name',
  volumeMounts: 'mountPath',
  volumeDevices: 'devicePath',
  ports: 'containerPort',
  imagePullSecrets: 'name',
  hostAliases: 'ip',
  topologySpreadConstraints: 'topologyKey',
};

/**
 * The strategic merge patch that makes of `current` what is `wanted`, and takes back what was in `before` and is wanted
 * no more; what others added stays. Undefined where there is nothing to do.
 */
export function threeWayPatch(before: unknown, wanted: unknown, current: unknown): Fields | undefined {
  const patch = mapPatch(fields(before), fields(wanted), fields(current));
  return Object.keys(patch).length === 0 ? undefined : patch;
}

function mapPatch(before: Fields, wanted: Fields, current: Fields): Fields {
  const patch: [field: string, value: unknown][] = [];
  for (const [field, value] of Object.entries(wanted)) {
    const now = ownField(current, field);
    const key = Array.isArray(now) && Array.isArray(value) ? keyOf(field, [...now, ...value]) : undefined;
    if (value === null) {
      if (now !== undefined) patch.push([field, null]);
    } else if (isFields(value) && isFields(now)) {
      const inner = mapPatch(fields(ownField(before, field)), value, now);
      if (Object.keys(inner).length > 0) patch.push([field, inner]);
    } else if (key !== undefined) {
      const inner = listPatch(key, objects(ownField(before, field)), objects(value), objects(now));
      if (inner.length > 0) patch.push([field, inner]);
    } else if (!isSame(value, now)) patch.push([field, value]);
  }
  for (const field of Object.keys(before))
    if (!Object.hasOwn(wanted, field) && Object.hasOwn(current, field)) patch.push([field, null]);
  // As plain properties: one may be called `__proto__`.
  return Object.fromEntries(patch);
}

/** A learner may name labels and keys as what every object inherits. */
function ownField(object: Fields, field: string): unknown {
  return Object.hasOwn(object, field) ? object[field] : undefined;
}

function listPatch(key: string, before: Fields[], wanted: Fields[], current: Fields[]): Fields[] {
  const find = (list: Fields[], element: Fields): Fields | undefined =>
    list.find((each) => isSame(each[key], element[key]));
  const changed = wanted.flatMap((element): Fields[] => {
    const now = find(current, element);
    if (now === undefined) return [element];
    const inner = mapPatch(find(before, element) ?? {}, element, now);
    return Object.keys(inner).length === 0 ? [] : [{ [key]: element[key], ...inner }];
  });
  const gone = before
    .filter((element) => find(wanted, element) === undefined && find(current, element) !== undefined)
    .map((element) => ({ $patch: 'delete', [key]: element[key] }));
  return [...changed, ...gone];
}

/** The key of a list's elements, if all have one. */
function keyOf(field: string, elements: readonly unknown[]): string | undefined {
  const key = Object.hasOwn(KEYS, field) ? KEYS[field]! : undefined;
  return key !== undefined && elements.every((each) => isFields(each) && Object.hasOwn(each, key))
    ? key
    : undefined;
}

function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((each, index) => isSame(each, b[index]));
  if (!isFields(a) || !isFields(b)) return a === b;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => isSame(a[key], ownField(b, key)));
}

function fields(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function objects(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}
