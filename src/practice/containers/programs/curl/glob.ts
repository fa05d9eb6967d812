const MOST_URLS = 100_000;

/** What is wrong with a pattern, and where: curl counts from 1. */
export class GlobError extends Error {
  readonly position: number;

  constructor(message: string, position: number) {
    super(message);
    this.name = 'GlobError';
    this.position = position;
  }
}

/** curl's own globbing: `{a,b}`, `[1-10]`, `[01-10:2]`, `[a-f]`. IPv6 addresses in brackets are none. @throws {GlobError} */
export function expandUrl(text: string): string[] {
  let results = [''];
  let at = 0;
  while (at < text.length) {
    const char = text[at]!;
    const address = /^\[[0-9a-f:.]*:[0-9a-f:.]*(%[\w.-]+)?\]/i.exec(text.slice(at))?.[0];
    let choices: string[];
    if (address !== undefined && !/^\[[a-z]-[a-z]/i.test(address)) {
      choices = [address];
      at += address.length;
    } else if (char === '{') {
      const end = text.indexOf('}', at);
      if (end < 0) throw new GlobError('unmatched brace', at + 1);
      choices = text.slice(at + 1, end).split(',');
      if (end === at + 1) throw new GlobError('empty string within braces', at + 2);
      at = end + 1;
    } else if (char === '[') {
      const end = text.indexOf(']', at);
      choices = range(end < 0 ? '' : text.slice(at + 1, end), at + 2);
      at = end + 1;
    } else if (char === '}' || char === ']') throw new GlobError('unmatched close brace/bracket', at + 1);
    else if (char === '\\' && /[{}[\]]/.test(text[at + 1] ?? '')) {
      choices = [text[at + 1]!];
      at += 2;
    } else {
      choices = [char];
      at++;
    }
    if (results.length * choices.length > MOST_URLS) throw new GlobError('range overflow', at);
    results = results.flatMap((start) => choices.map((choice) => start + choice));
  }
  return results;
}

function range(text: string, position: number): string[] {
  const [, first, last, step = '1'] =
    /^(\d+)-(\d+)(?::(\d+))?$/.exec(text) ?? /^([a-z])-([a-z])(?::(\d+))?$/i.exec(text) ?? [];
  if (first === undefined || last === undefined || Number(step) < 1)
    throw new GlobError('bad range', position);
  const isNumeric = /^\d/.test(first);
  const [from, to] = isNumeric ? [Number(first), Number(last)] : [first.charCodeAt(0), last.charCodeAt(0)];
  if (from > to || (to - from) / Number(step) > MOST_URLS) throw new GlobError('bad range', position);
  const width = isNumeric && first.startsWith('0') ? first.length : 0;
  const values: string[] = [];
  for (let value = from; value <= to; value += Number(step))
    values.push(isNumeric ? String(value).padStart(width, '0') : String.fromCharCode(value));
  return values;
}
