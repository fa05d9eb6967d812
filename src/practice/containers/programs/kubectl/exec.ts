import { ExecRefused, type ExecSession } from '../../cluster-client.ts';
import type { Process } from '../../process.ts';
import type { Source } from '../../stream.ts';
import type { Tty } from '../../tty.ts';
import type { Command } from './command.ts';
import { defaultContainer } from './container.ts';
import { PODS } from './discovery.ts';
import { failure, KubectlFailure, serverFailure } from './failure.ts';
import { type ApiObject, textAt } from './object.ts';
import { podName } from './operands.ts';
import { option } from './options.ts';
import { pathOf, type Session } from './session.ts';

const DEPRECATED =
  'kubectl exec [POD] [COMMAND] is DEPRECATED and will be removed in a future version. Use kubectl exec [POD] -- [COMMAND] instead.';
const NO_TERMINAL = 'Unable to use a TTY - input is not a terminal or the right kind of file';

export const exec: Command = {
  name: 'exec',
  summary: 'Execute a command in a container',
  usage: '(POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]',
  options: [
    option.flag('stdin', 'i'),
    option.flag('tty', 't'),
    option.value('container', 'c'),
    option.flag('quiet', 'q'),
    option.value('pod-running-timeout'),
    option.list('filename', 'f'),
  ],
  async run(session, { operands, beforeDashes }) {
    const { process } = session;
    if (operands.length === 0 || beforeDashes === 0)
      throw failure('pod, type/name or --filename must be specified');
    const [operand = '', ...command] = operands;
    if (command.length === 0) throw failure('you must specify at least one command for the container');
    // As kubectl 1.20 to 1.30, in which the deck's line works.
    if (beforeDashes === undefined) await process.complain(`${DEPRECATED}\n`);
    else if (beforeDashes > 1) throw failure('exec [POD] -- [COMMAND]: only one Pod can be named before --');
    const name = await podName(session, operand);
    const pod = await session.object(PODS, session.namespace, name);
    const phase = textAt(pod, 'status', 'phase');
    if (phase === 'Succeeded' || phase === 'Failed')
      throw failure(`cannot exec into a container in a completed pod; current phase is ${phase}`);
    const container = await defaultContainer(session, pod);
    return start(session, pod, container, command);
  },
};

async function start(
  session: Session,
  pod: ApiObject,
  container: string,
  command: string[],
): Promise<number> {
  const { process, options, client } = session;
  const wantsInput = options.flag('stdin');
  const tty = options.flag('tty') ? process.files.get(0)?.tty : undefined;
  if (options.flag('tty') && tty === undefined && wantsInput) await process.complain(`${NO_TERMINAL}\n`);
  const isTerminal = options.flag('tty') && (tty !== undefined || !wantsInput);
  const query = new URLSearchParams({ container, stdout: 'true' });
  if (wantsInput) query.set('stdin', 'true');
  if (isTerminal) query.set('tty', 'true');
  else query.set('stderr', 'true');
  for (const word of command) query.append('command', word);
  const path = pathOf(PODS, session.namespace, pod.metadata.name!, 'exec');
  const shownTty = isTerminal ? (tty ?? process.files.get(1)?.tty) : undefined;
  let running: ExecSession;
  try {
    running = client.exec(
      { path, query, headers: session.identity },
      {
        stdout: { write: (bytes) => process.stdout.write(bytes), close: () => undefined },
        ...(wantsInput ? { stdin: keysOf(process) } : {}),
        ...(isTerminal
          ? { terminal: { columns: shownTty?.columns ?? 80, rows: shownTty?.rows ?? 24 } }
          : { stderr: { write: (bytes) => process.stderr.write(bytes), close: () => undefined } }),
      },
    );
  } catch (error) {
    if (!(error instanceof ExecRefused)) throw error;
    throw error.by === 'server' ? serverFailure(error.status) : failure(error.message);
  }
  const release = isTerminal && tty !== undefined ? handOver(tty, process, running) : undefined;
  const forget = process.onEnd(() => running.kill());
  let status: number;
  try {
    status = await process.until(running.exited);
  } finally {
    forget();
    release?.();
  }
  if (status !== 0)
    throw new KubectlFailure(`command terminated with exit code ${status}`, { exitCode: status });
  return 0;
}

/** The terminal is the inner program's: every key goes there, and what it writes comes as it is. */
function handOver(tty: Tty, process: Process, running: ExecSession): () => void {
  tty.setMode('transparent');
  const unsize = tty.onResize(() => running.resize(tty.columns, tty.rows));
  const restore = (): void => {
    unsize();
    tty.setMode('canonical');
  };
  const forget = process.onEnd(restore);
  return () => {
    forget();
    restore();
  };
}

/** stdin, which ends with the process. */
function keysOf(process: Process): Source {
  return {
    read: async () => {
      try {
        return await process.stdin.read();
      } catch {
        return null;
      }
    },
    close: () => undefined,
  };
}
