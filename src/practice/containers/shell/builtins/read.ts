import { decode } from '../../process.ts';
import { splitFields } from '../fields.ts';
import type { Shell } from '../shell.ts';
import { failure, NAME, numeric, type Builtin } from './builtin.ts';

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
