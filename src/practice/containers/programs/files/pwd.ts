import type { Applet } from '../applet.ts';

export const pwd: Applet = {
  name: 'pwd',
  usage: 'pwd\n\nPrint the full filename of the current working directory',
  async run({ process }) {
    await process.print(`${process.directory}\n`);
    return 0;
  },
};
