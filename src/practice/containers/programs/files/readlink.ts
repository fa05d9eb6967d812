import { reach } from '../../open.ts';
import { FileError } from '../../file-error.ts';
import type { Applet } from '../applet.ts';

export const readlink: Applet = {
  name: 'readlink',
  usage: `readlink [-fnv] FILE

Display the value of a symlink

	-f	Canonicalize by following all symlinks
	-n	Don't add newline at the end
	-v	Verbose`,
  options: { short: 'fnv' },
  operands: { least: 1, most: 1 },
  async run({ process, operands, options }) {
    const [path = ''] = operands;
    const end = options.has('n') ? '' : '\n';
    try {
      if (options.has('f')) {
        await process.print(`${process.machine.fileSystem.realPath(path, process.directory)}${end}`);
        return 0;
      }
      const node = reach(process, path, { follow: false });
      if (node.type !== 'symlink') return 1;
      await process.print(`${node.target}${end}`);
      return 0;
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      return 1;
    }
  },
};
