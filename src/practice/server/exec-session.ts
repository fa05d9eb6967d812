import type { ExecTarget } from '../api/exec.ts';
import type { Execution } from '../containers/container.ts';
import type { Sink, Source } from '../containers/stream.ts';
import type { Protocol } from './exec-frame.ts';
import { exitStatus, failureStatus } from './exec-status.ts';

/** Who asked for exec or attach, whatever protocol it speaks. */
export interface ExecClient {
  protocol: Protocol;
  stdin: Source;
  stdout: Sink;
  stderr: Sink;
  /** All is said with this Status. Called at most once, and not once the client is gone. */
  finish(status: Record<string, unknown>): void;
}

export interface ExecSession {
  readonly isOver: boolean;
  resize(columns: number, rows: number): void;
  /** The client is not there any more. */
  gone(): void;
}

/** Runs what the client asked for, and tells it how that ended. */
export function startExec(
  target: ExecTarget,
  client: ExecClient,
  report: (error: unknown) => void,
): ExecSession {
  let isOver = false;
  let execution: Execution | undefined;
  const finish = (status: Record<string, unknown>): void => {
    if (isOver) return;
    isOver = true;
    client.finish(status);
  };
  const failed = (error: unknown): void => finish(failureStatus(error, client.protocol, report));
  try {
    execution = target.start({
      ...(target.stdin ? { stdin: client.stdin } : {}),
      ...(target.stdout ? { stdout: client.stdout } : {}),
      ...(target.stderr && !target.tty ? { stderr: client.stderr } : {}),
      ...(target.tty ? { terminal: { columns: 80, rows: 24 } } : {}),
    });
    execution.exited.then((code) => finish(exitStatus(code)), failed);
  } catch (error) {
    failed(error);
  }
  return {
    get isOver() {
      return isOver;
    },
    resize: (columns, rows) => execution?.resize(columns, rows),
    gone: () => {
      if (!isOver) execution?.kill();
      isOver = true;
    },
  };
}
