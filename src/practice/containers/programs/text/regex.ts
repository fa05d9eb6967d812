/** A pattern that is none; `message` is regcomp's. */
export class PatternError extends Error {}

const CLASSES: Record<string, string> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '\\x21-\\x7e',
  lower: 'a-z',
  print: '\\x20-\\x7e',
  punct: '!-\\/:-@\\[-`{-~',
  space: ' \\t\\n\\r\\f\\v',
  upper: 'A-Z',
  xdigit: '0-9A-Fa-f',
};

/** A POSIX regular expression, basic or extended, as one of JavaScript. @throws {PatternError} */
export function regex(pattern: string, kind: 'basic' | 'extended' | 'fixed', flags = ''): RegExp {
  try {
    return new RegExp(kind === 'fixed' ? literal(pattern) : translated(pattern, kind === 'extended'), flags);
  } catch (error) {
    if (error instanceof PatternError) throw error;
    throw new PatternError('Invalid regular expression');
  }
}

export function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

function translated(pattern: string, isExtended: boolean): string {
  let result = '';
  let isStart: boolean = true;
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at]!;
    const wasStart: boolean = isStart;
    isStart = false;
    if (char === '[') {
      const end = bracketEnd(pattern, at);
      result += bracket(pattern.slice(at + 1, end));
      at = end;
    } else if (char === '\\') {
      const next = pattern[++at];
      if (next === undefined) throw new PatternError('Trailing backslash');
      const isOperator = !isExtended && '(){}|+?'.includes(next);
      if (isOperator) {
        result += next;
        isStart = next === '(' || next === '|';
      } else if (next === '<' || next === '>') result += next === '<' ? '\\b(?=\\w)' : '\\b(?<=\\w)';
      else if (/[1-9wWsSbB]/.test(next)) result += `\\${next}`;
      else if (next === 'n' || next === 't') result += `\\${next}`;
      else result += literal(next);
    } else if (isExtended ? '(){}|+?'.includes(char) : false) {
      // A brace that begins no interval stands for itself.
      if (char === '{' && !/^\{\d*,?\d*\}/.test(pattern.slice(at))) result += '\\{';
      else if (wasStart && '+?'.includes(char)) result += `\\${char}`;
      else result += char;
      isStart = char === '(' || char === '|';
    } else if (char === '*') result += wasStart ? '\\*' : '*';
    else if (char === '^') {
      const isAnchor: boolean = isExtended || wasStart;
      result += isAnchor ? '^' : '\\^';
      isStart = isAnchor;
    } else if (char === '$') {
      const rest = pattern.slice(at + 1);
      result += isExtended || rest === '' || rest.startsWith('\\)') || rest.startsWith('\\|') ? '$' : '\\$';
    } else if (char === '.') result += '[^\\n]';
    else if ('(){}|+?/-]'.includes(char)) result += `\\${char}`;
    else result += char;
  }
  return result;
}

/** The place of the `]` that ends the bracket at `from`. */
function bracketEnd(pattern: string, from: number): number {
  let at = from + 1;
  if (pattern[at] === '^') at++;
  if (pattern[at] === ']') at++;
  for (; at < pattern.length; at++) {
    if (pattern[at] === '[' && ':.='.includes(pattern[at + 1] ?? ' ')) {
      const close = pattern.indexOf(`${pattern[at + 1]}]`, at + 2);
      if (close < 0) break;
      at = close + 1;
    } else if (pattern[at] === ']') return at;
  }
  throw new PatternError('Unmatched [, [^, [:, [., or [=');
}

function bracket(content: string): string {
  const isNot = content.startsWith('^');
  const members = (isNot ? content.slice(1) : content).replace(
    /\[:(\w+):\]|[\\\]^[]/g,
    (all, name: string | undefined) => {
      if (name === undefined) return `\\${all}`;
      const found = CLASSES[name];
      if (found === undefined) throw new PatternError('Unknown character class name');
      return found;
    },
  );
  return isNot ? `[^${members}\\n]` : `[${members}]`;
}
