import { entry, mayChange, tried } from './directory.ts';
import { fail, type Applet, words, complain } from '../applet.ts';
import { each } from './each.ts';
import { changedMode } from './mode.ts';

export const mkdir: Applet = {
  name: 'mkdir',
  usage: `mkdir [-m MODE] [-p] DIRECTORY...

Create DIRECTORY

	-m MODE	Mode
	-p	No error if exists; make parent directories as needed`,
  options: { short: 'm:p', long: { mode: 'm', parents: 'p' } },
  operands: { least: 1 },
  run: (call) =>
    each(call, async (name) => {
      const { process, options } = call;
      const text = options.get('m');
      const mode = text === undefined ? 0o755 : changedMode(0o777, text, true);
      if (mode === undefined)
        await fail(call, words(call, `invalid mode '${text}'`, `invalid mode: '${text}'`));
      const make = (path: string, own: number): void => {
        const found = entry(process, path, { follow: true });
        if (found.node?.type === 'directory' && options.has('p')) return;
        if (found.node === undefined) mayChange(process, found.parent);
        process.machine.fileSystem.makeDirectory(path, process.directory, process.user, own);
      };
      const parts = name.split('/').filter((part) => part !== '');
      const root = name.startsWith('/') ? '/' : '';
      return tried(
        () => {
          if (options.has('p'))
            for (let depth = 1; depth < parts.length; depth++)
              make(root + parts.slice(0, depth).join('/'), 0o755);
          make(name, mode!);
        },
        (error) =>
          complain(
            call,
            words(
              call,
              `can't create directory '${name}': ${error.message}`,
              `cannot create directory '${name}': ${error.message}`,
            ),
          ),
      );
    }),
};
