import { createHandler } from '../../../../src/practice/api/handler.ts';
import type { Answer, ApiRequest, User } from '../../../../src/practice/api/http.ts';
import type { KubeletPort } from '../../../../src/practice/api/kubelet-port.ts';
import { createStore, type StoreOptions } from '../../../../src/practice/api/memory-store.ts';
import type { KubernetesObject } from '../../../../src/practice/api/object.ts';
import { NAMESPACES, PODS, type Registry, SERVICE_ACCOUNTS } from '../../../../src/practice/api/registry.ts';
import { createRegistry } from '../../../../src/practice/api/resource-registry.ts';
import { StatusError } from '../../../../src/practice/api/status-error.ts';
import type { Store } from '../../../../src/practice/api/store.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

export const ADMIN: User = { name: 'practice-admin', groups: ['system:masters', 'system:authenticated'] };
export const VIEWER: User = { name: 'viewer', groups: ['system:authenticated'] };
export const LEARNER: User = { name: 'learner', groups: ['system:authenticated'] };

export interface Reply {
  status: number;
  headers: Record<string, string>;
  text: string;
  // What the API answers is looked into by tests, one field at a time.
  body: Body;
}

// oxlint-disable-next-line typescript/no-explicit-any
export type Body = any;

interface Call {
  body?: unknown;
  type?: string;
  accept?: string;
  user?: User;
  headers?: Record<string, string>;
}

/** An API server with namespace `space`, whose service account is there, at 2030. */
export class Api {
  readonly clock = new VirtualClock();
  readonly store: Store;
  readonly registry: Registry;
  readonly handle: (request: ApiRequest) => Promise<Answer>;

  constructor(options: StoreOptions & { kubelet?: Partial<KubeletPort>; random?: () => number } = {}) {
    this.store = createStore(options);
    let uids = 0;
    let random = 0;
    this.registry = createRegistry({
      store: this.store,
      clock: this.clock,
      random: options.random ?? (() => (random = (random + 0.137) % 1)),
      uuid: () => `uid-${++uids}`,
    });
    const kubelet = options.kubelet as KubeletPort;
    this.handle = createHandler({ store: this.store, registry: this.registry, clock: this.clock, kubelet });
    this.namespace('space');
  }

  namespace(name: string): void {
    this.registry.create(NAMESPACES, undefined, { metadata: { name } });
    this.registry.create(SERVICE_ACCOUNTS, name, { metadata: { name: 'default' } });
  }

  pod(name: string, more: object = {}, labels: Record<string, string> = {}): KubernetesObject {
    return this.registry.create(PODS, 'space', podManifest(name, more, labels));
  }

  async call(method: string, url: string, call: Call = {}): Promise<Reply> {
    const answer = await this.answer(method, url, call);
    if (typeof answer.body === 'function') throw new Error(`${method} ${url} answers with a stream`);
    const text = Buffer.from(answer.body).toString();
    const body: Body = answer.headers['Content-Type'] === 'application/json' ? JSON.parse(text) : undefined;
    return { status: answer.status, headers: answer.headers, text, body };
  }

  /** A stream: what was written to it so far, as JSON lines, and how to end it. */
  async stream(
    url: string,
    call: Call = {},
  ): Promise<{
    events: Body[];
    writes: string[];
    text: () => string;
    stop: () => void;
    done: Promise<void>;
  }> {
    const answer = await this.answer('GET', url, call);
    if (typeof answer.body !== 'function') throw new Error(`GET ${url} is no stream: ${String(answer.body)}`);
    const abort = new AbortController();
    const events: Body[] = [];
    const writes: string[] = [];
    const write = (bytes: string | Uint8Array): Promise<void> => {
      const piece = Buffer.from(bytes).toString();
      writes.push(piece);
      if (piece.startsWith('{')) events.push(JSON.parse(piece));
      return Promise.resolve();
    };
    const done = answer.body(write, abort.signal);
    return { events, writes, text: () => writes.join(''), stop: () => abort.abort(), done };
  }

  private answer(
    method: string,
    url: string,
    { body, type, accept, user = ADMIN, headers = {} }: Call,
  ): Promise<Answer> {
    const { pathname, searchParams } = new URL(url, 'https://cluster');
    return this.handle({
      method,
      path: pathname,
      query: searchParams,
      headers: {
        accept: accept ?? 'application/json',
        ...(body === undefined ? {} : { 'content-type': type ?? 'application/json' }),
        ...headers,
      },
      body: bytesOf(body),
      user,
    });
  }
}

export function podManifest(name: string, spec: object = {}, labels: Record<string, string> = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels },
    spec: { containers: [{ name: 'c', image: 'nginx' }], ...spec },
  };
}

/** The refusal that `act` comes to. */
export function refusal(act: () => unknown): StatusError {
  try {
    act();
  } catch (error) {
    if (error instanceof StatusError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

function bytesOf(body: unknown): Uint8Array {
  if (body === undefined) return new Uint8Array();
  if (body instanceof Uint8Array) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}
