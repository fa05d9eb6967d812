import type { KubernetesObject } from '../../src/cluster/api.ts';
import {
  type ApiRequest,
  type ApiResponse,
  type Connection,
  type ConnectionTarget,
  type ExecAnswer,
  TransportError,
} from '../../src/cluster/connection.ts';

export interface FakeObject extends KubernetesObject {
  spec?: { containers?: { name: string; image: string }[]; [key: string]: unknown };
  status?: unknown;
}

interface Kind {
  apiVersion: string;
  kind: string;
  plural: string;
  namespaced: boolean;
}

const KINDS: Kind[] = [
  { apiVersion: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false },
  { apiVersion: 'v1', kind: 'Node', plural: 'nodes', namespaced: false },
  { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true },
  { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true },
  { apiVersion: 'v1', kind: 'ServiceAccount', plural: 'serviceaccounts', namespaced: true },
  { apiVersion: 'v1', kind: 'Event', plural: 'events', namespaced: true },
  { apiVersion: 'apps/v1', kind: 'DaemonSet', plural: 'daemonsets', namespaced: true },
];

/** These take their time to go; others are gone with the answer. */
const LINGERING = new Set(['Pod', 'Namespace']);

const REASONS: Record<number, string> = {
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  422: 'Invalid',
};

/** What a request is about. */
interface Address {
  kind: Kind;
  namespace: string | undefined;
  name: string | undefined;
}

/**
 * A cluster in memory, behind the interface of a connection: namespaces, Pods and a few other kinds over one map.
 * Pods are Ready at once. A deleted Pod or namespace is first marked, and gone when somebody watches, or after `settle()`.
 */
export class FakeCluster implements Connection {
  readonly target: ConnectionTarget = {
    context: 'fake',
    cluster: 'fake',
    server: 'https://192.0.2.10:6443',
    user: 'learner',
    namespace: 'default',
  };
  /** Every request, as `METHOD path`. */
  readonly requests: string[] = [];
  /** Looks at a request before the cluster does; what it returns or throws is the answer. */
  before: (request: ApiRequest) => ApiResponse | undefined | Promise<never> = () => undefined;
  /** Looks at a request that has been carried out; what it throws or never returns is the answer. */
  after: (request: ApiRequest) => void | Promise<never> = () => undefined;
  /** What an exec answers. */
  answer: ExecAnswer = { end: { kind: 'lost' }, stdout: '', stderr: '' };
  readonly #objects = new Map<string, FakeObject>();
  #uids = 0;

  constructor() {
    for (const name of ['kube-system', 'default']) this.add('Namespace', undefined, name);
  }

  /** Somebody else makes an object, past this connection. */
  add(kind: string, namespace: string | undefined, name: string, more: Partial<FakeObject> = {}): FakeObject {
    const found = KINDS.find((each) => each.kind === kind);
    if (found === undefined) throw new Error(`no kind ${kind}`);
    const metadata = { ...more.metadata, name, ...(namespace === undefined ? {} : { namespace }) };
    return this.#store({ kind: found, namespace, name }, { ...more, metadata });
  }

  /** The object as it is now. */
  get(kind: string, namespace: string | undefined, name: string): FakeObject | undefined {
    const found = KINDS.find((each) => each.kind === kind);
    return found === undefined ? undefined : this.#objects.get(keyOf({ kind: found, namespace, name }));
  }

  /** Somebody else deletes an object, at once. */
  remove(kind: string, namespace: string | undefined, name: string): void {
    const found = KINDS.find((each) => each.kind === kind);
    if (found !== undefined) this.#objects.delete(keyOf({ kind: found, namespace, name }));
  }

  /** Everything there is, as (kind, namespace, name, uid), sorted. */
  content(): string[] {
    return [...this.#objects].map(([key, { metadata }]) => `${key} ${metadata.uid}`).sort();
  }

  /** Time passes: what is being deleted goes. */
  settle(): void {
    for (const [key, object] of this.#objects) {
      if (object.metadata.deletionTimestamp === undefined) continue;
      this.#objects.delete(key);
      if (object.kind !== 'Namespace') continue;
      for (const [inner, { metadata }] of this.#objects)
        if (metadata.namespace === object.metadata.name) this.#objects.delete(inner);
    }
  }

  async send(request: ApiRequest): Promise<ApiResponse> {
    this.requests.push(`${request.method} ${request.path}`);
    const early = await this.before(request);
    if (early !== undefined) return early;
    const response = this.#respond(request);
    await this.after(request);
    return response;
  }

  watch(): Promise<undefined> {
    this.settle();
    return Promise.resolve(undefined);
  }

  exec(): Promise<ExecAnswer> {
    return Promise.resolve(this.answer);
  }

  interact(): never {
    throw new Error('nobody types into a fake cluster');
  }

  close(): void {}

  #respond(request: ApiRequest): ApiResponse {
    const { path, method } = request;
    if (path === '/api')
      return ok(
        discovery(
          KINDS.filter((kind) => kind.apiVersion === 'v1'),
          '',
        ),
      );
    if (path === '/apis')
      return ok(
        discovery(
          KINDS.filter((kind) => kind.apiVersion === 'apps/v1'),
          'apps',
        ),
      );
    const address = addressOf(path);
    if (address === undefined) return failure(404, `the server could not find ${path}`);
    if (method === 'POST') return this.#create(address, request);
    if (address.name === undefined) return this.#list(address, request);
    const object = this.#objects.get(keyOf(address));
    if (object === undefined) return failure(404, `${address.kind.plural} "${address.name}" not found`);
    return method === 'DELETE' ? this.#delete(address, object, request) : ok(object);
  }

  #list({ kind, namespace }: Address, { query = {}, accept }: ApiRequest): ApiResponse {
    const [label, value] = String(query['labelSelector'] ?? '').split('=');
    const [, name] = String(query['fieldSelector'] ?? '').split('metadata.name=');
    const items = [...this.#objects.values()].filter(
      ({ kind: own, metadata }) =>
        own === kind.kind &&
        (namespace === undefined || metadata.namespace === namespace) &&
        (name === undefined || metadata.name === name) &&
        (!label || metadata.labels?.[label] === value),
    );
    const partial = accept?.includes('as=PartialObjectMetadataList') === true;
    const shown = partial ? items.map(({ metadata }) => ({ metadata })) : items;
    return ok({ kind: 'List', metadata: { resourceVersion: '1' }, items: shown });
  }

  #create(address: Address, { body = '{}' }: ApiRequest): ApiResponse {
    const object: FakeObject = JSON.parse(body);
    const { name } = object.metadata;
    const { kind, namespace } = address;
    if (namespace !== undefined) {
      const home = this.get('Namespace', undefined, namespace);
      if (home === undefined) return failure(404, `namespaces "${namespace}" not found`);
      if (home.metadata.deletionTimestamp !== undefined)
        return failure(403, `namespace ${namespace} is being terminated`);
    }
    if (this.#objects.has(keyOf({ kind, namespace, name })))
      return failure(409, `${kind.plural} "${name}" already exists`, 'AlreadyExists');
    const metadata = { ...object.metadata, ...(namespace === undefined ? {} : { namespace }) };
    return ok(this.#store({ kind, namespace, name }, { ...object, metadata }), 201);
  }

  #delete(address: Address, object: FakeObject, { body = '{}' }: ApiRequest): ApiResponse {
    const { preconditions }: { preconditions?: { uid?: string } } = JSON.parse(body);
    if (preconditions?.uid !== undefined && preconditions.uid !== object.metadata.uid)
      return failure(409, 'the UID in the precondition does not match the UID in record');
    if (LINGERING.has(object.kind ?? '')) object.metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
    else this.#objects.delete(keyOf(address));
    return ok(object);
  }

  #store(address: Address & { name: string }, object: FakeObject): FakeObject {
    const { kind, name } = address;
    const stored = structuredClone({ ...object, apiVersion: kind.apiVersion, kind: kind.kind });
    stored.metadata.uid = `uid-${++this.#uids}`;
    if (kind.kind === 'Pod') makeReady(stored);
    this.#objects.set(keyOf(address), stored);
    // Kubernetes puts these into every namespace by itself.
    if (kind.kind === 'Namespace') {
      this.add('ServiceAccount', name, 'default');
      this.add('ConfigMap', name, 'kube-root-ca.crt');
    }
    return stored;
  }
}

/** An answer of the API server that refuses, in its words. */
export function failure(status: number, message: string, reason = REASONS[status] ?? ''): ApiResponse {
  return { status, headers: {}, body: JSON.stringify({ kind: 'Status', reason, message }) };
}

/** RBAC says no, in the API server's words. */
export function forbidden(verb: string, resource: string, namespace?: string): ApiResponse {
  const scope = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  return failure(
    403,
    `${resource} is forbidden: User "learner" cannot ${verb} resource "${resource}" in API group "" ${scope}`,
  );
}

/** The connection broke. */
export function cut(): TransportError {
  return new TransportError('connection', 'read ECONNRESET', 'ECONNRESET');
}

function makeReady(pod: FakeObject): void {
  const { containers = [] } = pod.spec ?? {};
  pod.spec = { nodeName: 'node-1', ...pod.spec, containers };
  pod.status ??= {
    phase: 'Running',
    podIP: '10.0.0.5',
    conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((type) => ({
      type,
      status: 'True',
    })),
    containerStatuses: containers.map(({ name, image }) => ({
      name,
      image,
      ready: true,
      restartCount: 0,
      state: { running: { startedAt: '2020-01-01T00:00:00Z' } },
    })),
  };
}

function ok(body: unknown, status = 200): ApiResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function discovery(kinds: Kind[], group: string): unknown {
  const resources = kinds.map(({ kind, plural, namespaced }) => ({
    resource: plural,
    responseKind: { kind },
    scope: namespaced ? 'Namespaced' : 'Cluster',
    verbs: ['create', 'delete', 'get', 'list', 'watch'],
  }));
  const metadata = group === '' ? {} : { name: group };
  return { kind: 'APIGroupDiscoveryList', items: [{ metadata, versions: [{ version: 'v1', resources }] }] };
}

function addressOf(path: string): Address | undefined {
  const match = /^\/(?:api|apis\/apps)\/v1(?:\/namespaces\/([^/]+)(?=\/[^/]))?\/([a-z]+)(?:\/([^/]+))?$/.exec(
    path,
  );
  const [, namespace, plural, name] = match ?? [];
  const kind = KINDS.find((each) => each.plural === plural);
  if (match === null || kind === undefined) return undefined;
  return { kind, namespace, name };
}

function keyOf({ kind, namespace, name }: Address): string {
  return `${kind.kind} ${namespace ?? ''}/${name}`;
}
