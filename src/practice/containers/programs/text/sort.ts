import { open } from '../../open.ts';
import { type Applet, fail } from '../applet.ts';
import { input, writer } from '../input.ts';
import { argument, bytes, checkHeld, lines } from '../lines.ts';

/** What each line takes beside its characters. */
const LINE = 64;

interface Key {
  from: number;
  to: number;
  flags: string;
}

export const sort: Applet = {
  name: 'sort',
  usage: `sort [-nrughMcszbdfiokt] [-o FILE] [-k START[.OFS][OPTS][,END[.OFS][OPTS]] [-t CHAR] [FILE]...

Sort lines of text

	-o FILE	Output to FILE
	-c	Check whether input is sorted
	-b	Ignore leading blanks
	-f	Ignore case
	-n	Sort numbers
	-t CHAR	Field separator
	-k N[,M] Sort by Nth field
	-r	Reverse sort order
	-s	Stable (don't sort ties alphabetically)
	-u	Suppress duplicate lines`,
  options: { short: 'nrufbsco:k:t:', long: { numeric: 'n', reverse: 'r', unique: 'u', 'numeric-sort': 'n' } },
  async run(call) {
    const { options, process } = call;
    const all: string[] = [];
    let size = 0;
    for (const name of call.operands.length > 0 ? call.operands : ['-']) {
      const source = await input(call, name);
      if (source === undefined) return call.suite.kind === 'busybox' ? 1 : 2;
      for await (const line of lines(source)) {
        all.push(line.replace(/\n$/, ''));
        size += line.length + LINE;
        checkHeld(size);
      }
    }
    const global = 'nrfb'
      .split('')
      .filter((letter) => options.has(letter))
      .join('');
    const keys = options.all('k').map(readKey);
    if (keys.includes(undefined)) await fail(call, 'bad field specification');
    const separator = options.get('t') === undefined ? undefined : argument(options.get('t')!);
    const order = comparison(
      keys.filter((key) => key !== undefined),
      global,
      separator,
    );
    const isReversed = options.has('r');
    const byBytes = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0) * (isReversed ? -1 : 1);
    const compare = (a: string, b: string): number =>
      order(a, b) || (options.has('s') || options.has('u') ? 0 : byBytes(a, b));
    if (options.has('c')) {
      const at = all.findIndex((line, index) => index > 0 && compare(all[index - 1]!, line) > 0);
      if (at < 0) return 0;
      await process.complain(`${call.name}: -:${at + 1}: disorder: ${all[at]}\n`);
      return 1;
    }
    all.sort(compare);
    const kept = options.has('u')
      ? all.filter((line, index) => index === 0 || order(all[index - 1]!, line) !== 0)
      : all;
    const path = options.get('o');
    const sink = path === undefined ? process.stdout : writer(process, open(process, path, 'write'));
    if (kept.length > 0) await sink.write(bytes(`${kept.join('\n')}\n`));
    return 0;
  },
};

function readKey(text: string): Key | undefined {
  const [, from, flags = '', to, more = ''] =
    /^(\d+)(?:\.\d+)?([nrfb]*)(?:,(\d+)(?:\.\d+)?([nrfb]*))?$/.exec(text) ?? [];
  if (from === undefined || Number(from) < 1) return undefined;
  return { from: Number(from), to: to === undefined ? Infinity : Number(to), flags: flags + more };
}

function comparison(
  keys: Key[],
  global: string,
  separator: string | undefined,
): (a: string, b: string) => number {
  const all = keys.length > 0 ? keys : [{ from: 1, to: Infinity, flags: '' }];
  return (a, b) => {
    for (const key of all) {
      const flags = key.flags || global;
      const result = single(part(a, key, separator), part(b, key, separator), flags);
      if (result !== 0) return flags.includes('r') ? -result : result;
    }
    return 0;
  };
}

function part(line: string, { from, to }: Key, separator: string | undefined): string {
  if (from === 1 && to === Infinity) return line;
  const fields = separator === undefined ? (line.match(/\s*\S+/g) ?? []) : line.split(separator);
  return fields.slice(from - 1, to).join(separator ?? '');
}

function single(a: string, b: string, flags: string): number {
  if (flags.includes('n')) return number(a) - number(b);
  const plain = (text: string): string => {
    const bare = flags.includes('b') ? text.trimStart() : text;
    return flags.includes('f') ? bare.toUpperCase() : bare;
  };
  const [left, right] = [plain(a), plain(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function number(text: string): number {
  return Number(/^\s*(-?\d*\.?\d+)/.exec(text)?.[1] ?? 0);
}
