import { type Applet, type Call, fail, words } from '../applet.ts';
import { input } from '../input.ts';
import { bytes, chunks, lines } from '../lines.ts';

const SUFFIXES: Record<string, number> = { '': 1, b: 512, k: 1024, m: 1024 ** 2 };

/** A count as `-n 10` or `-c 4k` has it. Ends the program when it is none. */
export async function count(call: Call, text: string, what: 'lines' | 'bytes'): Promise<number> {
  const [, number, suffix = ''] = /^(\d+)([bkm]?)$/i.exec(text) ?? [];
  if (number === undefined)
    await fail(call, words(call, `invalid number '${text}'`, `invalid number of ${what}: '${text}'`));
  return Number(number) * SUFFIXES[suffix.toLowerCase()]!;
}

/** The count of `-20`: each digit is an option of its own. Empty when there is none. */
export function digitsOf({ names }: Call['options']): string {
  return names.filter((name) => /^\d$/.test(name)).join('');
}

export const head: Applet = {
  name: 'head',
  usage: `head [OPTIONS] [FILE]...

Print first 10 lines of FILEs (or stdin).
With more than one FILE, precede each with a filename header.

	-n N[kbm]	Print first N lines
	-n -N[kbm]	Print all except N last lines
	-c [-]N[kbm]	Print first N bytes
	-q		Never print headers
	-v		Always print headers`,
  options: { short: 'n:c:qv0123456789', long: { lines: 'n', bytes: 'c', quiet: 'q', verbose: 'v' } },
  async run(call) {
    const { options, process } = call;
    const names = call.operands.length > 0 ? call.operands : ['-'];
    const inBytes = options.has('c');
    const text = options.get('c') ?? options.get('n') ?? (digitsOf(options) || '10');
    const isButLast = text.startsWith('-');
    const number = await count(call, text.replace(/^-/, ''), inBytes ? 'bytes' : 'lines');
    const hasHeaders = options.has('v') || (names.length > 1 && !options.has('q'));
    let status = 0;
    let isFirst = true;
    for (const name of names) {
      const source = await input(call, name);
      if (source === undefined) {
        status = 1;
        continue;
      }
      if (hasHeaders)
        await process.print(`${isFirst ? '' : '\n'}==> ${name === '-' ? 'standard input' : name} <==\n`);
      isFirst = false;
      if (isButLast) await allButLast(call, source, number, inBytes);
      else if (inBytes) {
        let left = number;
        if (left > 0)
          for await (const chunk of chunks(source)) {
            await process.stdout.write(chunk.subarray(0, left));
            left -= chunk.length;
            if (left <= 0) break;
          }
      } else {
        let left = number;
        if (left > 0)
          for await (const line of lines(source)) {
            await process.stdout.write(bytes(line));
            if (--left === 0) break;
          }
      }
    }
    return status;
  },
};

async function allButLast(
  call: Call,
  source: Parameters<typeof lines>[0],
  number: number,
  inBytes: boolean,
): Promise<void> {
  const held: string[] = [];
  for await (const line of lines(source))
    for (const piece of inBytes ? line : [line]) {
      held.push(piece);
      if (held.length > number) await call.process.stdout.write(bytes(held.shift()!));
    }
}
