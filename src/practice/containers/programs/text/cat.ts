import type { Applet } from '../applet.ts';
import { input } from '../input.ts';
import { bytes, chunks, lines } from '../lines.ts';

export const cat: Applet = {
  name: 'cat',
  usage: `cat [-nbvteA] [FILE]...

Print FILEs to stdout

	-n	Number output lines
	-b	Number nonempty lines
	-v	Show nonprinting characters as ^x or M-x
	-t	...and tabs as ^I
	-e	...and end lines with $
	-A	Same as -vte`,
  options: { short: 'nbu', long: { number: 'n', 'number-nonblank': 'b' } },
  async run(call) {
    const { process, options } = call;
    const isNumbering = options.has('n') || options.has('b');
    let status = 0;
    let number = 0;
    for (const name of call.operands.length > 0 ? call.operands : ['-']) {
      const source = await input(call, name);
      if (source === undefined) status = 1;
      else if (!isNumbering) for await (const chunk of chunks(source)) await process.stdout.write(chunk);
      else
        for await (const line of lines(source)) {
          const skips = options.has('b') && line === '\n';
          const shown = skips ? line : `${String(++number).padStart(6)}\t${line}`;
          await process.stdout.write(bytes(shown));
        }
    }
    return status;
  },
};
