import { setMaxListeners } from 'node:events';
import {
  type ApiRequest,
  type ApiResponse,
  type Connection,
  type ConnectionTarget,
  TransportError,
} from './connection.ts';
import { missingPermission, type Permission } from './permission.ts';

/** The API server answered with an error that is not worth another try. */
export class ApiError extends Error {
  readonly status: number;
  /** The Status object's reason: NotFound, Forbidden, AlreadyExists, Invalid … */
  readonly reason: string;
  readonly request: Pick<ApiRequest, 'method' | 'path'>;
  /** Who answered; added on its way up. */
  target: ConnectionTarget | undefined;

  constructor(request: Pick<ApiRequest, 'method' | 'path'>, status: number, reason: string, message: string) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.reason = reason;
    this.request = request;
  }

  /** The right that is missing, when that is what the server said. */
  get permission(): Permission | undefined {
    return this.status === 403 ? missingPermission(this.message) : undefined;
  }
}

/** Time and randomness, passed in so that tests decide. */
export interface Timing {
  now(): number;
  /** Ends early, without an error, when the signal aborts. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** 0 ≤ x < 1 */
  random(): number;
}

/** A partial Kubernetes object as we read them: metadata is certain, the rest is looked at with care. */
export interface KubernetesObject {
  apiVersion?: string;
  kind?: string;
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    resourceVersion?: string;
    creationTimestamp?: string;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
    ownerReferences?: { kind: string; name: string }[];
    annotations?: Record<string, string>;
  };
}

export interface KubernetesList<T> {
  metadata: { resourceVersion?: string; continue?: string };
  items: T[];
}

const TRIES = 4;
const FIRST_PAUSE = 200;
/** A server that has answered before will come back: one that is started anew is away for some seconds. */
const TRIES_OF_KNOWN = 8;
const LONGEST_PAUSE = 2_000;
/** A namespace's service account is made a moment after it; pods created in between are refused. */
const SERVICE_ACCOUNT_GRACE = 5_000;
/** The words of the ServiceAccount admission plugin; a user named system:serviceaccount:… is something else. */
const NO_SERVICE_ACCOUNT =
  /looking up service account|token found for service account|serviceaccount "[^"]*" not found/i;

/**
 * The Kubernetes API over one connection: retries exactly what is worth retrying (429, 503, 504, connection errors;
 * for 5 s after creating our own namespace a 500 or 403 that names a missing service account), and turns every other
 * error answer into an ApiError.
 */
export class Api {
  readonly connection: Connection;
  readonly signal: AbortSignal;
  readonly timing: Timing;
  private namespaceCreatedAt: number | undefined;
  private isKnown = false;

  constructor(connection: Connection, signal: AbortSignal, timing: Timing) {
    this.connection = connection;
    this.signal = signal;
    // Every request, wait and pause listens to it; checks do many of them at once.
    setMaxListeners(0, signal);
    this.timing = timing;
  }

  /** The same connection for work that must go on after `signal` aborted: tidying up. */
  with(signal: AbortSignal): Api {
    const other = new Api(this.connection, signal, this.timing);
    other.isKnown = this.isKnown;
    return other;
  }

  /** Tells that our own namespace was created just now. */
  namespaceCreated(): void {
    this.namespaceCreatedAt = this.timing.now();
  }

  /** @throws {ApiError | TransportError} */
  async get<T>(path: string, query?: ApiRequest['query'], accept?: string): Promise<T> {
    return this.json<T>({ method: 'GET', path, ...optional({ query, accept }) });
  }

  /** Like get, undefined for 404. */
  async find<T>(path: string): Promise<T | undefined> {
    try {
      return await this.get<T>(path);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** All pages of a list. */
  async list<T>(path: string, query: ApiRequest['query'] = {}, accept?: string): Promise<KubernetesList<T>> {
    const items: T[] = [];
    let next: string | undefined;
    for (;;) {
      const page = await this.get<KubernetesList<T>>(path, { limit: 500, ...query, continue: next }, accept);
      items.push(...(page.items ?? []));
      next = page.metadata?.continue || undefined;
      if (next === undefined) return { metadata: page.metadata ?? {}, items };
    }
  }

  async text(path: string, query?: ApiRequest['query']): Promise<string> {
    return (await this.send({ method: 'GET', path, accept: '*/*', ...optional({ query }) })).body;
  }

  async post<T>(path: string, body: object): Promise<T> {
    return this.json<T>({ method: 'POST', path, body: JSON.stringify(body) });
  }

  /** Creates an object up to the last moment: admission has its say, nothing is kept. */
  async tryPost(path: string, body: object): Promise<void> {
    await this.send({ method: 'POST', path, query: { dryRun: 'All' }, body: JSON.stringify(body) });
  }

  /**
   * Deletes exactly the object with this uid; false when it is gone already or another one has its name by now.
   * @param grace seconds
   */
  async delete(path: string, uid: string, grace?: number): Promise<boolean> {
    const options = {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      preconditions: { uid },
      propagationPolicy: 'Background',
      ...optional({ gracePeriodSeconds: grace }),
    };
    try {
      await this.send({ method: 'DELETE', path, body: JSON.stringify(options) });
      return true;
    } catch (error) {
      if (error instanceof ApiError && (error.status === 404 || error.status === 409)) return false;
      throw error;
    }
  }

  /** @throws {ApiError | TransportError} with the target they came from */
  async send(request: ApiRequest): Promise<ApiResponse> {
    try {
      return await this.sendWithRetries(request);
    } catch (error) {
      if (error instanceof ApiError || error instanceof TransportError) error.target = this.connection.target;
      throw error;
    }
  }

  private async sendWithRetries(request: ApiRequest): Promise<ApiResponse> {
    for (let attempt = 1; ; attempt++) {
      const pause =
        Math.min(FIRST_PAUSE * 2 ** (attempt - 1), LONGEST_PAUSE) * (0.75 + this.timing.random() / 2);
      let response: ApiResponse;
      try {
        response = await this.connection.send(request, this.signal);
      } catch (error) {
        const tries = this.isKnown ? TRIES_OF_KNOWN : TRIES;
        if (!(error instanceof TransportError) || error.reason !== 'connection' || attempt >= tries)
          throw error;
        await this.timing.sleep(pause, this.signal);
        continue;
      }
      this.isKnown = true;
      if (response.status < 400) return response;
      const error = apiError(request, response);
      const wait = this.pauseBefore(error, response, attempt, pause);
      if (wait === undefined) throw error;
      await this.timing.sleep(wait, this.signal);
    }
  }

  private async json<T>(request: ApiRequest): Promise<T> {
    const response = await this.send(request);
    try {
      return JSON.parse(response.body) as T;
    } catch {
      // A sign-in page on the way, for example.
      const message = `what answered is not the Kubernetes API: ${response.body.trim().slice(0, 200)}`;
      throw new ApiError(request, response.status, '', message);
    }
  }

  /** Milliseconds to wait before this request is tried again; undefined when its answer is final. */
  private pauseBefore(
    error: ApiError,
    response: ApiResponse,
    attempt: number,
    pause: number,
  ): number | undefined {
    const age =
      this.namespaceCreatedAt === undefined ? Infinity : this.timing.now() - this.namespaceCreatedAt;
    if (
      age < SERVICE_ACCOUNT_GRACE &&
      [403, 500].includes(error.status) &&
      NO_SERVICE_ACCOUNT.test(error.message)
    )
      return Math.min(pause, 500);
    if (![429, 503, 504].includes(error.status) || attempt >= TRIES) return undefined;
    const after = Number(response.headers['retry-after']);
    return after > 0 ? Math.min(after, 30) * 1000 : pause;
  }
}

function apiError(request: ApiRequest, response: ApiResponse): ApiError {
  let status: { reason?: string; message?: string } = {};
  try {
    status = JSON.parse(response.body) as typeof status;
  } catch {
    // A proxy in between answers in its own words.
  }
  const message = status.message ?? `the server answered ${response.status}: ${response.body.slice(0, 200)}`;
  return new ApiError(request, response.status, status.reason ?? '', message);
}

/** Drops undefined members, which `exactOptionalPropertyTypes` tells apart from absent ones. */
function optional<T extends Record<string, unknown>>(
  members: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;
}
