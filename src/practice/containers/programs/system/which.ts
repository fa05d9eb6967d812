import { findCommand } from '../../execute.ts';
import { FileError } from '../../file-error.ts';
import type { Applet } from '../applet.ts';

export const which: Applet = {
  name: 'which',
  usage: `which [-a] COMMAND...

Locate COMMAND

	-a	Show all matches`,
  options: { short: 'a' },
  operands: { least: 1 },
  async run({ process, operands, options }) {
    const path = process.environment.get('PATH') ?? '/sbin:/usr/sbin:/bin:/usr/bin';
    let status = 0;
    for (const name of operands) {
      let found = 0;
      for (const folder of name.includes('/') ? [''] : path.split(':')) {
        if (found > 0 && !options.has('a')) break;
        try {
          await process.print(`${findCommand(process, name, folder)}\n`);
          found++;
        } catch (error) {
          if (!(error instanceof FileError)) throw error;
        }
      }
      if (found === 0) status = 1;
    }
    return status;
  },
};
