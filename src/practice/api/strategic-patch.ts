import { type Fields, isFields } from './decode.ts';
import { badRequest } from './failures.ts';
import { setOwn } from './merge-patch.ts';
import { fieldsOf, type Type } from './schema.ts';
import { StatusError } from './status-error.ts';

/**
 * Applies a strategic merge patch: a merge patch in which lists whose elements have a key (containers by name, ports by
 * number) are merged by it, as k8s.io/apimachinery/pkg/util/strategicpatch does.
 *
 * @param type client-node's name of the object's type
 * @throws {StatusError}
 */
export function strategicPatch(type: string, target: Fields, patch: Fields): Fields {
  return mergeMap(target, patch, { kind: 'struct', name: type });
}

const DIRECTIVE = '$patch';
const RETAIN_KEYS = '$retainKeys';
const DELETE_FROM = '$deleteFromPrimitiveList/';
const ORDER = '$setElementOrder/';

interface ListRule {
  element: Type | undefined;
  merge: boolean;
  key: string | undefined;
}

function mergeMap(original: Fields, given: Fields, type: Type | undefined): Fields {
  const directive = given[DIRECTIVE];
  if (directive !== undefined) return directed(directive, given);
  const patch = { ...given };
  const result = retainKeys(original, patch);
  for (const key of Object.keys(patch).filter((each) => each.startsWith(ORDER))) {
    const field = key.slice(ORDER.length);
    const ordered = mergeInOrder(result[field], patch[field], patch[key], listRule(type, field));
    delete patch[key];
    if (ordered === undefined) continue;
    setOwn(result, field, ordered);
    delete patch[field];
  }
  for (const [key, value] of Object.entries(patch)) mergeField(result, key, value, type);
  return result;
}

function mergeField(result: Fields, key: string, value: unknown, type: Type | undefined): void {
  if (key.startsWith(DELETE_FROM)) {
    const field = key.slice(DELETE_FROM.length);
    const current = result[field];
    if (!Array.isArray(value)) throw badRequest('invalid patch format of primitive list');
    if (Array.isArray(current)) result[field] = current.filter((each) => !value.includes(each));
    return;
  }
  const before = result[key];
  if (value === null) delete result[key];
  else if (isFields(before) && isFields(value))
    setOwn(result, key, mergeMap(before, value, fieldType(type, key)));
  else if (Array.isArray(before) && Array.isArray(value))
    setOwn(result, key, mergeList(before, value, listRule(type, key)));
  else setOwn(result, key, fresh(value));
}

/** What is new has nothing to be merged with: its directives and nulls have done their work. */
function fresh(value: unknown): unknown {
  if (Array.isArray(value))
    return value.filter((each) => !isFields(each) || each[DIRECTIVE] === undefined).map(fresh);
  if (!isFields(value)) return value;
  const result: Fields = {};
  for (const [key, each] of Object.entries(value))
    if (
      each !== null &&
      key !== DIRECTIVE &&
      key !== RETAIN_KEYS &&
      !key.startsWith(DELETE_FROM) &&
      !key.startsWith(ORDER)
    )
      setOwn(result, key, fresh(each));
  return result;
}

function directed(directive: unknown, patch: Fields): Fields {
  if (directive === 'delete') return {};
  if (directive === 'replace') {
    const { [DIRECTIVE]: _directive, ...rest } = patch;
    return rest;
  }
  throw failed(`unknown patch type: ${goFormat(directive)} in map: ${goFormat(patch)}`);
}

function retainKeys(original: Fields, patch: Fields): Fields {
  const retained = patch[RETAIN_KEYS];
  if (retained === undefined) return { ...original };
  if (!Array.isArray(retained)) throw badRequest('invalid patch format of retainKeys');
  delete patch[RETAIN_KEYS];
  for (const [key, value] of Object.entries(patch))
    if (!key.startsWith('$') && value !== null && !retained.includes(key)) throw rejected();
  return Object.fromEntries(Object.entries(original).filter(([key]) => retained.includes(key)));
}

function mergeList(before: unknown[], patch: unknown[], { element, merge, key }: ListRule): unknown[] {
  if (!merge) return patch.map(fresh);
  if ([...before, ...patch].some(Array.isArray)) throw rejected();
  if (key === undefined) return inOrder([...new Set([...before, ...patch])], patch, before, undefined);
  let originals = before;
  const items: Fields[] = [];
  for (const item of patch) {
    const id = keyOf(item, key, isFields(item) && item[DIRECTIVE] === 'replace');
    const directive = (item as Fields)[DIRECTIVE];
    if (directive === undefined) items.push(item as Fields);
    else if (directive === 'delete') originals = originals.filter((each) => keyOf(each, key) !== id);
    else if (directive !== 'replace')
      throw failed(`unknown patch type: ${goFormat(directive)} in map: ${goFormat(item)}`);
  }
  if (patch.some((item) => isFields(item) && item[DIRECTIVE] === 'replace')) return items.map(fresh);
  const merged = [...originals];
  for (const item of items) {
    const at = merged.findIndex((each) => keyOf(each, key) === keyOf(item, key));
    if (at === -1) merged.push(mergeMap({}, item, element));
    else merged[at] = mergeMap(merged[at] as Fields, item, element);
  }
  return inOrder(merged, items, originals, key);
}

/** With `$setElementOrder`; undefined when there is no list to put in order. */
function mergeInOrder(
  before: unknown,
  patch: unknown,
  order: unknown,
  rule: ListRule,
): unknown[] | undefined {
  if (!Array.isArray(order) || (patch !== undefined && patch !== null && !Array.isArray(patch)))
    throw badRequest('invalid patch format of setElementOrder list');
  const originals = Array.isArray(before) ? before : undefined;
  if (patch === null) return undefined;
  if (originals === undefined && patch === undefined) return undefined;
  let merged = originals ?? [];
  if (patch !== undefined)
    merged = originals === undefined ? (fresh(patch) as unknown[]) : mergeList(originals, patch, rule);
  return inOrder(merged, order, originals ?? [], rule.key);
}

/**
 * Elements that the patch speaks of in its order, the others in theirs; where the two meet, an element that the patch
 * does not speak of comes first only if it was before.
 */
function inOrder(
  merged: unknown[],
  spoken: unknown[],
  original: unknown[],
  key: string | undefined,
): unknown[] {
  const id = (item: unknown): unknown => (key === undefined ? item : keyOf(item, key));
  const spokenAt = positions(spoken.map(id));
  const originalAt = positions(original.map(id));
  const mine = merged
    .filter((each) => spokenAt.has(id(each)))
    .toSorted((a, b) => spokenAt.get(id(a))! - spokenAt.get(id(b))!);
  const others = merged.filter((each) => !spokenAt.has(id(each)));
  const result: unknown[] = [];
  while (mine.length > 0 && others.length > 0) {
    const [a, b] = [originalAt.get(id(others[0])), originalAt.get(id(mine[0]))];
    result.push(a !== undefined && b !== undefined && a < b ? others.shift() : mine.shift());
  }
  return [...result, ...others, ...mine];
}

function positions(ids: readonly unknown[]): Map<unknown, number> {
  return new Map(ids.map((id, index) => [id, index]));
}

function keyOf(item: unknown, key: string, optional = false): unknown {
  const value = isFields(item) ? item[key] : undefined;
  if (value === undefined && !optional)
    throw failed(`map: ${goFormat(item)} does not contain declared merge key: ${key}`);
  return value;
}

function fieldType(type: Type | undefined, field: string): Type | undefined {
  if (type?.kind === 'struct') return fieldsOf(type.name).get(field)?.type;
  return type?.kind === 'map' ? type.of : undefined;
}

function listRule(type: Type | undefined, field: string): ListRule {
  const declared = type?.kind === 'struct' ? fieldsOf(type.name).get(field) : undefined;
  const element = declared?.type.kind === 'list' ? declared.type.of : undefined;
  return { element, merge: declared?.patch?.merge === true, key: declared?.patch?.key };
}

/** An error that the API server has no better name for. */
function failed(message: string): StatusError {
  return new StatusError(500, '', message);
}

/** The API server keeps to itself why. */
export function rejected(): StatusError {
  return new StatusError(
    422,
    'Invalid',
    'the server rejected our request due to an error in our request',
    {},
  );
}

/** As Go's %v writes JSON: `map[a:1 b:[x y]]`. */
export function goFormat(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goFormat).join(' ')}]`;
  if (!isFields(value)) return typeof value === 'string' ? value : JSON.stringify(value);
  const entries = Object.keys(value).sort();
  return `map[${entries.map((key) => `${key}:${goFormat(value[key])}`).join(' ')}]`;
}
