import { type Applet, fail, wrongUsage } from '../applet.ts';

/** Lines that are written at once. */
const BATCH = 512;

export const seq: Applet = {
  name: 'seq',
  usage: `seq [-w] [-s SEP] [FIRST [INC]] LAST

Print numbers from FIRST to LAST, in steps of INC.
FIRST, INC default to 1.

	-w	Pad with leading zeros
	-s SEP	String separator`,
  options: { short: '+ws:' },
  operands: { least: 1, most: 3 },
  async run(call) {
    const { options, operands, process } = call;
    for (const each of operands)
      if (!/^-?(\d+\.?\d*|\.\d+)$/.test(each)) {
        if (call.suite.kind === 'busybox') return wrongUsage(seq, call);
        await fail(call, `invalid floating point argument: '${each}'`);
      }
    const numbers = operands.map(Number);
    const last = numbers.at(-1)!;
    const first = operands.length > 1 ? numbers[0]! : 1;
    const step = operands.length > 2 ? numbers[1]! : 1;
    if (step === 0 && call.suite.kind === 'gnu')
      await fail(call, `invalid Zero increment value: '${operands[1]}'`);
    const decimals = Math.max(...operands.slice(0, -1).map((each) => (each.split('.')[1] ?? '').length), 0);
    const width = options.has('w')
      ? Math.max(first.toFixed(decimals).length, last.toFixed(decimals).length)
      : 0;
    const separator = options.get('s') ?? '\n';
    const show = (value: number): string => {
      const text = Math.abs(value).toFixed(decimals);
      return value < 0 ? `-${text.padStart(width - 1, '0')}` : text.padStart(width, '0');
    };
    let batch: string[] = [];
    let isFirst = true;
    const flush = async (): Promise<void> => {
      if (batch.length === 0) return;
      await process.print(`${isFirst ? '' : separator}${batch.join(separator)}`);
      isFirst = false;
      batch = [];
    };
    for (let index = 0; ; index++) {
      const value = first + index * step;
      if (step >= 0 ? value > last + Number.EPSILON : value < last) break;
      batch.push(show(value));
      if (batch.length >= BATCH) await flush();
    }
    await flush();
    if (!isFirst) await process.print('\n');
    return 0;
  },
};
