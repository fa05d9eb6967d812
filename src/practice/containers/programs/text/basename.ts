import { basename as nameOf, type Applet } from '../applet.ts';

export const basename: Applet = {
  name: 'basename',
  usage: `basename FILE [SUFFIX] | -a FILE... | -s SUFFIX FILE...

Strip directory path and SUFFIX from FILE

	-a		All arguments are FILEs
	-s SUFFIX	Remove SUFFIX (implies -a)`,
  options: { short: '+as:' },
  operands: { least: 1 },
  async run({ process, operands, options }) {
    const isMany = options.has('a') || options.has('s');
    const suffix = options.get('s') ?? (isMany ? '' : (operands[1] ?? ''));
    for (const operand of isMany ? operands : operands.slice(0, 1)) {
      const name = nameOf(operand);
      const isCut = suffix !== '' && name !== suffix && name.endsWith(suffix);
      await process.print(`${isCut ? name.slice(0, -suffix.length) : name}\n`);
    }
    return 0;
  },
};
