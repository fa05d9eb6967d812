import { parse, type ParameterExpansionPart, type Word, type WordPart } from 'unbash';
import { evaluate } from './arithmetic.ts';
import { ShellError } from './errors.ts';
import { joined, splitFields, type Expanded, type Piece } from './fields.ts';
import { pathsMatching } from './glob.ts';
import { Pattern, type Chunk } from './pattern.ts';
import type { Shell } from './shell.ts';

/** More than this in one word is taken for a mistake: it would take the learner's memory. */
const LONGEST_WORD = 16 * 1024 * 1024;
/** What a piece takes beside its text. */
const PIECE = 64;

/** A word as a command's arguments: expanded, split into fields, file names filled in. */
export async function expandFields(shell: Shell, word: Word): Promise<string[]> {
  if (word.parts === undefined) return [tilde(shell, word)];
  const fields = splitFields(await expandWord(shell, word), shell.get('IFS') ?? ' \t\n');
  return fields.flatMap(({ chunks }) => {
    const text = chunks.map((chunk) => chunk.text).join('');
    if (!chunks.some((chunk) => chunk.active && /[*?[]/.test(chunk.text)) || shell.options.has('noglob'))
      return [text];
    const { fileSystem } = shell.process.machine;
    const paths = pathsMatching(fileSystem, shell.process.directory, chunks);
    return paths.length > 0 ? paths : [text];
  });
}

/** A word as one text: nothing is split, nothing filled in. */
export async function expandText(shell: Shell, word: Word): Promise<string> {
  if (word.parts === undefined) return tilde(shell, word);
  return joined(await expandWord(shell, word), separator(shell));
}

/** The value of an assignment: tildes count after colons as well. */
export async function expandAssigned(shell: Shell, word: Word): Promise<string> {
  if (word.parts !== undefined || !/(^|:)~/.test(word.text)) return expandText(shell, word);
  return word.value
    .split(':')
    .map((each) => homeOf(shell, each))
    .join(':');
}

/** A word as a pattern: what was quoted stands for itself. */
export async function expandPattern(shell: Shell, word: Word, before = ''): Promise<Pattern> {
  return new Pattern([{ text: before, active: false }, ...chunksOf(await expandWord(shell, word))]);
}

/** A here-document's body: as between double quotes. */
export async function expandHereDocument(shell: Shell, parts: readonly WordPart[]): Promise<string> {
  return joined(await expandParts(shell, parts, true), separator(shell));
}

function separator(shell: Shell): string {
  return (shell.get('IFS') ?? ' ').charAt(0);
}

function chunksOf(pieces: Expanded): Chunk[] {
  return pieces.map((piece) =>
    piece === 'break' ? { text: ' ', active: false } : { text: piece.text, active: piece.glob },
  );
}

async function expandWord(shell: Shell, word: Word): Promise<Expanded> {
  if (word.parts === undefined) return [literal(tilde(shell, word))];
  const [first] = word.parts;
  const pieces = await expandParts(shell, word.parts, false);
  if (first?.type === 'Literal' && first.text.startsWith('~') && typeof pieces[0] === 'object') {
    const name = /^~[^/]*/.exec(first.text)![0];
    if (name.length < first.text.length || word.parts.length === 1)
      pieces[0] = { ...pieces[0], text: homeOf(shell, first.value) };
  }
  let length = 0;
  for (const piece of pieces) length += PIECE + (piece === 'break' ? 0 : piece.text.length);
  if (length > LONGEST_WORD) throw new ShellError('out of memory');
  return pieces;
}

/** Text that stands there as it is meant. */
function literal(text: string, quoted = false): Piece {
  return { text, quoted, split: false, glob: false };
}

/** What an expansion gives: inside double quotes it is text, outside it is split and may be a pattern. */
function expansion(text: string, quoted: boolean): Piece {
  return quoted ? literal(text, true) : { text, quoted: false, split: true, glob: true };
}

async function expandParts(shell: Shell, parts: readonly WordPart[], quoted: boolean): Promise<Expanded> {
  const pieces: Expanded = [];
  for (const part of parts) for (const piece of await expandPart(shell, part, quoted)) pieces.push(piece);
  return pieces;
}

async function expandPart(shell: Shell, part: WordPart, quoted: boolean): Promise<Expanded> {
  switch (part.type) {
    case 'Literal':
      return [literal(part.value, quoted)];
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return [literal(part.value, true)];
    case 'Glob':
      if (quoted) return [literal(part.text, true)];
      if (part.kind !== 'bracket') return [{ ...literal(part.text), glob: true }];
      return bracket(await expandParts(shell, part.parts, false));
    case 'LocaleString':
    case 'DoubleQuoted':
      return expandQuoted(shell, part.type === 'LocaleString' ? '$' : '', part.parts);
    case 'SimpleExpansion':
      return parameter(shell, part.text.slice(1), quoted);
    case 'ParameterExpansion':
      return expandParameter(shell, part, quoted);
    case 'CommandExpansion':
      return [expansion(part.script === undefined ? '' : await shell.capture(part.script), quoted)];
    case 'ArithmeticExpansion':
      if (part.text.startsWith('$[')) return [literal(part.text, quoted)];
      return [expansion(String(await arithmetic(shell, part.text.slice(3, -2))), quoted)];
    case 'BraceExpansion':
      // ash has none: the braces stand for themselves, what is in them does not.
      return part.parts === undefined
        ? [literal(part.text)]
        : [literal('{'), ...(await expandParts(shell, part.parts, false)), literal('}')];
    case 'ProcessSubstitution':
    case 'ExtendedGlob':
      throw new ShellError('syntax error: unexpected "("');
  }
}

async function expandQuoted(shell: Shell, before: string, parts: readonly WordPart[]): Promise<Expanded> {
  const pieces = await expandParts(shell, parts, true);
  // "$@" without parameters is no field at all; "" is an empty one.
  const isNothing = pieces.length === 0 && parts.length > 0;
  return isNothing && before === '' ? [] : [literal(before, true), ...pieces];
}

function bracket(inside: Expanded): Expanded {
  const active = (text: string): Piece => ({ ...literal(text), glob: true });
  const members = inside.map((piece) =>
    piece === 'break' || piece.quoted ? piece : { ...piece, glob: true },
  );
  return [active('['), ...members, active(']')];
}

/** `$x`, `$@` and the like. @throws {ShellError} unset under `set -u` */
function parameter(shell: Shell, name: string, quoted: boolean): Expanded {
  if (name === '@' || (name === '*' && !quoted)) return everyParameter(shell, quoted);
  const value = shell.parameter(name);
  if (value === undefined && shell.options.has('nounset') && name !== '*')
    throw new ShellError(`${name}: parameter not set`);
  return [expansion(value ?? '', quoted)];
}

function everyParameter(shell: Shell, quoted: boolean): Expanded {
  return shell.positional.flatMap((value, index): Expanded => {
    const piece = expansion(value, quoted);
    return index === 0 ? [piece] : ['break', piece];
  });
}

async function expandParameter(
  shell: Shell,
  part: ParameterExpansionPart,
  quoted: boolean,
): Promise<Expanded> {
  const { parameter: name, operation } = part;
  if (part.prefix === '#') {
    const [piece] = parameter(shell, name === '@' ? '*' : name, true);
    const text = typeof piece === 'object' ? piece.text : '';
    return [expansion(String(Array.from(text).length), quoted)];
  }
  if (operation === undefined) return parameter(shell, name, quoted);
  switch (operation.type) {
    case 'Default':
      return expandDefault(shell, name, operation.operator, operation.operand, quoted);
    case 'Remove': {
      const pattern = await expandPattern(shell, operation.operand);
      return mapValues(shell, name, quoted, (text) => removed(text, operation.operator, pattern));
    }
    case 'Replace': {
      // ash knows no `/#` and `/%`: there the mark is part of the pattern.
      const mark = /^\/[#%]$/.exec(operation.operator)?.[0].charAt(1) ?? '';
      const pattern = await expandPattern(shell, operation.pattern, mark);
      const replacement = await expandText(shell, operation.replacement);
      return mapValues(shell, name, quoted, (text) =>
        replaced(text, operation.operator, pattern, replacement),
      );
    }
    case 'Slice': {
      const offset = Number(await arithmetic(shell, operation.offset.text));
      const length = operation.length && Number(await arithmetic(shell, operation.length.text));
      return mapValues(shell, name, quoted, (text) => sliced(text, offset, length));
    }
    case 'CaseModification':
    case 'Transform':
    case 'Names':
    case 'Unknown':
      throw new ShellError('syntax error: bad substitution');
  }
}

/** `${x#…}` and the like work on each parameter of `$@`. */
function mapValues(shell: Shell, name: string, quoted: boolean, change: (text: string) => string): Expanded {
  return parameter(shell, name, quoted).map((piece) =>
    piece === 'break' ? piece : { ...piece, text: change(piece.text) },
  );
}

async function expandDefault(
  shell: Shell,
  name: string,
  operator: string,
  operand: Word,
  quoted: boolean,
): Promise<Expanded> {
  const value = name === '@' && shell.positional.length === 0 ? undefined : shell.parameter(name);
  const isThere = value !== undefined && (value !== '' || !operator.startsWith(':'));
  const otherwise = async (): Promise<Expanded> => {
    const pieces = operand.parts === undefined ? [literal(operand.value)] : await expandWord(shell, operand);
    if (quoted) return pieces.map((piece) => (piece === 'break' ? piece : literal(piece.text, true)));
    return pieces.map((piece) => (piece === 'break' || piece.quoted ? piece : { ...piece, split: true }));
  };
  switch (operator.replace(':', '')) {
    case '+':
      return isThere ? otherwise() : quoted ? [literal('', true)] : [];
    case '-':
      return isThere ? parameter(shell, name, quoted) : otherwise();
    case '=': {
      if (isThere) return parameter(shell, name, quoted);
      if (!/^[A-Za-z_]\w*$/.test(name)) throw new ShellError(`${name}: bad variable name`);
      const text = joined(await otherwise(), separator(shell));
      shell.set(name, text);
      return [expansion(text, quoted)];
    }
    default: {
      if (isThere) return parameter(shell, name, quoted);
      const text = joined(await otherwise(), separator(shell));
      const unset = operator.startsWith(':') ? 'parameter not set or null' : 'parameter not set';
      throw new ShellError(`${name}: ${text === '' ? unset : text}`);
    }
  }
}

/** `#`, `##`, `%`, `%%`: the shortest or longest matching start or end goes. */
function removed(text: string, operator: string, pattern: Pattern): string {
  const characters = Array.from(text);
  const lengths = characters.map((_, index) => index);
  lengths.push(characters.length);
  if (operator.length === 2) lengths.reverse();
  const fromStart = operator.startsWith('#');
  for (const length of lengths) {
    const rest = characters.length - length;
    const part = fromStart ? characters.slice(0, length) : characters.slice(rest);
    if (!pattern.matches(part.join(''))) continue;
    return (fromStart ? characters.slice(length) : characters.slice(0, rest)).join('');
  }
  return text;
}

/** `${x/a/b}` and `${x//a/b}`: the longest match at each place. */
function replaced(text: string, operator: string, pattern: Pattern, replacement: string): string {
  const characters = Array.from(text);
  let result = '';
  for (let at = 0; at < characters.length;) {
    const length = longestMatch(characters, at, pattern);
    if (length === 0) result += characters[at++]!;
    else {
      result += replacement;
      at += length;
      if (operator !== '//') return result + characters.slice(at).join('');
    }
  }
  return result;
}

function longestMatch(characters: readonly string[], at: number, pattern: Pattern): number {
  for (let length = characters.length - at; length > 0; length--)
    if (pattern.matches(characters.slice(at, at + length).join(''))) return length;
  return 0;
}

function sliced(text: string, offset: number, length: number | undefined): string {
  const characters = Array.from(text);
  const start = offset < 0 ? characters.length + offset : offset;
  if (start < 0) return '';
  const end = length === undefined ? undefined : length < 0 ? length : start + length;
  return characters.slice(start, end).join('');
}

/** The value of what stands between `$((` and `))`. */
export async function arithmetic(shell: Shell, text: string): Promise<bigint> {
  const variables = {
    get: (name: string) => shell.get(name),
    set: (name: string, value: string) => shell.set(name, value),
  };
  if (!/[$`"'\\]/.test(text)) return evaluate(text, variables);
  // Everything but quotes is expanded as between double quotes, and only then read as an expression.
  const { commands } = parse(`"${text.replaceAll('"', '')}"`);
  const command = commands[0]?.command;
  const word = command?.type === 'Command' ? command.name : undefined;
  if (word === undefined) throw new ShellError('arithmetic syntax error');
  return evaluate(await expandText(shell, word), variables);
}

function tilde(shell: Shell, word: Word): string {
  return word.text.startsWith('~') ? homeOf(shell, word.value) : word.value;
}

/** `~` and `~/…`; other people's homes stay as they are. */
function homeOf(shell: Shell, text: string): string {
  const home = shell.get('HOME');
  return home !== undefined && /^~(\/|$)/.test(text) ? home + text.slice(1) : text;
}
