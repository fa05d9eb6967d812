import { failure, type Builtin } from './builtin.ts';

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
