import { FileError } from '../../file-error.ts';
import { open, permitted } from '../../open.ts';
import { complain, type Applet, words } from '../applet.ts';
import { entry, tried } from './directory.ts';
import { each } from './each.ts';

export const touch: Applet = {
  name: 'touch',
  usage: `touch [-cham] [-d DATE] [-t DATE] [-r FILE] FILE...

Update mtime of FILEs

	-h	Don't follow links
	-c	Don't create files
	-d DT	Date/time to use
	-t DT	Date/time to use
	-r FILE	Use FILE's date/time`,
  options: { short: 'cham', long: { 'no-create': 'c' } },
  operands: { least: 1 },
  run: (call) =>
    each(call, (name) =>
      tried(
        () => {
          const { process, options } = call;
          const found = entry(process, name, { follow: true });
          if (found.node === undefined) {
            if (!options.has('c')) open(process, name, 'write').close();
          } else if (permitted(found.node, process.user, 'write'))
            found.node.modified = process.machine.clock.now();
          else throw new FileError('EACCES');
        },
        (error) =>
          complain(
            call,
            words(call, `${name}: ${error.message}`, `cannot touch '${name}': ${error.message}`),
          ),
      ),
    ),
};
