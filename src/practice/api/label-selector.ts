import { badRequest } from './failures.ts';
import { labelValue, qualifiedName } from './names.ts';
import { own } from './own.ts';

type Labels = Readonly<Record<string, string>>;

export type LabelSelector = (labels: Labels) => boolean;

const TOKEN = /\s*(==|!=|=|<|>|!|,|\(|\)|[^\s=!<>,()]+)/y;

/**
 * Reads a label selector: `a=b, c!=d, e in (f, g), h notin (i), j, !k, l>1`. An empty one is undefined: it takes all.
 *
 * @throws {StatusError} BadRequest
 */
export function parseLabelSelector(text: string): LabelSelector | undefined {
  if (text.trim() === '') return undefined;
  const reader = new Tokens(text);
  const requirements: LabelSelector[] = [];
  do requirements.push(requirement(reader));
  while (reader.take(','));
  if (reader.peek() !== undefined)
    throw badRequest(`found '${reader.peek()}', expected: ',' or 'end of string'`);
  return (labels) => requirements.every((each) => each(labels));
}

class Tokens {
  readonly text: string;
  private readonly tokens: string[] = [];
  private at = 0;

  constructor(text: string) {
    this.text = text;
    TOKEN.lastIndex = 0;
    for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) this.tokens.push(match[1]!);
  }

  peek(): string | undefined {
    return this.tokens[this.at];
  }

  next(): string | undefined {
    return this.tokens[this.at++];
  }

  take(token: string): boolean {
    if (this.peek() !== token) return false;
    this.at++;
    return true;
  }

  /** One requirement can't be read, as against what stands between two. */
  wrong(why: string): Error {
    return badRequest(`unable to parse requirement: ${why}`);
  }
}

function requirement(reader: Tokens): LabelSelector {
  const absent = reader.take('!');
  const key = identifier(reader);
  const wrong = qualifiedName(key);
  if (wrong.length > 0)
    throw reader.wrong(`<nil>: Invalid value: ${JSON.stringify(key)}: ${wrong.join('; ')}`);
  if (absent) return (labels) => own(labels, key) === undefined;
  const operator = reader.peek();
  if (operator === undefined || operator === ',') return (labels) => own(labels, key) !== undefined;
  reader.next();
  switch (operator) {
    case '=':
    case '==': {
      const value = valueOf(reader, key);
      return (labels) => own(labels, key) === value;
    }
    case '!=': {
      const value = valueOf(reader, key);
      return (labels) => own(labels, key) !== value;
    }
    case 'in': {
      const values = valuesOf(reader, key);
      return (labels) => isOneOf(values, own(labels, key));
    }
    case 'notin': {
      const values = valuesOf(reader, key);
      return (labels) => !isOneOf(values, own(labels, key));
    }
    case '<':
    case '>':
      return comparison(key, operator, valueOf(reader, key));
    default:
      throw reader.wrong(`found '${operator}', expected: in, notin, =, ==, !=, gt, lt`);
  }
}

function comparison(key: string, operator: '<' | '>', bound: string): LabelSelector {
  if (!/^-?\d+$/.test(bound))
    throw badRequest(
      `unable to parse requirement: values[0]: Invalid value: ${JSON.stringify(bound)}: for 'Gt', 'Lt' operators, the value must be an integer`,
    );
  return (labels) => {
    const value = own(labels, key);
    if (value === undefined || !/^-?\d+$/.test(value)) return false;
    return operator === '<' ? BigInt(value) < BigInt(bound) : BigInt(value) > BigInt(bound);
  };
}

function isOneOf(values: ReadonlySet<string>, value: string | undefined): boolean {
  return value !== undefined && values.has(value);
}

function identifier(reader: Tokens): string {
  const token = reader.next();
  if (token === undefined || /^[=!<>,()]/.test(token))
    throw badRequest(`found '${token ?? ''}', expected: !, identifier, or 'end of string'`);
  return token;
}

function valueOf(reader: Tokens, key: string): string {
  const token = reader.peek();
  if (token === undefined || token === ',') return '';
  reader.next();
  if (/^[=!<>()]/.test(token)) throw reader.wrong(`found '${token}', expected: identifier`);
  return checkedValue(key, token);
}

function valuesOf(reader: Tokens, key: string): Set<string> {
  if (!reader.take('(')) throw reader.wrong(`found '${reader.peek() ?? ''}' expected: '('`);
  const values = new Set<string>();
  for (;;) {
    const token = reader.next();
    if (token === undefined) throw reader.wrong("found '', expected: ',', or ')'");
    if (token === ')' || token === ',') values.add('');
    else values.add(checkedValue(key, token));
    if (token === ')') return values;
    if (token !== ',' && reader.take(')')) return values;
    if (token !== ',' && !reader.take(','))
      throw reader.wrong(`found '${reader.peek() ?? ''}', expected: ',', or ')'`);
  }
}

function checkedValue(key: string, value: string): string {
  const [wrong] = labelValue(value);
  if (wrong === undefined) return value;
  throw badRequest(
    `unable to parse requirement: values[0][${key}]: Invalid value: ${JSON.stringify(value)}: ${wrong}`,
  );
}
