import { badRequest } from './failures.ts';

/** What a URL of the API names. */
export interface Target {
  group: string;
  version: string;
  /** Undefined for the whole cluster. */
  namespace: string | undefined;
  plural: string;
  /** Undefined for the collection. */
  name: string | undefined;
  subresource: string | undefined;
}

/**
 * Reads /api/v1/… and /apis/GROUP/VERSION/…; undefined when the path names no resource (discovery, health, …), as
 * k8s.io/apiserver's RequestInfo tells them apart.
 *
 * @throws {StatusError} when it is not percent-encoded as it should be
 */
export function parsePath(path: string): Target | undefined {
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decodePart);
  const prefix = parts.shift();
  if (prefix !== 'api' && prefix !== 'apis') return undefined;
  const group = prefix === 'api' ? '' : parts.shift();
  const version = parts.shift();
  if (group === undefined || version === undefined || parts.length === 0) return undefined;
  const named = parts[0] === 'namespaces' && parts.length > 2 && !NAMESPACE_SUBRESOURCES.has(parts[2]!);
  const namespace = named ? parts[1] : undefined;
  const [plural, name, subresource, ...rest] = named ? parts.slice(2) : parts;
  if (plural === undefined || rest.length > 0) return undefined;
  // A Namespace is in itself, as far as rights on it go.
  const own = plural === 'namespaces' && !named ? name : undefined;
  return { group, version, namespace: namespace ?? own, plural, name, subresource };
}

const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize']);

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw badRequest('the path is not percent-encoded as it should be');
  }
}
