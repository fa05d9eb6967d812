import { PatternError, regex } from '../regex.ts';

export type Address =
  | { kind: 'line'; number: number }
  | { kind: 'last' }
  | { kind: 'pattern'; pattern: RegExp }
  | { kind: 'step'; first: number; step: number }
  | { kind: 'count'; lines: number };

export interface Command {
  addresses: Address[];
  isNegated: boolean;
  does:
    | {
        kind: 'substitute';
        pattern: RegExp;
        replacement: string;
        number: number;
        isGlobal: boolean;
        prints: boolean;
      }
    | { kind: 'translate'; map: Map<string, string> }
    | { kind: 'text'; where: 'before' | 'after' | 'instead'; text: string }
    | { kind: 'delete' | 'print' | 'next' | 'quit' | 'number' };
}

/** What is wrong with a script, in busybox' words. */
export class ScriptError extends Error {}

const SIMPLE: Record<string, 'delete' | 'print' | 'next' | 'quit' | 'number'> = {
  d: 'delete',
  p: 'print',
  n: 'next',
  q: 'quit',
  '=': 'number',
};

/** Reads a script: addresses, `s`, `y`, `d`, `p`, `n`, `q`, `=`, `a`, `i`, `c`. @throws {ScriptError} */
export function parseScript(text: string, isExtended: boolean): Command[] {
  return new ScriptReader(text, isExtended).commands();
}

class ScriptReader {
  private readonly text: string;
  private readonly isExtended: boolean;
  private at = 0;

  constructor(text: string, isExtended: boolean) {
    this.text = text;
    this.isExtended = isExtended;
  }

  commands(): Command[] {
    const commands: Command[] = [];
    for (;;) {
      this.take(/[\s;]*/y);
      if (this.at >= this.text.length) return commands;
      if (this.text[this.at] === '#') this.take(/[^\n]*/y);
      else commands.push(this.command());
    }
  }

  private take(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  private command(): Command {
    const addresses: Address[] = [];
    const first = this.address();
    if (first !== undefined) {
      addresses.push(first);
      this.take(/[ \t]*/y);
      if (this.text[this.at] === ',') {
        this.at++;
        this.take(/[ \t]*/y);
        const second = this.address();
        if (second === undefined) throw new ScriptError('no address after comma');
        addresses.push(second);
      }
    }
    this.take(/[ \t]*/y);
    const isNegated = this.take(/!?/y) !== '';
    this.take(/[ \t]*/y);
    return { addresses, isNegated, does: this.action() };
  }

  private address(): Address | undefined {
    const char = this.text[this.at];
    if (char === '$') {
      this.at++;
      return { kind: 'last' };
    }
    if (char === '+') {
      this.at++;
      return { kind: 'count', lines: Number(this.take(/\d+/y)) };
    }
    if (char === '/' || char === '\\') {
      if (char === '\\') this.at++;
      const delimiter = this.text[this.at++]!;
      const source = this.until(delimiter);
      if (source === undefined) throw new ScriptError('unterminated address regex');
      const flags = this.take(/I?/y) === '' ? '' : 'i';
      return { kind: 'pattern', pattern: this.pattern(source, flags) };
    }
    const number = this.take(/\d+/y);
    if (number === '') return undefined;
    if (this.text[this.at] !== '~') return { kind: 'line', number: Number(number) };
    this.at++;
    return { kind: 'step', first: Number(number), step: Number(this.take(/\d+/y)) };
  }

  private action(): Command['does'] {
    const name = this.text[this.at++];
    if (name === undefined) throw new ScriptError('missing command');
    if (Object.hasOwn(SIMPLE, name)) {
      this.end();
      return { kind: SIMPLE[name]! };
    }
    if (name === 's') return this.substitution();
    if (name === 'y') return this.translation();
    if (name === 'a' || name === 'i' || name === 'c') {
      this.take(/[ \t]*\\?\n?[ \t]*/y);
      const text = this.take(/(?:\\[\s\S]|[^\n\\])*/y).replace(/\\([\s\S])/g, '$1');
      if (text === '') throw new ScriptError(`expected \\ after 'a', 'c' or 'i'`);
      return { kind: 'text', where: name === 'a' ? 'after' : name === 'i' ? 'before' : 'instead', text };
    }
    throw new ScriptError(`unsupported command ${name}`);
  }

  /** After a command comes the end of the line, `;` or `}`. */
  private end(): void {
    this.take(/[ \t]*/y);
    if (this.at < this.text.length && !/[;\n#]/.test(this.text[this.at]!))
      throw new ScriptError('extra characters after command');
  }

  private substitution(): Command['does'] {
    const delimiter = this.text[this.at++];
    const source = delimiter === undefined ? undefined : this.until(delimiter);
    const replacement = source === undefined ? undefined : this.until(delimiter!);
    if (source === undefined || replacement === undefined) throw new ScriptError("unmatched 's'");
    const flags = this.take(/[gpiI0-9]*/y);
    this.end();
    const pattern = this.pattern(source, /i/i.test(flags) ? 'gi' : 'g');
    const number = Number(/\d+/.exec(flags)?.[0] ?? 1);
    return {
      kind: 'substitute',
      pattern,
      replacement,
      number,
      isGlobal: flags.includes('g'),
      prints: flags.includes('p'),
    };
  }

  private translation(): Command['does'] {
    const delimiter = this.text[this.at++] ?? '/';
    const from = this.until(delimiter) ?? '';
    const to = this.until(delimiter) ?? '';
    if (from === '' || from.length !== to.length)
      throw new ScriptError('y command strings have different lengths');
    this.end();
    return { kind: 'translate', map: new Map(from.split('').map((char, index) => [char, to[index]!])) };
  }

  /** Up to the delimiter, which a backslash makes an ordinary character. Brackets keep it to themselves. */
  private until(delimiter: string): string | undefined {
    let result = '';
    for (; this.at < this.text.length; this.at++) {
      const char = this.text[this.at]!;
      if (char === delimiter) {
        this.at++;
        return result;
      }
      if (char === '\\' && this.at + 1 < this.text.length) {
        const next = this.text[++this.at]!;
        result += next === delimiter ? next : `\\${next}`;
      } else result += char;
    }
    return undefined;
  }

  private pattern(source: string, flags: string): RegExp {
    try {
      return regex(source, this.isExtended ? 'extended' : 'basic', flags);
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      throw new ScriptError(`bad regex '${source}': ${error.message}`);
    }
  }
}
