import { badRequest } from './failures.ts';
import type { ApiRequest } from './http.ts';
import type { ForwardedConnection, KubeletPort } from './kubelet-port.ts';
import type { Registry } from './registry.ts';
import { placed, streamedPod } from './streamed-pod.ts';

/** What a request to pods/NAME/portforward comes to, before there are streams. */
export interface ForwardTarget {
  /** Those that the query names. Only the older way over a WebSocket goes by them: the others name one with each stream. */
  ports: readonly number[];
  /** @throws {StatusError} when the kubelet would refuse it */
  check(): void;
  /** Connects to a port of the Pod, as one of its own programs would; the error is worded as the runtime words it. */
  connect(port: number): Promise<ForwardedConnection | { error: string }>;
}

/**
 * Reads an upgrade request to pods/NAME/portforward, and looks whether it may be.
 *
 * @throws {StatusError} in the API server's own words
 */
export function resolvePortForward(
  { registry, kubelet }: { registry: Registry; kubelet: KubeletPort },
  request: Pick<ApiRequest, 'method' | 'path' | 'query' | 'headers' | 'user'>,
): ForwardTarget {
  const { pod } = streamedPod(registry, request, ['portforward']);
  const reference = placed(pod);
  return {
    ports: portsOf(request.query),
    check: () => kubelet.checkPod(reference),
    connect: (port) => kubelet.connect(reference, port),
  };
}

/** In the words of Go's strconv, as the API server reads the list. @throws {StatusError} */
function portsOf(query: URLSearchParams): number[] {
  const words = query.getAll('ports').flatMap((each) => each.split(','));
  return words.map((word) => {
    const isNumber = /^\d+$/.test(word);
    if (isNumber && Number(word) > 0 && Number(word) < 65_536) return Number(word);
    if (isNumber && Number(word) === 0) throw badRequest(`port "${word}" must be > 0`);
    const why = isNumber ? 'value out of range' : 'invalid syntax';
    throw badRequest(`cannot convert to []int32: strconv.ParseUint: parsing "${word}": ${why}`);
  });
}
