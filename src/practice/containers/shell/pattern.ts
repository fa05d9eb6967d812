/** Text of a pattern; where it is not active, `*` and its like stand for themselves. */
export interface Chunk {
  text: string;
  active: boolean;
}

type Token =
  | { kind: 'character'; character: string }
  | { kind: 'any' }
  | { kind: 'star' }
  | { kind: 'class'; negated: boolean; has(character: string): boolean };

/** A shell pattern: `*`, `?`, `[…]`, as in `case`, `${x#…}` and file names. */
export class Pattern {
  private readonly tokens: Token[];

  constructor(chunks: readonly Chunk[]) {
    this.tokens = compile(chunks);
  }

  /** Whether there is anything special in it. */
  get isLiteral(): boolean {
    return this.tokens.every((token) => token.kind === 'character');
  }

  /** A leading dot is matched by a dot alone in file names. */
  get startsWithDot(): boolean {
    const [first] = this.tokens;
    return first?.kind === 'character' && first.character === '.';
  }

  /** The whole text. Takes at most text × pattern steps. */
  matches(text: string): boolean {
    const characters = Array.from(text);
    let at = 0;
    let token = 0;
    let star: { token: number; at: number } | undefined;
    while (at < characters.length) {
      const here = this.tokens[token];
      if (here?.kind === 'star') {
        star = { token, at };
        token++;
      } else if (here !== undefined && fits(here, characters[at]!)) {
        at++;
        token++;
      } else if (star !== undefined) {
        star.at++;
        at = star.at;
        token = star.token + 1;
      } else return false;
    }
    return this.tokens.slice(token).every((rest) => rest.kind === 'star');
  }
}

function fits(token: Token, character: string): boolean {
  switch (token.kind) {
    case 'character':
      return token.character === character;
    case 'class':
      return token.has(character) !== token.negated;
    case 'any':
    case 'star':
      return true;
  }
}

function compile(chunks: readonly Chunk[]): Token[] {
  const characters = chunks.flatMap(({ text, active }) =>
    Array.from(text, (character) => ({ character, active })),
  );
  const tokens: Token[] = [];
  for (let at = 0; at < characters.length; at++) {
    const { character, active } = characters[at]!;
    if (!active) tokens.push({ kind: 'character', character });
    else if (character === '*') tokens.push({ kind: 'star' });
    else if (character === '?') tokens.push({ kind: 'any' });
    else if (character === '\\' && at + 1 < characters.length)
      tokens.push({ kind: 'character', character: characters[++at]!.character });
    else if (character === '[') {
      const bracket = readClass(characters, at);
      tokens.push(bracket?.token ?? { kind: 'character', character });
      at = bracket?.end ?? at;
    } else tokens.push({ kind: 'character', character });
  }
  return tokens;
}

const NAMED: Record<string, RegExp> = {
  alpha: /\p{L}/u,
  digit: /[0-9]/,
  alnum: /[\p{L}\p{N}]/u,
  upper: /\p{Lu}/u,
  lower: /\p{Ll}/u,
  space: /\s/,
  blank: /[ \t]/,
  punct: /[!-/:-@[-`{-~]/,
  print: /[^\p{C}]/u,
  graph: /[^\p{C}\s]/u,
  cntrl: /\p{Cc}/u,
  xdigit: /[0-9a-fA-F]/,
};

/** `[a-z]`; undefined when no `]` closes it. */
function readClass(
  characters: readonly { character: string; active: boolean }[],
  start: number,
): { token: Token; end: number } | undefined {
  let at = start + 1;
  const negated = ['!', '^'].includes(characters[at]?.character ?? '') && characters[at]!.active;
  if (negated) at++;
  const tests: ((character: string) => boolean)[] = [];
  for (let first = true; ; first = false) {
    const here = characters[at];
    if (here === undefined) return undefined;
    if (here.character === ']' && here.active && !first) break;
    const named = /^\[:(\w+):\]/.exec(
      characters
        .slice(at, at + 12)
        .map((each) => each.character)
        .join(''),
    );
    const expression = NAMED[named?.[1] ?? ''];
    if (named !== null && expression !== undefined) {
      tests.push((character) => expression.test(character));
      at += named[0].length;
      continue;
    }
    const last = characters[at + 2];
    if (characters[at + 1]?.character === '-' && last !== undefined && last.character !== ']') {
      const [low, high] = [here.character, last.character];
      tests.push((character) => low <= character && character <= high);
      at += 3;
      continue;
    }
    tests.push((character) => character === here.character);
    at++;
  }
  const has = (character: string): boolean => tests.some((test) => test(character));
  return { token: { kind: 'class', negated, has }, end: at };
}
