import { FileError } from '../../file-error.ts';
import { complain, type Applet, words } from '../applet.ts';
import { entry, mayChange, tried } from './directory.ts';
import { each } from './each.ts';

export const rmdir: Applet = {
  name: 'rmdir',
  usage: `rmdir [-p] DIRECTORY...

Remove DIRECTORY if it is empty

	-p	Include parents`,
  options: { short: 'p', long: { parents: 'p' } },
  operands: { least: 1 },
  run: (call) =>
    each(call, (name) =>
      tried(
        () => {
          const { node, parent } = entry(call.process, name);
          if (node !== undefined && node.type !== 'directory') throw new FileError('ENOTDIR');
          mayChange(call.process, parent, node);
          call.process.machine.fileSystem.remove(name, call.process.directory);
        },
        (error) =>
          complain(
            call,
            words(call, `'${name}': ${error.message}`, `failed to remove '${name}': ${error.message}`),
          ),
      ),
    ),
};
