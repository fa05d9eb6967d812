import { forEachChild, parse, type ParameterExpansionPart, type ParsedScript, type SyntaxNode } from 'unbash';

/** A source that is no shell program. */
export interface SyntaxProblem {
  /** As ash words it, without `syntax error: `. */
  message: string;
  /** Where in the source. */
  position: number;
  /** Whether more lines could mend it. */
  incomplete: boolean;
}

export interface Program {
  script: ParsedScript;
  source: string;
  problem: SyntaxProblem | undefined;
}

/** Parses a shell program. What ash does not have (arrays, process substitution …) is a problem like any other. */
export function parseProgram(source: string): Program {
  const script = parse(source);
  const problems: SyntaxProblem[] = [];
  const own = reported(script, source);
  if (own !== undefined) problems.push(own);
  const visit = (node: SyntaxNode, top: number | undefined): void => {
    const message = emptyPipeline(node, source) ?? refused(node);
    const position = top ?? node.pos;
    if (message !== undefined) problems.push({ message, position, incomplete: false });
    if (node.type === 'Script') {
      // Positions in a nested script may count in a source of its own.
      const nested = reported(node, node.source ?? source);
      if (nested !== undefined) problems.push({ ...nested, position, incomplete: false });
    }
    if (node.type === 'HereDoc' && node.closing === undefined)
      problems.push({ message: '', position: source.length, incomplete: true });
    const inner = top ?? (node.type === 'CommandExpansion' ? node.pos : undefined);
    forEachChild(node, (child) => visit(child, inner));
  };
  for (const statement of script.commands) visit(statement, undefined);
  const sorted = problems.sort((a, b) => a.position - b.position);
  // A here-document that ends with the file is no problem for a file.
  const problem = sorted.find((each) => each.message !== '');
  const open = sorted.find((each) => each.incomplete);
  if (problem !== undefined) return { script, source, problem };
  if (open === undefined && !/(^|[^\\])(\\\\)*\\\n?$/.test(source))
    return { script, source, problem: undefined };
  return { script, source, problem: { message: '', position: source.length, incomplete: true } };
}

/** What a shell, which reads line by line, has run before it comes to a problem: the most lines that are a program. */
export function beforeProblem(source: string, position: number): Program {
  let end = source.lastIndexOf('\n', position - 1);
  for (; end >= 0; end = source.lastIndexOf('\n', end - 1)) {
    const program = parseProgram(source.slice(0, end));
    if (program.problem === undefined) return program;
    if (end === 0) break;
  }
  return parseProgram('');
}

/** A problem as a shell says it: ash's words, or bash's for what has others there. */
export function syntaxError(dialect: 'ash' | 'bash', message: string): string {
  const token = /^unexpected (?:"(.+?)"|(newline))$/.exec(message);
  return dialect === 'bash' && token !== null
    ? `syntax error near unexpected token \`${token[1] ?? token[2]}'`
    : `syntax error: ${message}`;
}

/** The parser's own first complaint, in ash's words. */
function reported(script: ParsedScript, source: string): SyntaxProblem | undefined {
  const errors = script.errors ?? [];
  const [first] = errors;
  if (first === undefined) return undefined;
  const at = (message: string, incomplete: boolean): SyntaxProblem => ({
    message,
    position: first.pos,
    incomplete,
  });
  const unterminated = /^unterminated (.+)$/.exec(first.message)?.[1];
  if (unterminated !== undefined) return at(UNTERMINATED[unterminated] ?? 'unterminated quoted string', true);
  const expected = errors.map((error) => /^expected '([^']+)'/.exec(error.message)?.[1]).find((word) => word);
  const closing = expected === 'esac' ? caseCloser(source) : expected;
  const tail = closing === undefined ? '' : ` (expecting "${closing}")`;
  // Where a body is missing the parser points at the parenthesis before it.
  const isBody = first.message.startsWith('expected command in');
  const token = nextToken(source, first.pos + (isBody ? 1 : 0)) ?? strayEnd(source, first.message);
  const isPlain = first.message.startsWith('expected command');
  if (token !== undefined) return at(`unexpected ${token}${isPlain ? '' : tail}`, false);
  const isTarget = first.message === 'expected redirect target';
  return at(isTarget ? 'unexpected newline' : `unexpected end of file${tail}`, !isTarget);
}

/** In a `case` that the source ends in, a pattern wants its `)` and a list its `;;`. */
function caseCloser(source: string): string {
  const last = source.split(/\sin\s|\sin$|;;/).at(-1)!;
  return last.includes(')') ? ';;' : ')';
}

const UNTERMINATED: Record<string, string> = {
  'parameter expansion': "missing '}'",
  'arithmetic expansion': "missing '))'",
  backtick: 'EOF in backquote substitution',
  'command substitution': 'unexpected end of file (expecting ")")',
};

/** `if true then echo; fi`: the parser reads on to the end, where the shell stumbles over the `fi`. */
function strayEnd(source: string, message: string): string | undefined {
  if (!/^expected '(then|do)'/.test(message)) return undefined;
  const word = /[;&\n]\s*(fi|done|esac|\})\s*$/.exec(source)?.[1];
  return word && `"${word}"`;
}

/** The token that stands at a position, as ash names it; undefined at the end. */
function nextToken(source: string, position: number): string | undefined {
  const rest = source.slice(position).replace(/^[ \t]+/, '');
  if (rest.trim() === '') return undefined;
  if (rest.startsWith('\n')) return 'newline';
  const operator = /^(;;|;|&&|&|\|\||\||\(|\)|<<|>>|<|>)/.exec(rest);
  if (operator !== null) return /^[<>]/.test(rest) ? 'redirection' : `"${operator[1]!}"`;
  const word = /^[^\s;&|()<>]+/.exec(rest)?.[0] ?? '';
  return RESERVED.has(word) ? `"${word}"` : 'word';
}

const RESERVED = new Set('if then else elif fi for while until do done case esac in { } !'.split(' '));

/** Why ash does not take a node that bash does. */
function refused(node: SyntaxNode): string | undefined {
  const never = NEVER[node.type];
  if (never !== undefined) return never;
  if (node.type === 'For') return /^[A-Za-z_]\w*$/.test(node.name.text) ? undefined : 'bad for loop variable';
  if (node.type === 'CaseItem') return (node.terminator ?? ';;') === ';;' ? undefined : 'unexpected "&"';
  if (node.type === 'CommandExpansion') return node.text.startsWith('${') ? BAD_SUBSTITUTION : undefined;
  if (node.type === 'ParameterExpansion') return isKnown(node) ? undefined : BAD_SUBSTITUTION;
  if (node.type !== 'Pipeline') return undefined;
  if (node.operators.includes('|&')) return 'unexpected "&"';
  const isOdd = node.prefixes.some((prefix) => prefix.type === 'Time') && !isTimed(node.commands);
  return isOdd ? 'unexpected word' : undefined;
}

/** `!` alone */
function emptyPipeline(node: SyntaxNode, source: string): string | undefined {
  if (node.type !== 'Pipeline' || node.commands.length > 0) return undefined;
  return `unexpected ${nextToken(source, node.end) ?? 'end of file'}`;
}

const BAD_SUBSTITUTION = 'bad substitution';

const NEVER: { [type in SyntaxNode['type']]?: string } = {
  ArrayValue: 'unexpected "("',
  ProcessSubstitution: 'unexpected "("',
  ExtendedGlob: 'unexpected "("',
  ArithmeticCommand: 'unexpected "("',
  ArithmeticFor: 'bad for loop variable',
  Select: 'unexpected "do"',
  TestCommand: 'unexpected "[["',
  Coproc: 'unexpected word',
  FileDescriptorVariable: 'unexpected redirection',
};

function isKnown({ prefix, index, operation, parameter }: ParameterExpansionPart): boolean {
  if (prefix === '!' || index !== undefined || !/^(\w+|[@*#?$!-])$/.test(parameter)) return false;
  return operation === undefined || (prefix === undefined && OPERATIONS.has(operation.type));
}

const OPERATIONS = new Set(['Default', 'Remove', 'Replace', 'Slice']);

/** `time` is a program like any other in ash: it takes one simple command. */
function isTimed(commands: readonly { type: string }[]): boolean {
  return commands.length === 1 && commands[0]?.type === 'Command';
}
