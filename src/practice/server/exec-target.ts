import type { ExecOptions, Execution } from '../containers/container.ts';

/** What exec and attach need to know of a request before the streams are there. */
export interface ExecTarget {
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
  tty: boolean;
  /** @throws {StatusError | StartFailure} */
  start(streams: Omit<ExecOptions, 'command'>): Execution;
}
