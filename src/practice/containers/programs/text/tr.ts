import { type Applet, type Call, fail } from '../applet.ts';
import { argument, bytes, chunks, text } from '../lines.ts';

const CLASSES: Record<string, string> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  blank: ' \\t',
  digit: '0-9',
  lower: 'a-z',
  punct: '!-/:-@\\[-`{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  xdigit: '0-9A-Fa-f',
};
const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' };

export const tr: Applet = {
  name: 'tr',
  usage: `tr [-cds] STRING1 [STRING2]

Translate, squeeze, or delete characters from stdin, writing to stdout

	-c	Take complement of STRING1
	-d	Delete input characters coded STRING1
	-s	Squeeze multiple output characters of STRING2 into one character`,
  options: { short: '+cCds', long: { complement: 'c', delete: 'd', 'squeeze-repeats': 's' } },
  operands: { least: 1, most: 2 },
  async run(call) {
    const { options, process } = call;
    const [first = '', second] = call.operands;
    const isComplement = options.has('c') || options.has('C');
    const from = isComplement ? complement(expand(first)) : expand(first);
    const to = second === undefined ? [] : expand(second);
    const deletes = options.has('d');
    if (!deletes && to.length === 0 && !options.has('s'))
      await fail(
        call,
        call.suite.kind === 'busybox' ? 'STRING2 cannot be empty' : `missing operand after '${first}'`,
      );
    const squeezed = new Set(options.has('s') ? (to.length > 0 ? to : from) : []);
    const map = new Map<string, string | undefined>();
    for (const [index, char] of from.entries())
      if (!map.has(char)) map.set(char, deletes ? undefined : (to[index] ?? to.at(-1) ?? char));
    let last = '';
    for await (const chunk of chunks(process.stdin)) {
      let result = '';
      for (const char of text(chunk)) {
        const mapped = map.has(char) ? map.get(char) : char;
        if (mapped === undefined || (mapped === last && squeezed.has(mapped))) continue;
        result += mapped;
        last = mapped;
      }
      if (result !== '') await write(call, result);
    }
    return 0;
  },
};

function write(call: Call, result: string): Promise<void> {
  return call.process.stdout.write(bytes(result));
}

/** The characters of a set: ranges, escapes and `[:classes:]` spelled out. */
function expand(set: string): string[] {
  const source = argument(set).replace(/\[:(\w+):\]/g, (all, name: string) => CLASSES[name] ?? all);
  const chars: string[] = [];
  const one = /\\([0-7]{1,3})|\\(.)|([\s\S])/y;
  const next = (): string | undefined => {
    const match = one.exec(source);
    if (match === null) return undefined;
    if (match[1] !== undefined) return String.fromCharCode(Number.parseInt(match[1], 8) & 255);
    return match[2] === undefined ? match[3] : (ESCAPES[match[2]] ?? match[2]);
  };
  for (let char = next(); char !== undefined; char = next()) {
    const at = one.lastIndex;
    if (source[at] === '-' && at + 1 < source.length) {
      one.lastIndex = at + 1;
      const end = next()!;
      for (let code = char.charCodeAt(0); code <= end.charCodeAt(0); code++)
        chars.push(String.fromCharCode(code));
    } else chars.push(char);
  }
  return chars;
}

function complement(chars: string[]): string[] {
  const known = new Set(chars);
  return Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).filter(
    (char) => !known.has(char),
  );
}
