/** A line of an nginx configuration: `name arguments;` or `name arguments { block }`. */
export interface Directive {
  name: string;
  args: string[];
  block?: Directive[];
  file: string;
  line: number;
}

/** How nginx calls what stands behind -g; there are no lines in it. */
export const COMMAND_LINE = 'command line';

/** What nginx says of a configuration that it can't use; `message` is all of the line after `[emerg] `. */
export class ConfigError extends Error {
  constructor(message: string, where?: { file: string; line: number }) {
    const place = where?.file === COMMAND_LINE ? COMMAND_LINE : `${where?.file}:${where?.line}`;
    super(where === undefined ? message : `${message} in ${place}`);
    this.name = 'ConfigError';
  }
}

interface Token {
  kind: 'word' | ';' | '{' | '}' | 'end';
  text: string;
  line: number;
}

/** Reads the text of one configuration file, as nginx' own reader does. @throws {ConfigError} */
export function parseConfig(text: string, file: string): Directive[] {
  const tokens = tokenize(text, file);
  let next = 0;

  const block = (isOuter: boolean): Directive[] => {
    const directives: Directive[] = [];
    for (;;) {
      const words: string[] = [];
      for (;;) {
        const token = tokens[next++]!;
        const where = { file, line: token.line };
        if (token.kind === 'word') {
          words.push(token.text);
          continue;
        }
        if (words.length > 0) {
          if (token.kind === 'end' && file === COMMAND_LINE)
            throw new ConfigError('unexpected end of parameter, expecting ";"', where);
          if (token.kind === 'end')
            throw new ConfigError('unexpected end of file, expecting ";" or "}"', where);
          if (token.kind === '}') throw new ConfigError('unexpected "}"', where);
          const directive: Directive = { name: words[0]!, args: words.slice(1), ...where };
          if (token.kind === '{') directive.block = block(false);
          directives.push(directive);
          break;
        }
        if (token.kind === 'end') {
          if (!isOuter) throw new ConfigError('unexpected end of file, expecting "}"', where);
          return directives;
        }
        if (token.kind === '}' && !isOuter) return directives;
        throw new ConfigError(`unexpected "${token.kind}"`, where);
      }
    }
  };
  return block(true);
}

function tokenize(text: string, file: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  let at = 0;
  while (at < text.length) {
    const char = text[at]!;
    if (char === '\n') line++;
    if (/\s/.test(char)) at++;
    else if (char === '#') at = endOfLine(text, at);
    else if (char === ';' || char === '{' || char === '}') {
      tokens.push({ kind: char, text: char, line });
      at++;
    } else {
      const begun = line;
      const word = char === '"' || char === "'" ? quoted(text, at) : bare(text, at);
      line += text.slice(at, word.end).split('\n').length - 1;
      if (word.text === undefined)
        throw new ConfigError('unexpected end of file, expecting ";" or "}"', { file, line });
      at = word.end;
      const after = text[at];
      if ((char === '"' || char === "'") && after !== undefined && !/[\s;{)]/.test(after))
        throw new ConfigError(`unexpected "${after}"`, { file, line });
      tokens.push({ kind: 'word', text: word.text, line: begun });
    }
  }
  tokens.push({ kind: 'end', text: '', line });
  return tokens;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

function quoted(text: string, from: number): { text: string | undefined; end: number } {
  let word = '';
  for (let at = from + 1; at < text.length; at++) {
    const char = text[at]!;
    if (char === text[from]) return { text: word, end: at + 1 };
    if (char === '\\' && at + 1 < text.length) word += escaped(text[++at]!);
    else word += char;
  }
  return { text: undefined, end: text.length };
}

/** `{` belongs to a word only in `${name}`. */
function bare(text: string, from: number): { text: string; end: number } {
  let word = '';
  let at = from;
  for (; at < text.length; at++) {
    const char = text[at]!;
    if (/[\s;]/.test(char)) break;
    if (char === '{' && text[at - 1] !== '$') break;
    if (char === '{') {
      const end = text.indexOf('}', at);
      if (end < 0) break;
      word += text.slice(at, end + 1);
      at = end;
    } else if (char === '\\' && at + 1 < text.length) word += escaped(text[++at]!);
    else word += char;
  }
  return { text: word, end: at };
}

function escaped(char: string): string {
  switch (char) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case '"':
    case "'":
    case '\\':
      return char;
    default:
      return `\\${char}`;
  }
}
