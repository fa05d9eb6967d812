import fc, { type GeneratorValue } from 'fast-check';
import { dump } from 'js-yaml';
import { RESOURCES } from '../../../../src/practice/api/resources/index.ts';
import type { Resource } from '../../../../src/practice/api/resource.ts';
import { anything, mutated } from './mutation.ts';
import { SAMPLES } from './samples.ts';

export interface FuzzRequest {
  method: string;
  /** Path and query. */
  url: string;
  headers: Record<string, string>;
  body: Buffer | undefined;
}

const NAMESPACE = 'fuzz';
const PATCHES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
];

/** Where objects of a resource are made. */
export function collectionOf({ group, version, plural, namespaced }: Resource): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return namespaced ? `${root}/namespaces/${NAMESPACE}/${plural}` : `${root}/${plural}`;
}

/** A request that the API may get, from nearly right to garbage. */
export function anyRequest(g: GeneratorValue): FuzzRequest {
  const resource = RESOURCES[g(fc.nat, RESOURCES.length - 1)]!;
  const kind = g(fc.nat, 19);
  if (kind < 7) return writing(g, resource, 'POST');
  if (kind < 9) return writing(g, resource, 'PUT');
  if (kind < 13) return patching(g, resource);
  if (kind < 14) return reviewing(g);
  if (kind < 17) return looking(g, resource);
  return anyWay(g, resource);
}

function writing(g: GeneratorValue, resource: Resource, method: 'POST' | 'PUT'): FuzzRequest {
  const sample = SAMPLES[resource.plural] as { metadata: { name: string } };
  const collection = collectionOf(resource);
  const path = method === 'POST' ? collection : `${collection}/${sample.metadata.name}`;
  const { name: _, ...metadata } = { ...sample.metadata, generateName: 'sample-' };
  const base = method === 'POST' && g(fc.nat, 9) > 0 ? { ...sample, metadata } : sample;
  const subresource = g(fc.nat, 5) === 0 ? `/${subresourceOf(g, resource)}` : '';
  return {
    method,
    url: `${path}${method === 'PUT' ? subresource : ''}${queryOf(g)}`,
    ...encoded(g, mutated(g, resource.type, base)),
  };
}

function patching(g: GeneratorValue, resource: Resource): FuzzRequest {
  const sample = SAMPLES[resource.plural] as { metadata: { name: string } };
  const type = g(() => fc.constantFrom(...PATCHES));
  const body = patchOf(g, resource, type);
  const subresource = g(fc.nat, 5) === 0 ? `/${subresourceOf(g, resource)}` : '';
  return {
    method: 'PATCH',
    url: `${collectionOf(resource)}/${sample.metadata.name}${subresource}${queryOf(g)}`,
    headers: { 'content-type': type },
    body: Buffer.from(JSON.stringify(body) ?? ''),
  };
}

const OPERATIONS = ['add', 'remove', 'replace', 'move', 'copy', 'test', 'nonsense'];
const POINTERS = ['', '/', '/-', '/0', '/01', '/~', '/~1', '/toString/x', '/__proto__/x', 'metadata', '/-1'];

/** A patch of a media type that could be one of the resource's. */
export function patchOf(g: GeneratorValue, resource: Resource, type: string): unknown {
  const sample = SAMPLES[resource.plural];
  if (type !== PATCHES[0]) {
    const patch = mutated(g, resource.type, sample);
    return g(fc.nat, 3) === 0 ? withDirective(g, patch) : patch;
  }
  if (g(fc.nat, 9) === 0) return g(() => anything);
  const pointer = (): string => {
    const keys: string[] = [];
    let at: unknown = sample;
    for (let depth = g(fc.nat, 5); depth > 0 && typeof at === 'object' && at !== null; depth--) {
      const names = Object.keys(at);
      if (names.length === 0) break;
      const key = names[g(fc.nat, names.length - 1)]!;
      keys.push(`/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
      at = (at as Record<string, unknown>)[key];
    }
    return keys.join('') + (g(fc.nat, 3) === 0 ? g(() => fc.constantFrom(...POINTERS)) : '');
  };
  return Array.from({ length: g(fc.nat, 4) }, () => ({
    op: g(() => fc.constantFrom(...OPERATIONS)),
    path: pointer(),
    from: pointer(),
    value: g(() => anything),
  }));
}

const DIRECTIVES: Record<string, unknown>[] = [
  { $patch: 'delete' },
  { $patch: 'replace' },
  { $patch: 'nonsense' },
  { $retainKeys: ['name'] },
  { '$deleteFromPrimitiveList/finalizers': ['a'] },
  { '$setElementOrder/containers': [{ name: 'c' }] },
  { '$setElementOrder/containers': ['c', null] },
  { $retainKeys: 1 },
];

function withDirective(g: GeneratorValue, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const keys = Object.keys(patch);
  const directive = g(() => fc.constantFrom(...DIRECTIVES));
  const key = keys[g(fc.nat, keys.length)];
  if (key === undefined) return { ...patch, ...directive };
  return { ...patch, [key]: withDirective(g, (patch as Record<string, unknown>)[key]) };
}

function reviewing(g: GeneratorValue): FuzzRequest {
  const path = g(() =>
    fc.constantFrom(
      '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
      '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      '/apis/authorization.k8s.io/v1/namespaces/fuzz/localsubjectaccessreviews',
      '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      '/apis/authentication.k8s.io/v1/tokenreviews',
      '/k8snet-practice/faults',
      '/api/v1/namespaces/fuzz/bindings',
      '/api/v1/namespaces/fuzz/pods/sample/binding',
      '/api/v1/namespaces/fuzz/pods/sample/eviction',
      '/api/v1/namespaces/fuzz/serviceaccounts/sample/token',
      '/apis/apps/v1/namespaces/fuzz/deployments/sample/scale',
    ),
  );
  const body = {
    apiVersion: g(() => fc.constantFrom('v1', 'authorization.k8s.io/v1', 'policy/v1', 'x')),
    kind: g(() => fc.constantFrom('SelfSubjectAccessReview', 'Binding', 'Eviction', 'Scale', 'X')),
    metadata: g(() => anything),
    spec: g(() => anything),
    target: g(() => anything),
    fault: g(() => anything),
  };
  return { method: g(() => fc.constantFrom('POST', 'PUT', 'GET')), url: path, ...encoded(g, body) };
}

function looking(g: GeneratorValue, resource: Resource): FuzzRequest {
  const name = g(fc.boolean) ? '/sample' : '';
  const subresource = name !== '' && g(fc.nat, 2) === 0 ? `/${subresourceOf(g, resource)}` : '';
  return {
    method: g(() => fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'OPTIONS')),
    url: `${collectionOf(resource)}${name}${subresource}${queryOf(g)}`,
    headers: headersOf(g),
    body: undefined,
  };
}

const PARTS = [
  ...['api', 'apis', 'v1', 'apps', 'namespaces', 'fuzz', 'sample', 'pods', 'nodes', 'status', 'log', 'exec'],
  ...['openapi', 'v2', 'v3', 'healthz', 'version', 'discovery.k8s.io', '', '.', '..', '%2e%2e', '%2F', '%00'],
  ...['%', '%zz', '%ff', '__proto__', 'constructor', 'x'.repeat(5000), 'watch', 'proxy', '*', ';', '漢'],
];

function anyWay(g: GeneratorValue, resource: Resource): FuzzRequest {
  const parts = Array.from({ length: g(fc.nat, 7) }, () => g(() => fc.constantFrom(...PARTS)));
  return {
    method: g(() =>
      fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND'),
    ),
    url: encodeURI(`/${parts.join('/')}`).replaceAll('%25', '%') + queryOf(g),
    ...encoded(g, g(fc.boolean) ? g(() => anything) : SAMPLES[resource.plural]),
  };
}

function subresourceOf(g: GeneratorValue, { subresources }: Resource): string {
  const known = subresources.map(({ name }) => name);
  return g(() => fc.constantFrom(...known, 'status', 'scale', 'log', 'x'));
}

const OPTIONS: Record<string, string[]> = {
  watch: ['true', '1', 'x'],
  limit: ['1', '0', '-1', '99999999999999999999', 'x'],
  continue: [
    '',
    'x',
    'e30',
    Buffer.from('{"v":"meta.k8s.io/v1","rv":1e9,"start":"x"}').toString('base64url'),
  ],
  resourceVersion: ['0', '1', '99999999', '-1', 'x', '1e3'],
  resourceVersionMatch: ['Exact', 'NotOlderThan', 'x'],
  labelSelector: ['app=sample', 'a in (b,c),!d', 'a>1', '((', 'a'.repeat(300), ',', 'a==', '__proto__=x'],
  fieldSelector: ['metadata.name=sample', 'status.phase!=Running', 'x=y', '=', '__proto__=x', 'a=b,'],
  timeoutSeconds: ['1', '0', '-1', '1e9', 'x'],
  allowWatchBookmarks: ['true', 'x'],
  sendInitialEvents: ['true', 'x'],
  fieldValidation: ['Strict', 'Warn', 'Ignore', 'x'],
  fieldManager: ['me', 'x'.repeat(200), '\n'],
  force: ['true', 'x'],
  dryRun: ['All', 'None', ''],
  gracePeriodSeconds: ['0', '-1', '1', 'x', '99999999999'],
  propagationPolicy: ['Foreground', 'Background', 'Orphan', 'x'],
  orphanDependents: ['true', 'x'],
  includeObject: ['None', 'Object', 'x'],
  container: ['c', 'x', '__proto__'],
  tailLines: ['0', '1', '-1', 'x'],
  limitBytes: ['0', '1', '-1'],
  sinceSeconds: ['0', '-1', '1e99', '9223372036854775807'],
  sinceTime: ['x', '2026-01-01T00:00:00Z'],
  follow: ['true', 'x'],
  previous: ['true', 'x'],
  timestamps: ['true', 'x'],
  command: ['ls', ''],
  pretty: ['true'],
  verbose: [''],
};

function queryOf(g: GeneratorValue): string {
  const names = Object.keys(OPTIONS);
  const pairs = Array.from({ length: Math.max(0, g(fc.nat, 5) - 2) }, () => {
    const name = names[g(fc.nat, names.length - 1)]!;
    return `${name}=${encodeURIComponent(g(() => fc.constantFrom(...OPTIONS[name]!)))}`;
  });
  if (g(fc.nat, 30) === 0) pairs.push('%zz&&=&x');
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

const ACCEPTS = [
  'application/json',
  'application/yaml',
  'application/json;as=Table;v=v1;g=meta.k8s.io',
  'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
  'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io',
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
  'application/vnd.kubernetes.protobuf',
  'application/com.github.proto-openapi.spec.v2@v1.0+protobuf',
  '*/*;q=0',
  ',;=;q=x',
];

function headersOf(g: GeneratorValue): Record<string, string> {
  return {
    accept: g(fc.nat, 3) > 0 ? 'application/json' : g(() => fc.constantFrom(...ACCEPTS)),
    ...(g(fc.nat, 60) === 0 && {
      'impersonate-user': g(() => fc.constantFrom('viewer', 'learner', 'x', '')),
    }),
    ...(g(fc.nat, 60) === 0 && { 'impersonate-group': 'x' }),
    ...(g(fc.nat, 5) === 0 && { 'accept-encoding': 'gzip' }),
    ...(g(fc.nat, 30) === 0 && { 'if-none-match': '"x"' }),
  };
}

/** A body in some encoding, right or wrong, and the headers that say so. */
function encoded(g: GeneratorValue, value: unknown): Pick<FuzzRequest, 'headers' | 'body'> {
  const headers = headersOf(g);
  const json = Buffer.from(JSON.stringify(value) ?? '');
  switch (g(fc.nat, 11)) {
    case 0:
      return { headers: { ...headers, 'content-type': 'application/yaml' }, body: Buffer.from(dump(value)) };
    case 1:
      return { headers: { ...headers, 'content-type': 'application/yaml' }, body: json };
    case 2: {
      const bytes = Buffer.from(g(() => fc.uint8Array({ maxLength: 60 })));
      const body = Buffer.concat([Buffer.from('k8s\0'), bytes]);
      return { headers: { ...headers, 'content-type': 'application/vnd.kubernetes.protobuf' }, body };
    }
    case 3: {
      const at = g(fc.nat, json.length);
      const wrong = Buffer.from(g(() => fc.uint8Array({ maxLength: 4 })));
      const body = Buffer.concat([json.subarray(0, at), wrong, json.subarray(at + g(fc.nat, 3))]);
      return { headers: { ...headers, 'content-type': 'application/json' }, body };
    }
    case 4:
      return { headers: { ...headers, 'content-type': 'text/html' }, body: json };
    default:
      return { headers: { ...headers, 'content-type': 'application/json' }, body: json };
  }
}
