import { FileError } from '../../file-error.ts';
import { complain, type Applet, words, wrongUsage } from '../applet.ts';
import { entry, mayChange, removeAll, tried } from './directory.ts';
import { each } from './each.ts';

export const rm: Applet = {
  name: 'rm',
  usage: `rm [-irf] FILE...

Remove (unlink) FILEs

	-i	Always prompt before removing
	-f	Never prompt
	-R,-r	Recurse`,
  options: { short: 'irRf', long: { recursive: 'r', force: 'f' } },
  async run(call) {
    const { process, options } = call;
    if (call.operands.length === 0) return options.has('f') ? 0 : wrongUsage(rm, call);
    return each(call, (name) =>
      tried(
        () => {
          const { node, parent } = entry(process, name);
          if (node === undefined && options.has('f')) return;
          if (node?.type === 'directory' && !options.has('r') && !options.has('R'))
            throw new FileError('EISDIR');
          if (options.has('r') || options.has('R')) return removeAll(process, name);
          mayChange(process, parent, node);
          process.machine.fileSystem.remove(name, process.directory);
        },
        (error) =>
          complain(
            call,
            error.code === 'EISDIR'
              ? words(call, `'${name}' is a directory`, `cannot remove '${name}': Is a directory`)
              : words(
                  call,
                  `can't remove '${name}': ${error.message}`,
                  `cannot remove '${name}': ${error.message}`,
                ),
          ),
      ),
    );
  },
};
