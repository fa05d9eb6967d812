import type { ClusterAnswer, ClusterClient, ClusterRequest, ClusterStatus } from '../../cluster-client.ts';
import { decode, type Process } from '../../process.ts';
import { Discovery, type ResourceType } from './discovery.ts';
import { failure, KubectlFailure, serverFailure } from './failure.ts';
import type { ApiObject } from './object.ts';
import type { GivenOptions } from './options.ts';

/** One run of kubectl: whose process it is, what was given, and the way to the API server. */
export class Session {
  readonly process: Process;
  readonly options: GivenOptions;
  readonly client: ClusterClient;
  readonly discovery: Discovery;
  /** The namespace of everything that names none. */
  readonly namespace: string;

  constructor(process: Process, client: ClusterClient, options: GivenOptions) {
    this.process = process;
    this.client = client;
    this.options = options;
    this.namespace = options.get('namespace') || client.namespace;
    this.discovery = new Discovery((path) => this.read(path, { accept: DISCOVERY }));
  }

  /** The namespace in which to look for this type; undefined for all, and for what is in none. */
  namespaceFor(type: ResourceType): string | undefined {
    return type.namespaced && !this.options.flag('all-namespaces') ? this.namespace : undefined;
  }

  /**
   * @param doing as in `error when creating "pod.yml"`
   * @param reasons with which of them `doing` is told; all unless given
   * @throws {KubectlFailure} when the server refuses
   */
  async ask(request: ClusterRequest, doing?: string, reasons?: ReadonlySet<string>): Promise<unknown> {
    return JSON.parse(await this.askText(request, doing, reasons)) as unknown;
  }

  async askText(request: ClusterRequest, doing?: string, reasons?: ReadonlySet<string>): Promise<string> {
    const answer = await this.process.until(this.client.request(this.withHeaders(request)));
    await this.warn(answer);
    if (answer.status >= 300) {
      const status = statusOf(answer);
      throw serverFailure(status, reasons?.has(status.reason ?? '') === false ? undefined : doing);
    }
    return decode(answer.body);
  }

  /** GET. */
  read(path: string, headers: Record<string, string> = {}, query?: URLSearchParams): Promise<unknown> {
    return this.ask({ method: 'GET', path, headers, query });
  }

  /** One object. @throws {KubectlFailure} */
  async object(type: ResourceType, namespace: string | undefined, name: string): Promise<ApiObject> {
    return (await this.read(pathOf(type, namespace, name))) as ApiObject;
  }

  /** One object; undefined where there is none. */
  async find(
    type: ResourceType,
    namespace: string | undefined,
    name: string,
  ): Promise<ApiObject | undefined> {
    try {
      return await this.object(type, namespace, name);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** A collection; a selector that can't be read is named with what was looked for. @throws {KubectlFailure} */
  readList(
    type: ResourceType,
    namespace: string | undefined,
    headers: Record<string, string>,
    query: URLSearchParams,
  ): Promise<unknown> {
    const path = pathOf(type, namespace);
    const resource = `${type.group}/${type.version}, Resource=${type.plural}`;
    const [label, field] = [query.get('labelSelector'), query.get('fieldSelector')];
    const doing =
      label === null && field === null
        ? `Unable to list "${resource}"`
        : `Unable to find "${resource}" that match label selector "${label ?? ''}", field selector "${field ?? ''}"`;
    return this.ask({ method: 'GET', path, headers, query }, doing, LIST_REASONS);
  }

  /** All objects that the selectors choose, each with its kind. */
  async list(
    type: ResourceType,
    namespace: string | undefined,
    query: Record<string, string> = {},
  ): Promise<ApiObject[]> {
    const list = (await this.readList(type, namespace, {}, new URLSearchParams(query))) as {
      items: ApiObject[];
    };
    return list.items.map((item) => ({ apiVersion: type.apiVersion, kind: type.kind, ...item }));
  }

  /** An answer in pieces, until its end or that of the process. @throws {KubectlFailure} */
  async stream(
    request: ClusterRequest,
    write: (bytes: Uint8Array) => Promise<void>,
    signal: AbortSignal = this.process.signal,
  ): Promise<void> {
    const answer = await this.client.stream(this.withHeaders(request), write, signal);
    if (answer.status >= 300) throw serverFailure(statusOf(answer));
  }

  /** `--as` and its like. */
  get identity(): Record<string, string> {
    const user = this.options.get('as');
    return user === undefined ? {} : { 'impersonate-user': user };
  }

  private withHeaders(request: ClusterRequest): ClusterRequest {
    const typed = request.body === undefined ? {} : { 'content-type': 'application/json' };
    return {
      ...request,
      headers: {
        accept: 'application/json',
        'user-agent': 'kubectl/v1.32.0',
        ...typed,
        ...this.identity,
        ...request.headers,
      },
    };
  }

  /** What the server says beside its answer. */
  private async warn({ headers }: ClusterAnswer): Promise<void> {
    for (const [, text] of (headers['Warning'] ?? '').matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g))
      await this.process.complain(`Warning: ${text!.replaceAll(/\\(.)/g, '$1')}\n`);
  }
}

/** Refusals of a list that k8s.io/cli-runtime explains. */
const LIST_REASONS = new Set(['BadRequest', 'NotFound']);
const DISCOVERY = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

/** The one context of a Node's kubectl, as the kubeconfig of practice clusters names it. */
export const CONTEXT = 'k8snet-practice';

/** @throws {KubectlFailure} where the machine has no credentials */
export function openSession(process: Process, options: GivenOptions): Session {
  const { cluster } = process.machine;
  if (cluster === undefined)
    throw new KubectlFailure(
      'The connection to the server localhost:8080 was refused - did you specify the right host or port?',
    );
  const unknown = options.get('context');
  if (unknown !== undefined && unknown !== CONTEXT) throw failure(`context "${unknown}" does not exist`);
  return new Session(process, cluster, options);
}

/** The path of a collection, of one object, or of what hangs below it. */
export function pathOf(
  type: Pick<ResourceType, 'group' | 'version' | 'plural' | 'namespaced'>,
  namespace: string | undefined,
  ...rest: string[]
): string {
  const root = type.group === '' ? `/api/${type.version}` : `/apis/${type.group}/${type.version}`;
  const inside = type.namespaced && namespace !== undefined ? ['namespaces', namespace] : [];
  return [root, ...[...inside, type.plural, ...rest].map(encodeURIComponent)].join('/');
}

export function isNotFound(error: unknown): error is KubectlFailure {
  return error instanceof KubectlFailure && error.status?.reason === 'NotFound';
}

function statusOf(answer: ClusterAnswer): ClusterStatus {
  try {
    const status = JSON.parse(decode(answer.body)) as ClusterStatus & { kind?: string };
    if (status.kind === 'Status') return status;
  } catch {
    // Not every answer is a Status.
  }
  return { message: decode(answer.body).trim(), reason: '', code: answer.status };
}
