import type { ExecTarget } from '../api/exec.ts';
import type { Answer, ApiRequest, User } from '../api/http.ts';
import {
  type ClusterAnswer,
  type ClusterClient,
  type ClusterRequest,
  ExecRefused,
} from '../containers/cluster-client.ts';
import { failureStatus } from './exec-status.ts';

export interface LocalClientOptions {
  /** Who asks: the Node. */
  user: User;
  namespace: string;
  handle(request: ApiRequest): Promise<Answer>;
  /** @throws {StatusError} */
  resolveExec(request: ApiRequest): ExecTarget;
  /** Told of what can only be a bug of ours. */
  report(error: unknown): void;
}

/** The way to the API for programs inside of the cluster: what HTTPS clients get, without the HTTPS. */
export function localClient(options: LocalClientOptions): ClusterClient {
  const { namespace, user } = options;
  const asked = ({ method, path, query, headers = {}, body = '' }: ClusterRequest): ApiRequest => ({
    method,
    path,
    query: query ?? new URLSearchParams(),
    headers,
    body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
    user,
  });
  const stream: ClusterClient['stream'] = async (request, write, signal) => {
    const { status, headers, body } = await options.handle(asked(request));
    if (typeof body === 'function') {
      await body((bytes) => write(asBytes(bytes)), signal);
      return { status, headers, body: new Uint8Array() };
    }
    if (status >= 300) return { status, headers, body: asBytes(body) };
    await write(asBytes(body));
    return { status, headers, body: new Uint8Array() };
  };
  return {
    namespace,
    request: async (request): Promise<ClusterAnswer> => {
      const chunks: Uint8Array[] = [];
      const collect = (bytes: Uint8Array): Promise<void> => Promise.resolve(void chunks.push(bytes));
      const answer = await stream(request, collect, new AbortController().signal);
      return chunks.length === 0 ? answer : { ...answer, body: Buffer.concat(chunks) };
    },
    stream,
    exec: (request, streams) => {
      const refused = (error: unknown, by: ExecRefused['by']): ExecRefused =>
        new ExecRefused(failureStatus(error, 'v5.channel.k8s.io', options.report), by);
      let target: ExecTarget;
      try {
        target = options.resolveExec(asked({ ...request, method: 'GET' }));
      } catch (error) {
        throw refused(error, 'server');
      }
      try {
        return target.start(streams);
      } catch (error) {
        throw refused(error, 'kubelet');
      }
    },
  };
}

function asBytes(body: string | Uint8Array): Uint8Array {
  return typeof body === 'string' ? new TextEncoder().encode(body) : body;
}
