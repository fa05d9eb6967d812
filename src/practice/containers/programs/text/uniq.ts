import { open } from '../../open.ts';
import type { Applet } from '../applet.ts';
import { input, writer } from '../input.ts';
import { bytes, lines } from '../lines.ts';

export const uniq: Applet = {
  name: 'uniq',
  usage: `uniq [-cdui] [-f,s,w N] [FILE [OUTFILE]]

Discard duplicate lines

	-c	Prefix lines by the number of occurrences
	-d	Only print duplicate lines
	-u	Only print unique lines
	-i	Ignore case`,
  options: { short: 'cdui', long: { count: 'c', repeated: 'd', unique: 'u', 'ignore-case': 'i' } },
  operands: { most: 2 },
  async run(call) {
    const { options, process } = call;
    const [from = '-', to] = call.operands;
    const source = await input(call, from);
    if (source === undefined) return 1;
    const sink =
      to === undefined || to === '-' ? process.stdout : writer(process, open(process, to, 'write'));
    const key = (line: string): string => (options.has('i') ? line.toLowerCase() : line);
    let current: string | undefined;
    let count = 0;
    const put = async (): Promise<void> => {
      if (current === undefined) return;
      if ((options.has('d') && count < 2) || (options.has('u') && count > 1)) return;
      await sink.write(bytes(`${options.has('c') ? `${String(count).padStart(7)} ` : ''}${current}\n`));
    };
    for await (const whole of lines(source)) {
      const line = whole.replace(/\n$/, '');
      if (current !== undefined && key(line) === key(current)) {
        count++;
        continue;
      }
      await put();
      current = line;
      count = 1;
    }
    await put();
    return 0;
  },
};
