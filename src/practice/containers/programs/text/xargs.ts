import { FileError } from '../../file-error.ts';
import { nullDevice } from '../../stream.ts';
import { OpenFile } from '../../open-file.ts';
import { type Applet, complain, fail } from '../applet.ts';
import { checkHeld, chunks } from '../lines.ts';
import { failureStatus, startCommand } from '../run-command.ts';

/** So many characters of arguments at once. */
const MOST_CHARACTERS = 32 * 1024;

export const xargs: Applet = {
  name: 'xargs',
  usage: `xargs [OPTIONS] [PROG ARGS]

Run PROG on every item given by stdin

	-0	NUL terminated input
	-t	Print the command on stderr before execution
	-r	Don't run command if input is empty
	-n N	Pass no more than N args
	-I STR	Replace STR within PROG ARGS with input line`,
  options: { short: '+0trn:I:', long: { null: '0', 'no-run-if-empty': 'r', 'max-args': 'n', verbose: 't' } },
  async run(call) {
    const { options, process } = call;
    const command = call.operands.length > 0 ? call.operands : ['echo'];
    const most = options.get('n') === undefined ? Infinity : Number(options.get('n'));
    if (!(most >= 1)) await fail(call, `invalid number '${options.get('n')}'`);
    const pieces: Uint8Array[] = [];
    let held = 0;
    for await (const chunk of chunks(process.stdin)) {
      pieces.push(chunk);
      checkHeld((held += chunk.length));
    }
    const text = Buffer.concat(pieces).toString('utf8');
    const marker = options.get('I');
    const items = options.has('0')
      ? text.split('\0').filter((item) => item !== '')
      : marker === undefined
        ? words(text)
        : text
            .split('\n')
            .map((line) => line.trim())
            .filter((line) => line !== '');
    let status = 0;
    const run = async (argv: string[]): Promise<boolean> => {
      if (options.has('t')) await process.complain(`${argv.join(' ')}\n`);
      try {
        // The child finds nothing on stdin: the items are not for it.
        const files = process.files.copy();
        files.set(0, new OpenFile({ source: nullDevice }));
        const own = await process.until(startCommand(process, argv, { files }).exited);
        if (own === 255) {
          await complain(call, `${argv[0]}: exited with status 255; aborting`);
          status = 124;
          return false;
        }
        if (own !== 0) status = own > 128 ? 125 : 123;
        return own <= 128;
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
        await complain(call, `${argv[0]}: ${error.message}`);
        status = failureStatus(error);
        return false;
      }
    };
    if (marker !== undefined) {
      for (const item of items) if (!(await run(command.map((each) => each.replaceAll(marker, item))))) break;
      return status;
    }
    if (items.length === 0) {
      if (!options.has('r')) await run(command);
      return status;
    }
    for (let batch = take(items, most); batch.length > 0; batch = take(items, most))
      if (!(await run([...command, ...batch]))) break;
    return status;
  },
};

function take(items: string[], most: number): string[] {
  let size = 0;
  let count = 0;
  while (
    count < items.length &&
    count < most &&
    (count === 0 || size + items[count]!.length < MOST_CHARACTERS)
  )
    size += items[count++]!.length + 1;
  return items.splice(0, count);
}

/** Words as a shell has them: quotes and backslashes keep blanks. */
function words(text: string): string[] {
  return [...text.matchAll(/(?:"[^"\n]*"|'[^'\n]*'|\\[\s\S]|[^\s"'\\])+/g)].map(([word]) =>
    word.replace(/"([^"]*)"|'([^']*)'|\\([\s\S])/g, (_, double = '', single = '', escaped = '') =>
      String(double || single || escaped),
    ),
  );
}
