import type { Sink, Source } from './stream.ts';

/** A request to the API server, as a program in a container makes it. */
export interface ClusterRequest {
  method: string;
  /** Without the query. */
  path: string;
  query?: URLSearchParams | undefined;
  /** Names in lower case. */
  headers?: Readonly<Record<string, string>> | undefined;
  body?: string | Uint8Array | undefined;
}

export interface ClusterAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
}

/** What the API server says when it refuses: a `v1` Status, as far as clients look at it. */
export interface ClusterStatus {
  message?: string;
  reason?: string;
  code?: number;
  details?: {
    name?: string;
    kind?: string;
    causes?: { field?: string; message?: string; reason?: string }[];
  };
}

/** An exec session that did not come about. */
export class ExecRefused extends Error {
  readonly status: ClusterStatus;
  /** Who refused: the API server, asked for the session, or the kubelet, which could not start the command. */
  readonly by: 'server' | 'kubelet';

  constructor(status: ClusterStatus, by: 'server' | 'kubelet') {
    super(status.message ?? 'refused');
    this.name = 'ExecRefused';
    this.status = status;
    this.by = by;
  }
}

export interface ExecStreams {
  stdin?: Source | undefined;
  stdout?: Sink | undefined;
  stderr?: Sink | undefined;
  /** With a terminal stdout and stderr are one; stdin brings keys. */
  terminal?: { columns: number; rows: number } | undefined;
}

/** A command that runs in a container, seen from outside. */
export interface ExecSession {
  /** 0 to 255. */
  readonly exited: Promise<number>;
  resize(columns: number, rows: number): void;
  /** The client goes away. */
  kill(): void;
}

/** The API server as the programs of a Node reach it, with the Node's own credentials. */
export interface ClusterClient {
  /** Where things are looked for unless a namespace is named. */
  readonly namespace: string;
  /** Refusals are answers. */
  request(request: ClusterRequest): Promise<ClusterAnswer>;
  /**
   * A request whose answer comes in pieces: a watch, a log that is followed. Resolves when it has ended or `signal`
   * aborts; a refusal is an answer with a body, and `write` was never called.
   */
  stream(
    request: ClusterRequest,
    write: (bytes: Uint8Array) => Promise<void>,
    signal: AbortSignal,
  ): Promise<ClusterAnswer>;
  /**
   * Opens an exec session. @param request of the path `…/pods/NAME/exec`, with its query
   *
   * @throws {ExecRefused}
   */
  exec(request: Pick<ClusterRequest, 'path' | 'query' | 'headers'>, streams: ExecStreams): ExecSession;
}
