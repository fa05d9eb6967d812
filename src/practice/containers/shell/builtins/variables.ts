import { decode } from '../../process.ts';
import { splitFields } from '../fields.ts';
import { OPTION_LETTERS, type Option } from '../options.ts';
import type { Shell } from '../shell.ts';
import { quotedValue } from '../quote.ts';
import { failure, numeric, type Builtin } from './builtin.ts';

const NAME = /^[A-Za-z_]\w*$/;

/** `export` and `readonly` */
export const declare: Builtin = async (shell, argv) => {
  const [name, ...args] = argv;
  const flag = name === 'export' ? 'exported' : 'readonly';
  if (args.length === 0 || args[0] === '-p') {
    for (const [key, variable] of [...shell.variables].sort(byName))
      if (variable[flag])
        await shell.process.print(
          `${name} ${key}${variable.value === undefined ? '' : `=${quotedValue(variable.value)}`}\n`,
        );
    return 0;
  }
  const isTakenBack = name === 'export' && args[0] === '-n';
  for (const argument of isTakenBack ? args.slice(1) : args) {
    const [key, value] = assignment(shell, name!, argument);
    if (value !== undefined) shell.set(key, value);
    const variable = shell.variables.get(key) ?? { value: undefined, exported: false, readonly: false };
    variable[flag] = !isTakenBack;
    shell.variables.set(key, variable);
  }
  return 0;
};

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}

function assignment(shell: Shell, name: string, argument: string): [string, string | undefined] {
  const at = argument.indexOf('=');
  const key = at < 0 ? argument : argument.slice(0, at);
  if (!NAME.test(key)) throw failure(shell, name, `${argument}: bad variable name`);
  return [key, at < 0 ? undefined : argument.slice(at + 1)];
}

export const local: Builtin = (shell, argv) => {
  const scope = shell.locals.at(-1);
  if (scope === undefined) throw failure(shell, 'local', 'not in a function');
  for (const argument of argv.slice(1)) {
    const [key, value] = assignment(shell, 'local', argument);
    const before = shell.variables.get(key);
    if (!scope.has(key)) scope.set(key, before && { ...before });
    if (value !== undefined) shell.set(key, value);
    else if (before?.readonly !== true) shell.variables.delete(key);
  }
  return 0;
};

export const unset: Builtin = (shell, argv) => {
  const args = argv.slice(1);
  const kind = args[0] === '-f' || args[0] === '-v' ? args.shift() : undefined;
  for (const key of args) {
    if (kind === '-f') shell.functions.delete(key);
    else if (!NAME.test(key)) throw failure(shell, 'unset', `${key}: bad variable name`);
    else if (shell.variables.has(key) || kind === '-v') shell.unset(key);
    else shell.functions.delete(key);
  }
  return 0;
};

export const shift: Builtin = (shell, [name, count = '1']) => {
  const steps = numeric(shell, name!, count);
  if (steps > shell.positional.length) return 1;
  shell.positional = shell.positional.slice(steps);
  return 0;
};

/** As `set -o` lists them; the shell has no use for some. */
const NAMED: readonly (Option | 'ignoreeof' | 'monitor' | 'notify' | 'errtrace' | 'vi')[] = [
  'errexit',
  'noglob',
  'ignoreeof',
  'monitor',
  'noexec',
  'xtrace',
  'verbose',
  'noclobber',
  'allexport',
  'notify',
  'nounset',
  'errtrace',
  'vi',
  'pipefail',
];

export const setOptions: Builtin = async (shell, argv) => {
  const args = argv.slice(1);
  if (args.length === 0) {
    for (const [key, { value }] of [...shell.variables].sort(byName))
      if (value !== undefined) await shell.process.print(`${key}=${quotedValue(value)}\n`);
    return 0;
  }
  const rest = applyOptions(shell, args, 'set');
  if (rest === 'list') {
    for (const option of NAMED)
      await shell.process.print(`${option.padEnd(16)}${isOn(shell, option) ? 'on' : 'off'}\n`);
    return 0;
  }
  if (Array.isArray(rest)) shell.positional = rest;
  else if (rest !== undefined) {
    await shell.complain(failure(shell, 'set', `illegal option ${rest.unknown}`).message);
    return 1;
  }
  return 0;
};

function isOn(shell: Shell, option: (typeof NAMED)[number]): boolean {
  if (option === 'monitor') return shell.interactive;
  return isOption(option) && shell.options.has(option);
}

function isOption(name: string): name is Option {
  return name === 'pipefail' || OPTION_LETTERS.some(([, option]) => option === name);
}

/**
 * Takes `-e`, `+x`, `-o pipefail` from the front of arguments.
 *
 * @returns the arguments after them; undefined when there are none and no `--`
 */
export function applyOptions(
  shell: Shell,
  args: readonly string[],
  name: string,
): string[] | 'list' | { unknown: string } | undefined {
  for (let at = 0; at < args.length; at++) {
    const argument = args[at]!;
    if (argument === '--') return args.slice(at + 1);
    if (argument === '-') return args.slice(at + 1);
    if (!/^[-+]./.test(argument)) return args.slice(at);
    for (const letter of argument.slice(1))
      if (letter === 'o') {
        const option = args[++at];
        if (option === undefined) return 'list';
        if (isOption(option)) switchOption(shell, option, argument);
        else if (!NAMED.some((each) => each === option)) return { unknown: `${argument[0]}o ${option}` };
      } else if (letter !== 'm' && letter !== 'b' && letter !== 'i' && letter !== 'h') {
        const option = OPTION_LETTERS.find(([each]) => each === letter)?.[1];
        if (option === undefined) throw failure(shell, name, `illegal option ${argument[0]}${letter}`);
        switchOption(shell, option, argument);
      }
  }
  return undefined;
}

function switchOption(shell: Shell, option: Option, argument: string): void {
  if (argument.startsWith('-')) shell.options.add(option);
  else shell.options.delete(option);
}

/** `read [-r] [-p prompt] [-t seconds] [-s] name…`: one line from stdin, and not a byte more. */
export const read: Builtin = async (shell, argv) => {
  const args = argv.slice(1);
  let isRaw = false;
  let seconds: number | undefined;
  while (args[0] !== undefined && /^-[rpst]/.test(args[0])) {
    const letters = args.shift()!.slice(1);
    for (let at = 0; at < letters.length; at++) {
      const letter = letters[at]!;
      if (letter === 'r') isRaw = true;
      else if (letter === 'p' || letter === 't') {
        const value = letters.slice(at + 1) || (args.shift() ?? '');
        if (letter === 'p') await shell.process.complain(value);
        else seconds = numeric(shell, 'read', value);
        break;
      } else if (letter !== 's') throw failure(shell, 'read', `illegal option -${letter}`);
    }
  }
  const names = args.length === 0 ? ['REPLY'] : args;
  for (const name of names) if (!NAME.test(name)) throw failure(shell, 'read', `${name}: bad variable name`);
  const { characters, ended } = await readLine(shell, isRaw, seconds);
  for (const [index, value] of assigned(characters, shell.get('IFS') ?? ' \t\n', names.length).entries())
    shell.set(names[index]!, value);
  return ended ? 1 : 0;
};

interface Character {
  text: string;
  escaped: boolean;
}

async function readLine(
  shell: Shell,
  isRaw: boolean,
  seconds: number | undefined,
): Promise<{ characters: Character[]; ended: boolean }> {
  const file = shell.process.files.get(0);
  const bytes: number[] = [];
  const give = (ended: boolean): { characters: Character[]; ended: boolean } => ({
    characters: characters(decode(Uint8Array.from(bytes)), isRaw),
    ended,
  });
  const { clock } = shell.process.machine;
  const until = seconds === undefined ? undefined : clock.now() + seconds * 1000;
  for (;;) {
    await shell.checkpoint();
    const chunk = file?.source === undefined ? null : file.take();
    if (chunk === null) return give(true);
    if (chunk === undefined) {
      if (until === undefined) await shell.wait(file!.fill());
      else {
        if (clock.now() >= until) return give(true);
        await shell.wait(Promise.race([file!.fill(), shell.process.sleep(until - clock.now())]));
      }
      continue;
    }
    for (const [index, byte] of chunk.entries()) {
      if (byte === 10) {
        if (isRaw || !endsEscaped(bytes)) {
          file!.unread(chunk.subarray(index + 1));
          return give(false);
        }
        bytes.pop();
        continue;
      }
      if (byte !== 0) bytes.push(byte);
    }
  }
}

/** Whether an odd number of backslashes stands at the end. */
function endsEscaped(bytes: readonly number[]): boolean {
  let escapes = 0;
  while (bytes.at(-1 - escapes) === 92) escapes++;
  return escapes % 2 === 1;
}

function characters(text: string, isRaw: boolean): Character[] {
  const result: Character[] = [];
  const all = Array.from(text);
  for (let at = 0; at < all.length; at++) {
    const escaped = !isRaw && all[at] === '\\' && at + 1 < all.length;
    result.push({ text: all[escaped ? ++at : at]!, escaped });
  }
  return result;
}

/** Splits at IFS; the last name gets the rest of the line as it is. */
function assigned(line: readonly Character[], ifs: string, count: number): string[] {
  const isBlank = (at: number): boolean => is(at, (text) => ' \t\n'.includes(text) && ifs.includes(text));
  const isSeparator = (at: number): boolean => is(at, (text) => ifs.includes(text));
  const is = (at: number, test: (text: string) => boolean): boolean => {
    const character = line[at];
    return character !== undefined && !character.escaped && test(character.text);
  };
  const values: string[] = [];
  let at = 0;
  while (isBlank(at)) at++;
  while (values.length < count - 1) {
    let value = '';
    while (at < line.length && !isSeparator(at)) value += line[at++]!.text;
    values.push(value);
    while (isBlank(at)) at++;
    if (at < line.length && isSeparator(at)) {
      at++;
      while (isBlank(at)) at++;
    }
  }
  let end = line.length;
  while (end > at && isBlank(end - 1)) end--;
  const rest = line.slice(at, end);
  const pieces = [{ text: rest.map((each) => each.text).join(''), quoted: true, split: true, glob: false }];
  // One separator at the very end is no part of a single field.
  const only = rest.length > 0 && isSeparator(end - 1) && splitFields(pieces, ifs).length === 1;
  values.push(
    rest
      .slice(0, only ? -1 : undefined)
      .map((each) => each.text)
      .join(''),
  );
  return values;
}

/** `getopts ab:c name [arg…]` */
export const getopts: Builtin = async (shell, argv) => {
  const [, letters, name, ...given] = argv;
  if (letters === undefined || name === undefined)
    throw failure(shell, 'getopts', 'usage: getopts optstring var [arg]');
  const args = given.length > 0 ? given : shell.positional;
  let index = Number(shell.get('OPTIND') ?? '1');
  let place = shell.getoptsPlace;
  const argument = args[index - 1];
  const finish = (found: string, value?: string): void => {
    shell.set(name, found);
    if (value === undefined) shell.unset('OPTARG');
    else shell.set('OPTARG', value);
    shell.set('OPTIND', String(index));
    shell.getoptsPlace = place;
  };
  if (place === 0) {
    if (argument === undefined || !/^-./.test(argument) || argument === '--') {
      if (argument === '--') index++;
      finish('?');
      return 1;
    }
    place = 1;
  }
  const letter = argument!.charAt(place);
  place++;
  const isQuiet = letters.startsWith(':');
  const at = letters.indexOf(letter);
  const isKnown = at >= 0 && letter !== ':';
  const takesValue = isKnown && letters[at + 1] === ':';
  const rest = argument!.slice(place);
  if (!takesValue && rest === '') [index, place] = [index + 1, 0];
  if (!isKnown) {
    if (!isQuiet) await shell.process.complain(`Illegal option -${letter}\n`);
    finish('?', isQuiet ? letter : undefined);
    return 0;
  }
  if (!takesValue) {
    finish(letter);
    return 0;
  }
  const value = rest === '' ? args[index] : rest;
  index += rest === '' ? 2 : 1;
  place = 0;
  if (value !== undefined) {
    finish(letter, value);
    return 0;
  }
  if (!isQuiet) await shell.process.complain(`No arg for -${letter} option\n`);
  finish(isQuiet ? ':' : '?', isQuiet ? letter : undefined);
  return 0;
};
