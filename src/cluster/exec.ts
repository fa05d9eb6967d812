import type { Api } from './api.ts';
import type { ExecAnswer, ExecStatus } from './connection.ts';
import { missingPermission, type Permission } from './permission.ts';

/** What came of a command in a container. Only `exit` says anything about the command; the others say why not. */
export type ExecOutcome =
  | { kind: 'exit'; code: number; stdout: string; stderr: string }
  /** The container runtime could not start it: no such program, container not running. */
  | { kind: 'runtime'; message: string }
  /** The stream ended without our end marker, however often we tried. */
  | { kind: 'lost'; received: string }
  /** The API server can't get to the kubelet of the container's Node. */
  | { kind: 'unreached'; message: string }
  | { kind: 'refused'; status: number; message: string; permission: Permission | undefined }
  | { kind: 'transport'; message: string }
  | { kind: 'timeout'; seconds: number };

export interface ExecTarget {
  namespace: string;
  pod: string;
  container: string;
}

const TRIES = 3;
/** While the API server can't be reached at all: one that is started anew is away for some seconds. */
const TRIES_TO_REACH = 8;
const LONGEST_PAUSE = 2_000;

/**
 * Runs a shell script in a container and believes the answer only when it is framed: markers with a fresh nonce
 * before and after, the second with the exit status. A stream that ended early is tried again a few times, so the
 * script must be harmless to repeat.
 *
 * @param nonce fresh for each call, letters and digits
 * @param timeout milliseconds, for all tries together
 */
export async function execScript(
  api: Api,
  target: ExecTarget,
  script: string,
  nonce: () => string,
  timeout: number,
): Promise<ExecOutcome> {
  const until = api.timing.now() + timeout;
  for (let attempt = 1; ; attempt++) {
    const mark = nonce();
    const left = until - api.timing.now();
    if (left <= 0) return { kind: 'timeout', seconds: Math.round(timeout / 1000) };
    const command = ['sh', '-c', framed(script, mark)];
    const answer = await api.connection.exec({ ...target, command, timeout: left }, api.signal);
    const outcome = judge(answer, mark, timeout);
    if ((outcome.kind !== 'lost' && outcome.kind !== 'transport') || api.signal.aborted) return outcome;
    if (attempt >= (outcome.kind === 'lost' ? TRIES : TRIES_TO_REACH)) return outcome;
    await api.timing.sleep(Math.min(150 * 2 ** (attempt - 1), LONGEST_PAUSE), api.signal);
  }
}

/** How API servers say so, the last with konnectivity between them and the Nodes. */
const UNREACHED = /error dialing backend|proxy error from .* while dialing|No agent available/i;

/** Printed in two pieces, so that a command line echoed somewhere (ps, a log) is not taken for a marker. */
function framed(script: string, mark: string): string {
  return [
    `m=${mark}`,
    `printf '\\n%s-%s begin\\n' k8snet "$m"`,
    `( ${script}\n)`,
    `s=$?`,
    `printf '\\n%s-%s end %s\\n' k8snet "$m" "$s"`,
  ].join('\n');
}

function judge(answer: ExecAnswer, mark: string, timeout: number): ExecOutcome {
  const framedOutput = unframe(answer.stdout, mark);
  // The end marker is the proof, whatever became of the stream after it.
  if (framedOutput !== undefined) return { kind: 'exit', ...framedOutput, stderr: answer.stderr };
  const { end } = answer;
  switch (end.kind) {
    case 'timeout':
      return { kind: 'timeout', seconds: Math.round(timeout / 1000) };
    case 'transport':
      return { kind: 'transport', message: end.message };
    case 'refused': {
      const message = statusMessage(end.body) ?? `the server answered ${end.status}`;
      if (UNREACHED.test(message)) return { kind: 'unreached', message };
      return { kind: 'refused', status: end.status, message, permission: missingPermission(message) };
    }
    case 'status': {
      const failure = runtimeFailure(end.status, answer.stderr);
      if (failure === undefined) return { kind: 'lost', received: answer.stdout };
      return { kind: UNREACHED.test(failure) ? 'unreached' : 'runtime', message: failure };
    }
    case 'lost':
      return { kind: 'lost', received: answer.stdout };
  }
}

function unframe(stdout: string, mark: string): { code: number; stdout: string } | undefined {
  const begin = `\nk8snet-${mark} begin\n`;
  const start = stdout.indexOf(begin);
  if (start < 0) return undefined;
  const end = new RegExp(`\\nk8snet-${mark} end (\\d{1,3})\\n`).exec(stdout.slice(start + begin.length - 1));
  if (end === null) return undefined;
  const from = start + begin.length;
  return { code: Number(end[1]), stdout: stdout.slice(from, Math.max(from, from - 1 + end.index)) };
}

/**
 * A status other than success or "the command exited with N" means the runtime never ran it. containerd also reports
 * a missing program as exit code 126 or 127 with the reason on stderr.
 */
function runtimeFailure(status: ExecStatus, stderr: string): string | undefined {
  if (status.status === 'Success') return undefined;
  const exit = status.details?.causes?.find((cause) => cause.reason === 'ExitCode')?.message;
  if (exit === undefined) return status.message ?? status.reason ?? 'the container runtime did not say why';
  if (exit === '126' || exit === '127')
    return stderr.trim() || `the shell could not be started (exit code ${exit})`;
  return undefined;
}

function statusMessage(body: string): string | undefined {
  try {
    return (JSON.parse(body) as { message?: string }).message;
  } catch {
    return body.trim().slice(0, 300) || undefined;
  }
}
