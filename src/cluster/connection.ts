/** One request to the API server. `path` starts with a slash and is already escaped. */
export interface ApiRequest {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  query?: Record<string, string | number | boolean | undefined>;
  /** Sent as it is: a serialiser that knows the types would drop fields it does not know. */
  body?: string;
  contentType?: string;
  accept?: string;
  /** Milliseconds until the answer must be complete; 15 000 when absent. */
  timeout?: number;
}

export interface ApiResponse {
  status: number;
  /** Lower-case names. */
  headers: Record<string, string>;
  body: string;
}

/** The request never got an answer: no connection, no trust, no credentials, or too late. */
export class TransportError extends Error {
  readonly reason: 'connection' | 'certificate' | 'credentials' | 'timeout' | 'aborted';
  /** Node's error code (ECONNREFUSED …) where there is one. */
  readonly code: string | undefined;
  /** Whom the request was for; added on its way up. */
  target: ConnectionTarget | undefined;

  constructor(reason: TransportError['reason'], message: string, code?: string) {
    super(message);
    this.name = 'TransportError';
    this.reason = reason;
    this.code = code;
  }
}

export interface ExecRequest {
  namespace: string;
  pod: string;
  container: string;
  command: string[];
  /** Milliseconds until it is given up. */
  timeout: number;
}

/** How an exec stream ended; settles exactly once. */
export type ExecEnd =
  | { kind: 'status'; status: ExecStatus }
  | { kind: 'lost' }
  | { kind: 'refused'; status: number; body: string }
  | { kind: 'transport'; message: string }
  | { kind: 'timeout' };

export interface ExecAnswer {
  end: ExecEnd;
  stdout: string;
  stderr: string;
}

/** The learner's end of a command that runs in a container: a terminal, or plain streams. */
export interface Terminal {
  /** Bytes as they come, null once at their end. The answer stops it. */
  onInput(listener: (bytes: Uint8Array | null) => void): () => void;
  write(bytes: Uint8Array, to: 'stdout' | 'stderr'): void;
  /** Undefined where there is no terminal. */
  size(): { columns: number; rows: number } | undefined;
  onResize(listener: () => void): () => void;
}

/** The parts of the `Status` object that ends an exec stream. */
export interface ExecStatus {
  status?: string;
  reason?: string;
  message?: string;
  details?: { causes?: { reason?: string; message?: string }[] };
}

export interface WatchEvent {
  type: string;
  object: unknown;
}

/** Where a connection leads; never holds credentials. */
export interface ConnectionTarget {
  context: string;
  cluster: string;
  server: string;
  user: string;
  /** The kubeconfig's namespace for this context, `default` when it names none. */
  namespace: string;
}

/**
 * A line to one API server. The real one is in client-node.ts; tests wrap it or script it. It adds no retries and
 * gives no meaning to statuses: that is api.ts.
 */
export interface Connection {
  readonly target: ConnectionTarget;
  /** @throws {TransportError} */
  send(request: ApiRequest, signal: AbortSignal): Promise<ApiResponse>;
  /**
   * One watch request, until the server ends it or the signal aborts. Resolves with the HTTP status when the server
   * refused it, otherwise undefined.
   */
  watch(
    path: string,
    query: Record<string, string | number | undefined>,
    onEvent: (event: WatchEvent) => void,
    signal: AbortSignal,
  ): Promise<number | undefined>;
  exec(request: ExecRequest, signal: AbortSignal): Promise<ExecAnswer>;
  /** A command that somebody types into; it has no deadline of its own. */
  interact(
    request: Omit<ExecRequest, 'timeout'> & { tty: boolean },
    terminal: Terminal,
    signal: AbortSignal,
  ): Promise<ExecEnd>;
  close(): void;
}
