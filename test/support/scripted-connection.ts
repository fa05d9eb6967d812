import type { KubernetesObject } from '../../src/cluster/api.ts';
import type {
  ApiRequest,
  ApiResponse,
  Connection,
  ConnectionTarget,
  ExecAnswer,
  ExecRequest,
  WatchEvent,
} from '../../src/cluster/connection.ts';
import type { Node } from '../../src/cluster/node.ts';
import { containerStatus, type Pod } from '../../src/cluster/pod.ts';
import { type Programs, runInShell } from './container-shell.ts';
import type { VirtualClock } from './virtual-clock.ts';

export const TARGET: ConnectionTarget = {
  context: 'kind-test',
  cluster: 'kind-test',
  server: 'https://127.0.0.1:6443',
  user: 'tester',
  namespace: 'default',
};

type Watcher = { path: string; name: string | undefined; onEvent: (event: WatchEvent) => void };

/**
 * A few objects in memory that answer as an API server does: Pods (get, list, watch, log, exec), Nodes, Events and
 * NetworkPolicies. What it does not know it answers with 404, so that a wrong path is seen.
 */
export class ScriptedConnection implements Connection {
  readonly target = TARGET;
  readonly requests: string[] = [];
  readonly nodes: Node[] = [];
  /** Each is named by the uid or the name of what it is about, then a dot. */
  readonly events: (KubernetesObject & { reason?: string; message: string })[] = [];
  readonly policies: KubernetesObject[] = [];
  /** Answers before all else, or throws; undefined lets the objects answer. */
  intercept: (request: ApiRequest) => ApiResponse | undefined = () => undefined;
  /** Ends an exec before anything runs; undefined lets it run. */
  interceptExec: (request: ExecRequest) => ExecAnswer | undefined = () => undefined;
  /** The programs of a container's image. */
  programs: (pod: Pod, container: string) => Programs = () => ({});
  private readonly clock: VirtualClock;
  private readonly pods = new Map<string, Pod>();
  private readonly logs = new Map<string, string>();
  private readonly watchers = new Set<Watcher>();
  private version = 1;

  constructor(clock: VirtualClock) {
    this.clock = clock;
  }

  put(pod: Pod): void {
    const key = `${pod.metadata.namespace}/${pod.metadata.name}`;
    const type = this.pods.has(key) ? 'MODIFIED' : 'ADDED';
    const stored = { ...pod, metadata: { ...pod.metadata, resourceVersion: String(++this.version) } };
    this.pods.set(key, stored);
    this.tell(type, stored);
  }

  remove(namespace: string, name: string): void {
    const pod = this.pods.get(`${namespace}/${name}`);
    if (pod === undefined) return;
    this.pods.delete(`${namespace}/${name}`);
    this.tell('DELETED', pod);
  }

  pod(namespace: string, name: string): Pod | undefined {
    return this.pods.get(`${namespace}/${name}`);
  }

  /** A line in a container's log. */
  log(pod: string, container: string, line: string): void {
    const key = `${pod}/${container}`;
    this.logs.set(key, `${this.logs.get(key) ?? ''}${line}\n`);
  }

  async send(request: ApiRequest): Promise<ApiResponse> {
    this.requests.push(`${request.method} ${request.path}`);
    return this.intercept(request) ?? this.answer(request);
  }

  watch(
    path: string,
    query: Record<string, string | number | undefined>,
    onEvent: (event: WatchEvent) => void,
    signal: AbortSignal,
  ): Promise<undefined> {
    this.requests.push(`WATCH ${path}`);
    const watcher = { path, name: nameIn(query['fieldSelector']), onEvent };
    this.watchers.add(watcher);
    return new Promise((resolve) => {
      const stop = (): void => {
        this.watchers.delete(watcher);
        resolve(undefined);
      };
      if (signal.aborted) return stop();
      signal.addEventListener('abort', stop, { once: true });
      this.clock.after(Number(query['timeoutSeconds']) * 1000, stop);
    });
  }

  interact(): never {
    throw new Error('nobody types into a scripted connection');
  }

  async exec(request: ExecRequest): Promise<ExecAnswer> {
    this.requests.push(`EXEC ${request.pod}/${request.container}`);
    const early = this.interceptExec(request);
    if (early !== undefined) return early;
    const pod = this.pod(request.namespace, request.pod);
    const [shell, flag, script] = request.command;
    if (shell !== 'sh' || flag !== '-c' || script === undefined || request.command.length > 3)
      throw new Error(`this container runs sh -c SCRIPT only: ${request.command.join(' ')}`);
    if (pod === undefined || containerStatus(pod, request.container)?.state?.running === undefined)
      return failedExec('container not running');
    const ran = await this.clock.during(runInShell(script, this.programs(pod, request.container)));
    const status =
      ran.code === 0
        ? { status: 'Success' }
        : { status: 'Failure', details: { causes: [{ reason: 'ExitCode', message: String(ran.code) }] } };
    return { end: { kind: 'status', status }, stdout: ran.stdout, stderr: ran.stderr };
  }

  close(): void {
    // Nothing is open.
  }

  private answer({ method, path, query = {} }: ApiRequest): ApiResponse {
    if (method !== 'GET') return statusAnswer(405, 'MethodNotAllowed', `${method} is not scripted`);
    if (path === '/api/v1/nodes') return this.listAnswer(this.nodes);
    if (/^\/apis\/networking\.k8s\.io\/v1\/namespaces\/[^/]+\/networkpolicies$/.test(path))
      return this.listAnswer(this.policies);
    const at = /^status\.podIP=(.+)$/.exec(String(query['fieldSelector']))?.[1];
    if (path === '/api/v1/pods' && at !== undefined)
      return this.listAnswer([...this.pods.values()].filter((pod) => pod.status?.podIP === at));
    const [, namespace, kind, name, sub] =
      /^\/api\/v1\/namespaces\/([^/]+)\/(pods|events)(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(path) ?? [];
    if (namespace === undefined) return statusAnswer(404, 'NotFound', `${path} not found`);
    if (kind === 'events') {
      const about = /involvedObject\.(?:uid|name)=([^,]+)/.exec(String(query['fieldSelector']))?.[1];
      return this.listAnswer(this.events.filter((event) => event.metadata.name.startsWith(`${about}.`)));
    }
    if (name === undefined) {
      const wanted = nameIn(query['fieldSelector']);
      const all = [...this.pods.values()].filter((pod) => pod.metadata.namespace === namespace);
      return this.listAnswer(all.filter((pod) => wanted === undefined || pod.metadata.name === wanted));
    }
    const pod = this.pod(namespace, name);
    if (pod === undefined) return statusAnswer(404, 'NotFound', `pods "${name}" not found`);
    if (sub === undefined) return jsonAnswer(200, pod);
    if (sub !== 'log') return statusAnswer(404, 'NotFound', `${path} not found`);
    const container = String(query['container']);
    if (!pod.spec.containers.some((each) => each.name === container))
      return statusAnswer(400, 'BadRequest', `container ${container} is not valid for pod ${name}`);
    return { status: 200, headers: {}, body: this.logs.get(`${name}/${container}`) ?? '' };
  }

  private listAnswer(items: KubernetesObject[]): ApiResponse {
    return jsonAnswer(200, { metadata: { resourceVersion: String(this.version) }, items });
  }

  private tell(type: string, pod: Pod): void {
    const path = `/api/v1/namespaces/${pod.metadata.namespace}/pods`;
    for (const watcher of this.watchers)
      if (watcher.path === path && (watcher.name ?? pod.metadata.name) === pod.metadata.name)
        watcher.onEvent({ type, object: pod });
  }
}

function nameIn(fieldSelector: string | number | boolean | undefined): string | undefined {
  return /metadata\.name=([^,]+)/.exec(String(fieldSelector))?.[1];
}

function failedExec(message: string): ExecAnswer {
  const status = { status: 'Failure', reason: 'InternalError', message };
  return { end: { kind: 'status', status }, stdout: '', stderr: '' };
}

export function jsonAnswer(status: number, body: unknown, headers: Record<string, string> = {}): ApiResponse {
  return { status, headers, body: JSON.stringify(body) };
}

/** An error answer as the API server writes it. */
export function statusAnswer(
  code: number,
  reason: string,
  message: string,
  headers: Record<string, string> = {},
): ApiResponse {
  const body = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, message, code };
  return jsonAnswer(code, body, headers);
}
