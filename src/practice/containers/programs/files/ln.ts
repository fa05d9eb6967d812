import { FileError } from '../../file-error.ts';
import { reach } from '../../open.ts';
import { complain, type Applet, words } from '../applet.ts';
import { entry, inside, mayChange, tried } from './directory.ts';
import { each } from './each.ts';

export const ln: Applet = {
  name: 'ln',
  usage: `ln [-sfnbtv] [-S SUF] TARGET... LINK|DIR

Create a link LINK or DIR/TARGET to the specified TARGET(s)

	-s	Make symlinks instead of hardlinks
	-f	Remove existing destinations
	-n	Don't dereference symlinks - treat like normal file`,
  options: { short: 'sfn', long: { symbolic: 's', force: 'f' } },
  operands: { least: 1 },
  async run(call) {
    const { process, options } = call;
    const { fileSystem } = process.machine;
    const [first = '', ...more] = call.operands;
    const target = more.length === 0 ? '.' : call.operands.at(-1)!;
    return each(
      call,
      (name) => {
        const path = inside(process, target, name);
        return tried(
          () => {
            const place = entry(process, path);
            mayChange(process, place.parent, place.node);
            if (place.node !== undefined && options.has('f')) fileSystem.remove(path, process.directory);
            if (options.has('s')) return fileSystem.link(name, path, process.directory, process.user);
            // A second name for the same file.
            const node = reach(process, name);
            if (node.type === 'directory') throw new FileError('EPERM');
            if (place.node !== undefined && !options.has('f')) throw new FileError('EEXIST');
            place.parent.entries.set(place.name, node);
          },
          (error) =>
            complain(
              call,
              words(
                call,
                `${path}: ${error.message}`,
                `failed to create ${options.has('s') ? 'symbolic' : 'hard'} link '${path}': ${error.message}`,
              ),
            ),
        );
      },
      more.length === 0 ? [first] : call.operands.slice(0, -1),
    );
  },
};
