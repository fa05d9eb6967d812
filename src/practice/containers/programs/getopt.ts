/** A program's options as getopt(3) reads them: single letters that may stand together, `--` ends them. */
export class Options {
  /** All names, in the order given. */
  readonly names: string[] = [];
  private readonly values = new Map<string, string[]>();

  add(name: string, value = ''): void {
    this.names.push(name);
    this.values.set(name, [...this.all(name), value]);
  }

  has(name: string): boolean {
    return this.values.has(name);
  }

  /** The value given last, as nearly all programs take it. */
  get(name: string): string | undefined {
    return this.values.get(name)?.at(-1);
  }

  all(name: string): string[] {
    return this.values.get(name) ?? [];
  }
}

export interface OptionSpec {
  /** As for getopt(3): `n:q` are -n VALUE and -q. A `+` in front: the first operand ends the options. */
  short: string;
  /** Long names, and the letter each stands for. */
  long?: Record<string, string>;
}

/** An option that the program doesn't have, or that lacks its value. */
export class OptionError extends Error {
  readonly kind: 'unknown' | 'no-value' | 'needless-value';
  /** The letter, or the long name with its dashes. */
  readonly option: string;

  constructor(kind: OptionError['kind'], option: string) {
    super(`${kind}: ${option}`);
    this.name = 'OptionError';
    this.kind = kind;
    this.option = option;
  }
}

/** @param args without the program's name @throws {OptionError} */
export function getopt(args: string[], spec: OptionSpec): { options: Options; operands: string[] } {
  const inOrder = spec.short.startsWith('+');
  const options = new Options();
  const operands: string[] = [];
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--') return { options, operands: [...operands, ...rest] };
    if (arg.startsWith('--')) readLong(arg, rest, spec, options);
    else if (arg.startsWith('-') && arg !== '-') readLetters(arg.slice(1), rest, spec, options);
    else if (inOrder) return { options, operands: [...operands, arg, ...rest] };
    else operands.push(arg);
  }
  return { options, operands };
}

function takesValue(spec: OptionSpec, letter: string): boolean {
  const at = spec.short.indexOf(letter);
  if (at < 0 || letter === ':' || letter === '+') throw new OptionError('unknown', letter);
  return spec.short[at + 1] === ':';
}

function readLetters(letters: string, rest: string[], spec: OptionSpec, options: Options): void {
  for (const [index, letter] of letters.split('').entries()) {
    if (!takesValue(spec, letter)) {
      options.add(letter);
      continue;
    }
    const value = letters.slice(index + 1) || rest.shift();
    if (value === undefined) throw new OptionError('no-value', letter);
    options.add(letter, value);
    return;
  }
}

/** A long name may be cut short where it stays unmistakable. */
function readLong(arg: string, rest: string[], spec: OptionSpec, options: Options): void {
  const [, name = '', given] = /^--([^=]*)(?:=(.*))?$/s.exec(arg) ?? [];
  const names = Object.keys(spec.long ?? {});
  const meant = names.includes(name) ? [name] : names.filter((each) => name !== '' && each.startsWith(name));
  const letter = meant.length === 1 ? spec.long?.[meant[0]!] : undefined;
  if (letter === undefined) throw new OptionError('unknown', `--${name}`);
  if (!takesValue(spec, letter)) {
    if (given !== undefined) throw new OptionError('needless-value', `--${name}`);
    options.add(letter);
    return;
  }
  const value = given ?? rest.shift();
  if (value === undefined) throw new OptionError('no-value', `--${name}`);
  options.add(letter, value);
}
