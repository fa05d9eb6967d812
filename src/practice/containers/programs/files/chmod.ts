import { tried } from './directory.ts';
import { reach } from '../../open.ts';
import { each } from './each.ts';
import type { FileNode } from '../../file-system.ts';
import { FileError } from '../../file-error.ts';
import { fail, type Applet, words, complain } from '../applet.ts';
import { changedMode } from './mode.ts';

export const chmod: Applet = {
  name: 'chmod',
  usage: `chmod [-Rcvf] MODE[,MODE]... FILE...

MODE is octal number (bit pattern sstrwxrwxrwx) or [ugoa]{+|-|=}[rwxXst]

	-R	Recurse
	-f	Hide errors`,
  // A mode may begin with a dash.
  operands: { least: 2 },
  async run(call) {
    const { process } = call;
    const operands = [...call.operands];
    const recurses = operands[0] === '-R' && operands.shift() !== undefined;
    const text = operands.shift()!;
    if (changedMode(0, text, false) === undefined)
      await fail(call, words(call, `invalid mode '${text}'`, `invalid mode: '${text}'`));
    const change = (node: FileNode): void => {
      if (process.user.uid !== 0 && process.user.uid !== node.uid) throw new FileError('EPERM');
      if (node.type !== 'symlink') node.mode = changedMode(node.mode, text, node.type === 'directory')!;
      if (recurses && node.type === 'directory')
        for (const name of node.entries.keys()) change(node.entries.get(name)!);
    };
    return each(
      call,
      (name) =>
        tried(
          () => change(reach(process, name)),
          (error) =>
            complain(
              call,
              words(call, `${name}: ${error.message}`, `cannot access '${name}': ${error.message}`),
            ),
        ),
      operands,
    );
  },
};
