import { OPTION_LETTERS, type Option } from '../options.ts';
import { quotedValue } from '../quote.ts';
import type { Shell } from '../shell.ts';
import { byName, failure, type Builtin } from './builtin.ts';

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
