import type { ExecOptions, Execution } from '../containers/container.ts';
import type { Sink, Source } from '../containers/stream.ts';

/**
 * What the API server asks of kubelets: logs, exec, attach and ports. On a real cluster this is the HTTPS port 10250 of each
 * Node; here the controllers implement it.
 */
export interface KubeletPort {
  /**
   * A container's log, oldest line first. Times are RFC 3339 with nanoseconds.
   *
   * @throws {StatusError} in the API's own words: container not found, waiting to start, previous terminated container not found
   */
  log(pod: PodRef, container: string, options: { previous: boolean }): ContainerLog;
  /** @throws {StatusError | StartFailure} */
  exec(pod: PodRef, container: string, options: ExecOptions): Execution;
  /** @throws {StatusError} */
  attach(pod: PodRef, container: string, options: Omit<ExecOptions, 'command'>): Execution;
  /** Whether `exec` or `attach` would be refused now. @throws {StatusError} as they do */
  checkContainer(pod: PodRef, container: string, wanted: 'exec' | 'attach'): void;
  /** Whether a port of the Pod can be asked for. @throws {StatusError} */
  checkPod(pod: PodRef): void;
  /** Connects to the Pod's own localhost; `error` is what a client of port-forward is told. @throws {StatusError} */
  connect(pod: PodRef, port: number): Promise<ForwardedConnection | { error: string }>;
}

/** A TCP connection to a port of a Pod. */
export interface ForwardedConnection {
  /** Ends when the server has ended, or reset, the connection. Closing it gives the connection up. */
  source: Source;
  /** Closing it is this end's FIN. */
  sink: Sink;
}

export interface PodRef {
  namespace: string;
  name: string;
  uid: string;
}

export interface LogLine {
  /** Milliseconds since 1970. */
  time: number;
  stream: 'stdout' | 'stderr';
  /** With its newline; a line that is not complete yet has none. */
  bytes: Uint8Array;
}

export interface ContainerLog {
  lines(): readonly LogLine[];
  /** Whether more can come: the container runs. */
  readonly open: boolean;
  /** Called with each new line, and with undefined when there will be no more. The answer stops it. */
  follow(listener: (line: LogLine | undefined) => void): () => void;
}
