import type { ExecOptions, Execution } from '../containers/container.ts';
import type { User } from './credentials.ts';

/** A request that was let in. */
export interface ApiRequest {
  method: string;
  /** Without the query; percent-encoding as it came. */
  path: string;
  query: URLSearchParams;
  /** Names in lower case; of a repeated one the values joined as Node does. */
  headers: Readonly<Record<string, string | undefined>>;
  body: Uint8Array;
  user: User;
  /** Aborts when the client goes away and when the server closes. */
  signal: AbortSignal;
}

export interface Answer {
  status: number;
  headers?: Readonly<Record<string, string>> | undefined;
  body: string | Uint8Array | AnswerStream;
}

/**
 * An answer that comes in pieces, as a watch and `logs -f` do. It writes until it returns, or until `signal` aborts.
 * `write` resolves when more may be written; who doesn't wait is cut off when too much is in the queue.
 */
export type AnswerStream = (
  write: (bytes: string | Uint8Array) => Promise<void>,
  signal: AbortSignal,
) => Promise<void>;

/** What exec and attach need to know of a request before the streams are there. */
export interface ExecTarget {
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
  tty: boolean;
  /** @throws {StatusError | StartFailure} */
  start(streams: Omit<ExecOptions, 'command'>): Execution;
}
