import type { Process } from '../../process.ts';

/** A line as Go's package `log` writes it to stderr: with date and time. */
export function log(process: Process, message: string): Promise<void> {
  const now = new Date(process.machine.clock.now()).toISOString();
  const [, date, time] = /^(.*)T(.*)\./.exec(now)!;
  return process.complain(`${date!.replaceAll('-', '/')} ${time} ${message.replace(/\n$/, '')}\n`);
}

/** log.Fatal: such a line is the last. */
export async function fatal(process: Process, message: string): Promise<number> {
  await log(process, message);
  return 1;
}
