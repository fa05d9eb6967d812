import type { Applet } from '../applet.ts';

/** As much as a pipe takes at once. */
const CHUNK = 4096;

export const yes: Applet = {
  name: 'yes',
  usage: `yes [STRING]

Repeatedly print a line with STRING, or 'y'`,
  async run({ process, operands }) {
    const line = `${operands.length > 0 ? operands.join(' ') : 'y'}\n`;
    const block = line.repeat(Math.max(1, Math.floor(CHUNK / line.length)));
    for (;;) await process.print(block);
  },
};
