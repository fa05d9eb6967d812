import { badRequest, methodNotSupported } from './failures.ts';
import { type Answer, type ApiRequest, json } from './http.ts';

/** No path of Kubernetes: only a practice cluster can be told to break. */
export const FAULTS_PATH = '/k8snet-practice/faults';

/** How the network under the cluster is broken and mended. */
export interface FaultPort {
  /** All words that it knows. */
  readonly known: readonly KnownFault[];
  /** What is broken now. */
  list(): string[];
  /** What is wrong with the words; undefined when it is done. */
  cause(words: readonly string[]): string | undefined;
}

/** Words that cause or mend a fault, and what they do. */
export interface KnownFault {
  words: string;
  meaning: string;
}

/**
 * GET tells what is broken, and what may be; POST `{"fault": ["drop-route", "1", "2"]}` does that, and tells what is
 * broken then.
 *
 * @throws {StatusError} BadRequest for words that mean nothing, MethodNotAllowed
 */
export function answerFaults(request: ApiRequest, port: FaultPort): Answer {
  const { method, path, body } = request;
  if (method === 'POST') {
    const problem = port.cause(wordsOf(body));
    if (problem !== undefined) throw badRequest(`${problem}; known are: ${listed(port.known)}`);
  } else if (method !== 'GET' && method !== 'HEAD') throw methodNotSupported(path, method.toLowerCase());
  return json({ faults: port.list(), known: port.known });
}

function wordsOf(body: Uint8Array): string[] {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(body).toString());
  } catch {
    value = undefined;
  }
  const words = typeof value === 'object' && value !== null && 'fault' in value ? value.fault : undefined;
  if (Array.isArray(words) && words.every((word) => typeof word === 'string')) return words;
  throw badRequest('the body must be JSON such as {"fault": ["drop-route", "1", "2"]}');
}

function listed(known: readonly KnownFault[]): string {
  return known.map(({ words }) => words).join(', ');
}
