import { isDeepStrictEqual } from 'node:util';
import { isFields } from './decode.ts';
import { setOwn } from './merge-patch.ts';

/** One step of a JSON patch (RFC 6902), as it was sent. */
export interface Operation {
  op: string;
  path: string;
  from?: unknown;
  value?: unknown;
}

/** It can't be done: something is not there, or is not as it is said to be. */
export class JsonPatchFailure extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'JsonPatchFailure';
  }
}

/** Bytes that all copies of one patch may add, as in the API server: each could double what is there. */
const MOST_COPIED = 3 * 1024 * 1024;

type Container = unknown[] | Record<string, unknown>;

/**
 * Applies a JSON patch to a copy. Only what an object has itself is looked at, never what all objects have. As in
 * Kubernetes an index below 0 counts from a list's end, and the whole of an object can be tested, but not replaced.
 *
 * @throws {JsonPatchFailure}
 */
export function applyJsonPatch(target: unknown, operations: readonly Operation[]): unknown {
  const document = structuredClone(target);
  let copied = 0;
  for (const operation of operations) {
    const { op, path } = operation;
    switch (op) {
      case 'add':
        add(document, path, valueOf(operation));
        break;
      case 'remove':
        remove(document, path);
        break;
      case 'replace':
        get(document, path);
        replace(document, path, valueOf(operation));
        break;
      case 'move':
        add(document, path, remove(document, fromOf(operation)));
        break;
      case 'copy': {
        const value = get(document, fromOf(operation));
        copied += JSON.stringify(value).length;
        if (copied > MOST_COPIED) throw new JsonPatchFailure('the copies are too large');
        add(document, path, structuredClone(value));
        break;
      }
      case 'test': {
        const value = path === '' ? document : find(document, path);
        if (!isDeepStrictEqual(value ?? null, operation.value ?? null))
          throw new JsonPatchFailure(`${path} is another value`);
        break;
      }
      default:
        throw new JsonPatchFailure(`${op} is no operation`);
    }
  }
  return document;
}

function valueOf(operation: Operation): unknown {
  if (!Object.hasOwn(operation, 'value')) throw new JsonPatchFailure('a value is missing');
  return structuredClone(operation.value);
}

function fromOf({ from }: Operation): string {
  if (typeof from !== 'string') throw new JsonPatchFailure('it does not say from where');
  return from;
}

function add(document: unknown, path: string, value: unknown): void {
  const { container, key } = resolve(document, path);
  if (!Array.isArray(container)) setOwn(container, key, value);
  else if (key === '-') container.push(value);
  else container.splice(indexIn(key, container.length + 1), 0, value);
}

function replace(document: unknown, path: string, value: unknown): void {
  const { container, key } = resolve(document, path);
  if (Array.isArray(container)) container[indexIn(key, container.length)] = value;
  else setOwn(container, key, value);
}

/** What was there. */
function remove(document: unknown, path: string): unknown {
  const value = get(document, path);
  const { container, key } = resolve(document, path);
  if (Array.isArray(container)) container.splice(indexIn(key, container.length), 1);
  else delete container[key];
  return value;
}

function get(document: unknown, path: string): unknown {
  const value = find(document, path);
  if (value === undefined) throw new JsonPatchFailure(`${path} is not there`);
  return value;
}

function find(document: unknown, path: string): unknown {
  const { container, key } = resolve(document, path);
  return child(container, key);
}

/** What a path ends in, and the last part of it. */
function resolve(document: unknown, path: string): { container: Container; key: string } {
  const [first, ...keys] = path.split('/').map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const key = keys.pop();
  if (first !== '' || key === undefined) throw new JsonPatchFailure(`${path} leads nowhere`);
  let container = document;
  for (const each of keys) container = isContainer(container) ? child(container, each) : undefined;
  if (!isContainer(container)) throw new JsonPatchFailure(`${path} leads nowhere`);
  return { container, key };
}

function child(container: Container, key: string): unknown {
  if (Array.isArray(container)) return container[indexIn(key, container.length)];
  return Object.hasOwn(container, key) ? container[key] : undefined;
}

function indexIn(key: string, length: number): number {
  const given = /^-?\d+$/.test(key) ? Number(key) : NaN;
  const index = given < 0 ? given + length : given;
  if (!(index >= 0 && index < length)) throw new JsonPatchFailure(`${key} is no index of this list`);
  return index;
}

function isContainer(value: unknown): value is Container {
  return Array.isArray(value) || isFields(value);
}
