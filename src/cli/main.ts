import { writeSync } from 'node:fs';

declare const __VERSION__: string;

/** What bin/ calls. Loads nothing for --version: everybody's first command, and many a script's, must be instant. */
export async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
    // Setting up process.stdout would take as long as all the rest.
    writeSync(1, `${__VERSION__}\n`);
    return;
  }
  const { runProcess } = await import('./edge.ts');
  await runProcess(args, __VERSION__);
}
