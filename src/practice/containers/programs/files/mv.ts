import { FileError } from '../../file-error.ts';
import { complain, type Applet, words } from '../applet.ts';
import { entry, inside, mayChange, tried } from './directory.ts';
import { each } from './each.ts';

export const mv: Applet = {
  name: 'mv',
  usage: `mv [-finT] SOURCE DEST
or: mv [-fin] SOURCE... { -t DIRECTORY | DIRECTORY }

Rename SOURCE to DEST, or move SOURCEs to DIRECTORY

	-f	Don't prompt before overwriting
	-i	Interactive, prompt before overwrite
	-n	Don't overwrite an existing file
	-T	Refuse to move if DEST is a directory`,
  options: { short: 'finT', long: { force: 'f', 'no-clobber': 'n' } },
  operands: { least: 2 },
  async run(call) {
    const { process } = call;
    const { fileSystem } = process.machine;
    const target = call.operands.at(-1)!;
    return each(
      call,
      (name) =>
        tried(
          () => {
            const to = inside(process, target, name);
            const source = entry(process, name);
            if (source.node === undefined) throw new FileError('ENOENT');
            const place = entry(process, to);
            if (place.node !== undefined && call.options.has('n')) return;
            mayChange(process, source.parent, source.node);
            mayChange(process, place.parent, place.node);
            fileSystem.rename(name, to, process.directory);
          },
          (error) =>
            complain(
              call,
              words(
                call,
                `can't rename '${name}': ${error.message}`,
                `cannot stat '${name}': ${error.message}`,
              ),
            ),
        ),
      call.operands.slice(0, -1),
    );
  },
};
