import type { Applet } from '../applet.ts';

export const dirname: Applet = {
  name: 'dirname',
  usage: 'dirname FILENAME\n\nStrip non-directory suffix from FILENAME',
  operands: { least: 1 },
  async run({ process, operands }) {
    for (const operand of operands) {
      const bare = operand.replace(/\/+$/, '');
      const folder = bare.replace(/\/*[^/]*$/, '');
      await process.print(`${folder !== '' ? folder : operand.startsWith('/') ? '/' : '.'}\n`);
    }
    return 0;
  },
};
