import type { Source } from '../../stream.ts';
import { type Applet, type Call, fail, words } from '../applet.ts';
import { count, digitsOf } from './head.ts';
import { input } from '../input.ts';
import { bytes, checkHeld, chunks, lines } from '../lines.ts';

/** How often `-f` looks for more. */
const PAUSE_MS = 1000;

export const tail: Applet = {
  name: 'tail',
  usage: `tail [OPTIONS] [FILE]...

Print last 10 lines of FILEs (or stdin) to.
With more than one FILE, precede each with a filename header.

	-c [+]N[kbm]	Print last N bytes
	-n N[kbm]	Print last N lines
	-n +N[kbm]	Start on Nth line and print the rest
	-q		Never print headers
	-v		Always print headers
	-f		Print data as file grows
	-F		Same as -f, but keep retrying
	-s SECONDS	Wait SECONDS between reads with -f`,
  options: { short: 'n:c:fFqvs:0123456789', long: { lines: 'n', bytes: 'c', follow: 'f', quiet: 'q' } },
  async run(call) {
    const { options, process } = call;
    const names = call.operands.length > 0 ? call.operands : ['-'];
    const inBytes = options.has('c');
    const text = options.get('c') ?? options.get('n') ?? (digitsOf(options) || '10');
    const isFrom = text.startsWith('+');
    const number = await count(call, text.replace(/^[+-]/, ''), inBytes ? 'bytes' : 'lines');
    const follows = options.has('f') || options.has('F');
    const pause = options.get('s') === undefined ? PAUSE_MS : Number(options.get('s')) * 1000;
    if (Number.isNaN(pause)) await fail(call, words(call, 'invalid number', 'invalid number of seconds'));
    const hasHeaders = options.has('v') || (names.length > 1 && !options.has('q'));
    let status = 0;
    const followed: { name: string; source: Source }[] = [];
    for (const [index, name] of names.entries()) {
      const source = await input(call, name);
      if (source === undefined) {
        status = 1;
        continue;
      }
      if (hasHeaders)
        await process.print(`${index === 0 ? '' : '\n'}==> ${name === '-' ? 'standard input' : name} <==\n`);
      if (isFrom) await rest(call, source, number, inBytes);
      else await last(call, source, number, inBytes);
      followed.push({ name, source });
    }
    if (followed.length === 0 && (follows || call.suite.kind === 'busybox'))
      await fail(call, words(call, 'no files', 'no files remaining'));
    if (!follows) return status;
    let shown = followed.at(-1)!;
    for (;;) {
      // What has been read to its end may have grown: reading goes on where it stopped.
      for (const each of followed)
        for await (const chunk of chunks(each.source)) {
          if (hasHeaders && each !== shown) await process.print(`\n==> ${each.name} <==\n`);
          shown = each;
          await process.stdout.write(chunk);
        }
      await process.sleep(pause);
    }
  },
};

async function rest(call: Call, source: Source, first: number, inBytes: boolean): Promise<void> {
  let left = Math.max(0, first - 1);
  for await (const line of lines(source)) {
    if (left === 0) await call.process.stdout.write(bytes(line));
    else if (!inBytes) left--;
    else {
      await call.process.stdout.write(bytes(line.slice(left)));
      left = Math.max(0, left - line.length);
    }
  }
}

async function last(call: Call, source: Source, number: number, inBytes: boolean): Promise<void> {
  let held: string[] = [];
  let size = 0;
  for await (const line of lines(source)) {
    held.push(line);
    size += line.length;
    if (inBytes) checkHeld(size);
    if (!inBytes && held.length > 2 * number + 1000) held = number === 0 ? [] : held.slice(-number);
    if (inBytes) while (held.length > 1 && size - held[0]!.length >= number) size -= held.shift()!.length;
  }
  const kept = number === 0 ? '' : inBytes ? held.join('').slice(-number) : held.slice(-number).join('');
  await call.process.stdout.write(bytes(kept));
}
