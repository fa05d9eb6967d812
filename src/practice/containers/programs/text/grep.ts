import { FileError } from '../../file-error.ts';
import { open, reach } from '../../open.ts';
import type { Source } from '../../stream.ts';
import { type Applet, type Call, complain, fail, words, wrongUsage } from '../applet.ts';
import { input, reader } from '../input.ts';
import { argument, bytes, lines } from '../lines.ts';
import { literal, PatternError, regex } from './regex.ts';
import { walk } from '../files/walk.ts';

export const grep: Applet = {
  name: 'grep',
  usage: `grep [-HhnlLoqvsrRiwFE] [-m N] [-A|B|C N] { PATTERN | -e PATTERN... | -f FILE... } [FILE]...

Search for PATTERN in FILEs (or stdin)

	-H	Add 'filename:' prefix
	-h	Do not add 'filename:' prefix
	-n	Add 'line_no:' prefix
	-l	Show only names of files that match
	-L	Show only names of files that don't match
	-c	Show only count of matching lines
	-o	Show only the matching part of line
	-q	Quiet. Return 0 if PATTERN is found, 1 otherwise
	-v	Select non-matching lines
	-s	Suppress open and read errors
	-r	Recurse
	-R	Recurse and dereference symlinks
	-i	Ignore case
	-w	Match whole words only
	-x	Match whole lines only
	-F	PATTERN is a literal (not regexp)
	-E	PATTERN is an extended regexp
	-m N	Match up to N times per file
	-A N	Print N lines of trailing context
	-B N	Print N lines of leading context
	-C N	Same as '-A N -B N'
	-e PTRN	Pattern to match
	-f FILE	Read pattern from file`,
  options: {
    short: 'HhnlLcoqvsrRiwxFEGm:A:B:C:e:f:',
    long: {
      'ignore-case': 'i',
      'invert-match': 'v',
      count: 'c',
      recursive: 'r',
      color: 'G',
      'line-number': 'n',
    },
  },
  async run(call) {
    const { options } = call;
    const operands = [...call.operands];
    const patterns = options.all('e');
    for (const file of options.all('f')) {
      const source = await input(call, file);
      if (source === undefined) return 2;
      for await (const line of lines(source)) patterns.push(line.replace(/\n$/, ''));
    }
    if (patterns.length === 0 && !options.has('f')) {
      const first = operands.shift();
      if (first === undefined) return wrongUsage(grep, call);
      patterns.push(first);
    }
    for (const letter of ['m', 'A', 'B', 'C'])
      if (options.has(letter) && !/^\d+$/.test(options.get(letter)!))
        await fail(call, `invalid number '${options.get(letter)}'`, 2);
    const search = await compile(call, patterns);
    const recurses = options.has('r') || options.has('R');
    const names = operands.length > 0 ? operands : recurses ? ['.'] : ['-'];
    const isNamed = !options.has('h') && (options.has('H') || recurses || names.length > 1);
    let found = false;
    let failed = false;
    for (const operand of names)
      for (const name of recurses ? walk(call.process, operand) : [operand]) {
        const source = await opened(call, name);
        if (source === undefined) failed = true;
        if (source === undefined || source === false) continue;
        const label = name === '-' ? '(standard input)' : name;
        if (await one(call, search, source, label, isNamed)) {
          found = true;
          if (options.has('q')) return 0;
        }
      }
    return failed ? 2 : found ? 0 : 1;
  },
};

/** Undefined for what can't be searched; false for a directory, which busybox passes over. */
async function opened(call: Call, name: string): Promise<Source | undefined | false> {
  const { process, suite, options } = call;
  if (name === '-') return process.stdin;
  try {
    const node = reach(process, name);
    if (node.type === 'directory' && suite.kind === 'busybox') return false;
    return reader(process, open(process, name, 'read'));
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    // busybox, too, words this as its big brother does.
    if (!options.has('s')) await complain(call, `${name}: ${error.message}`);
    return undefined;
  }
}

async function compile(call: Call, patterns: string[]): Promise<RegExp> {
  const { options } = call;
  const kind = options.has('F') ? 'fixed' : options.has('E') || call.name === 'egrep' ? 'extended' : 'basic';
  try {
    const sources = patterns
      .flatMap((pattern) => argument(pattern).split('\n'))
      .map((pattern) => (kind === 'fixed' ? literal(pattern) : regex(pattern, kind).source))
      .map((source) => (source === '(?:)' ? '' : source));
    const either = `(?:${sources.join('|')})`;
    const whole = options.has('x') ? `^${either}$` : options.has('w') ? `(?<!\\w)${either}(?!\\w)` : either;
    return new RegExp(whole, options.has('i') ? 'gi' : 'g');
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    return fail(call, words(call, `bad regex '${patterns.join('\n')}'`, error.message), 2);
  }
}

/** Searches one file; whether there was a line to select. */
async function one(
  call: Call,
  search: RegExp,
  source: Source,
  name: string,
  isNamed: boolean,
): Promise<boolean> {
  const { options, process } = call;
  const most = options.has('m') ? Number(options.get('m')) : Infinity;
  const before = Number(options.get('B') ?? options.get('C') ?? 0);
  const after = Number(options.get('A') ?? options.get('C') ?? 0);
  const isSilent = options.has('q') || options.has('c') || options.has('l') || options.has('L');
  const held: { number: number; line: string }[] = [];
  let number = 0;
  let count = 0;
  let trailing = 0;
  let lastShown = 0;
  const show = async (line: string, at: number, mark: string): Promise<void> => {
    if (lastShown > 0 && at > lastShown + 1 && (before > 0 || after > 0)) await process.print('--\n');
    lastShown = at;
    const prefix = `${isNamed ? `${name}${mark}` : ''}${options.has('n') ? `${at}${mark}` : ''}`;
    await process.stdout.write(bytes(`${prefix}${line}\n`));
  };
  for await (const whole of lines(source)) {
    number++;
    const line = whole.replace(/\n$/, '');
    search.lastIndex = 0;
    const matches = search.test(line) !== options.has('v');
    if (matches) {
      count++;
      if (options.has('q') || options.has('l')) break;
      search.lastIndex = 0;
      if (!isSilent && options.has('o') && !options.has('v'))
        for (const [part] of line.matchAll(search)) {
          if (part !== '') await show(part, number, ':');
        }
      else if (!isSilent) {
        for (const each of held.splice(0)) await show(each.line, each.number, '-');
        await show(line, number, ':');
        trailing = after;
      }
    } else if (!isSilent && trailing > 0) {
      trailing--;
      await show(line, number, '-');
    } else if (before > 0) {
      held.push({ number, line });
      if (held.length > before) held.shift();
    }
    if (count >= most && trailing === 0) break;
  }
  if (options.has('c') && !options.has('q') && !options.has('l'))
    await process.print(`${isNamed ? `${name}:` : ''}${count}\n`);
  if (options.has('l') && count > 0 && !options.has('q')) await process.print(`${name}\n`);
  if (options.has('L') && count === 0) await process.print(`${name}\n`);
  return options.has('L') ? count === 0 : count > 0;
}
