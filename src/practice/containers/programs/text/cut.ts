import { type Applet, fail, words } from '../applet.ts';
import { input } from '../input.ts';
import { argument, bytes, lines } from '../lines.ts';

type Range = [first: number, last: number];

export const cut: Applet = {
  name: 'cut',
  usage: `cut {-b|c LIST | -f LIST [-d SEP] [-s]} [-O SEP] [FILE]...

Print selected fields from FILEs to stdout

	-b LIST	Output only bytes from LIST
	-c LIST	Output only characters from LIST
	-d SEP	Input field delimiter (default tab)
	-f LIST	Print only these fields
	-s	Drop lines with no delimiter (else print them in full)
	-n	Ignored`,
  options: { short: 'b:c:f:d:sn', long: { bytes: 'b', characters: 'c', fields: 'f', delimiter: 'd' } },
  async run(call) {
    const { options, process } = call;
    const list = options.get('f') ?? options.get('c') ?? options.get('b');
    if (list === undefined)
      await fail(
        call,
        words(
          call,
          'expected a list of bytes, characters, or fields',
          'you must specify a list of bytes, characters, or fields',
        ),
      );
    const separator = argument(options.get('d') ?? '\t');
    if (separator.length > 1)
      await fail(
        call,
        words(call, 'the delimiter must be a single character', 'the delimiter must be a single character'),
      );
    const ranges = readRanges(list!);
    if (ranges === undefined)
      await fail(call, words(call, 'invalid byte or field list', `invalid field range`));
    const picks = (number: number): boolean =>
      ranges!.some(([first, last]) => number >= first && number <= last);
    let status = 0;
    for (const name of call.operands.length > 0 ? call.operands : ['-']) {
      const source = await input(call, name);
      if (source === undefined) {
        status = 1;
        continue;
      }
      for await (const whole of lines(source)) {
        const line = whole.replace(/\n$/, '');
        if (!options.has('f')) {
          const kept = line
            .split('')
            .filter((_, index) => picks(index + 1))
            .join('');
          await process.stdout.write(bytes(`${kept}\n`));
          continue;
        }
        if (!line.includes(separator)) {
          if (!options.has('s')) await process.stdout.write(bytes(`${line}\n`));
          continue;
        }
        const kept = line.split(separator).filter((_, index) => picks(index + 1));
        await process.stdout.write(bytes(`${kept.join(separator)}\n`));
      }
    }
    return status;
  },
};

function readRanges(list: string): Range[] | undefined {
  const ranges = list.split(',').map((part): Range | undefined => {
    const [, first, dash, last] = /^(\d*)(-?)(\d*)$/.exec(part) ?? [];
    if (first === undefined || last === undefined || first + last === '') return undefined;
    if (dash === '') return [Number(first), Number(first)];
    return [first === '' ? 1 : Number(first), last === '' ? Infinity : Number(last)];
  });
  const good = ranges.filter(
    (range): range is Range => range !== undefined && range[0] >= 1 && range[0] <= range[1],
  );
  return good.length === ranges.length ? good : undefined;
}
