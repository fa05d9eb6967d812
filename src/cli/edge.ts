import { clean } from '../ui/clean.ts';
import { cut } from '../ui/cut.ts';
import { BUG, exitCodeOfSignal } from './exit.ts';

/**
 * The edge of the program: the only place that knows argv, signals and exit. Returns when there is nothing more to do;
 * the exit code is set.
 */
export async function runProcess(args: string[], version: string): Promise<void> {
  // `k8snet-tutor list | head -1`: the reader has gone, and that is all.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
    throw error;
  });
  // Node 24 warns of what a library in the bundle calls (url.parse); nobody who reads that can do anything about it.
  process.noDeprecation = true;
  process.on('uncaughtException', reportBug);
  process.on('unhandledRejection', reportBug);

  const interrupt = new AbortController();
  let interrupted: 'SIGINT' | 'SIGTERM' | undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (interrupted !== undefined) {
        process.stderr.write(
          'Left at once. What the tutor made is still there; to remove it: k8snet-tutor cleanup\n',
        );
        process.exit(exitCodeOfSignal(signal));
      }
      interrupted = signal;
      process.stderr.write('\nStopping, and tidying up. Once more leaves at once.\n');
      interrupt.abort(new Error('interrupted'));
    });

  const { execute } = await import('./execute.ts');
  const code = await execute(args, version, interrupt.signal);
  process.exitCode = interrupted === undefined ? code : exitCodeOfSignal(interrupted);
  // A socket or a timer that somebody forgot must not keep the shell waiting.
  setTimeout(() => process.exit(), 500).unref();
}

function reportBug(error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`This is a bug in k8snet-tutor, please report it:\n${cut(text, clean)}\n`);
  process.exit(BUG);
}
