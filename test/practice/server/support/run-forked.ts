import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'esbuild';

/** Bundles a TypeScript program of this folder into `folder`, so that plain Node can run it. */
export async function bundle(name: string, folder: string): Promise<string> {
  const outfile = join(folder, `${name}.mjs`);
  await build({
    entryPoints: [join(import.meta.dirname, `${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  return outfile;
}

/** Runs it, and collects what it sends. */
export function run(
  program: string,
  args: string[],
): { child: ChildProcess; messages: unknown[]; ended: Promise<void> } {
  const child = fork(program, args, { execArgv: [], silent: true });
  const messages: unknown[] = [];
  child.on('message', (message) => messages.push(message));
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  return { child, messages, ended };
}
