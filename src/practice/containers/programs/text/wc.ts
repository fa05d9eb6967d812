import type { Applet } from '../applet.ts';
import { input } from '../input.ts';
import { chunks, text } from '../lines.ts';

type Counts = Record<'l' | 'w' | 'm' | 'c' | 'L', number>;

export const wc: Applet = {
  name: 'wc',
  usage: `wc [-cmlwL] [FILE]...

Count lines, words, and bytes for FILEs (or stdin)

	-c	Count bytes
	-m	Count characters
	-l	Count newlines
	-w	Count words
	-L	Print longest line length`,
  options: { short: 'lwmcL', long: { lines: 'l', words: 'w', chars: 'm', bytes: 'c' } },
  async run(call) {
    const { options, operands, suite, process } = call;
    const asked = (['l', 'w', 'm', 'c', 'L'] as const).filter((letter) => options.has(letter));
    const columns = asked.length > 0 ? asked : (['l', 'w', 'c'] as const);
    const total: Counts = { l: 0, w: 0, m: 0, c: 0, L: 0 };
    let status = 0;
    const rows: { counts: Counts; name: string }[] = [];
    for (const name of operands.length > 0 ? operands : ['-']) {
      const source = await input(call, name);
      if (source === undefined) {
        status = 1;
        continue;
      }
      const counts = await measure(source);
      for (const each of ['l', 'w', 'm', 'c'] as const) total[each] += counts[each];
      total.L = Math.max(total.L, counts.L);
      rows.push({ counts, name: operands.length === 0 ? '' : name });
    }
    if (operands.length > 1) rows.push({ counts: total, name: 'total' });
    // busybox: nine columns, unless there is nothing but one number. GNU: as wide as the widest needs.
    const isBare = columns.length === 1 && operands.length <= 1;
    const needed = Math.max(...Object.values(total).map((each) => String(each).length));
    const width = isBare ? 0 : suite.kind === 'busybox' ? 9 : operands.length === 0 ? 7 : needed;
    for (const { counts, name } of rows) {
      const numbers = columns.map((each) => String(counts[each]).padStart(width)).join(' ');
      await process.print(`${numbers}${name === '' ? '' : ` ${name}`}\n`);
    }
    return status;
  },
};

async function measure(source: Parameters<typeof chunks>[0]): Promise<Counts> {
  const counts: Counts = { l: 0, w: 0, m: 0, c: 0, L: 0 };
  let inWord = false;
  let length = 0;
  for await (const chunk of chunks(source)) {
    counts.c += chunk.length;
    for (const char of text(chunk)) {
      const code = char.charCodeAt(0);
      if ((code & 0xc0) !== 0x80) counts.m++;
      const isSpace = code === 32 || (code >= 9 && code <= 13);
      if (!isSpace && !inWord) counts.w++;
      inWord = !isSpace;
      if (char === '\n') {
        counts.l++;
        length = 0;
      } else if (++length > counts.L) counts.L = length;
    }
  }
  return counts;
}
