import type { Process } from '../../../process.ts';
import { type Applet, type Call, fail, wrongUsage } from '../../applet.ts';
import { input } from '../../input.ts';
import { argument, bytes, lines } from '../../lines.ts';
import { type Address, type Command, parseScript, ScriptError } from './script.ts';

export const sed: Applet = {
  name: 'sed',
  usage: `sed [-i[SFX]] [-nrE] [-f FILE]... [-e CMD]... [FILE]...
or: sed [-i[SFX]] [-nrE] CMD [FILE]...

	-e CMD	Add CMD to sed commands to be executed
	-f FILE	Add FILE contents to sed commands to be executed
	-i[SFX]	Edit files in-place (otherwise write to stdout)
		Optionally back files up, appending SFX
	-n	Suppress automatic printing of pattern space
	-r,-E	Use extended regex syntax

If no -e or -f, the first non-option argument is the sed command string.
Remaining arguments are input files (stdin if none).`,
  options: {
    short: 'nrEie:f:s',
    long: { quiet: 'n', 'regexp-extended': 'E', expression: 'e', 'in-place': 'i' },
  },
  async run(call) {
    const { options, process } = call;
    const operands = [...call.operands];
    const parts = options.all('e');
    for (const file of options.all('f')) {
      const source = await input(call, file);
      if (source === undefined) return 1;
      for await (const line of lines(source)) parts.push(line.replace(/\n$/, ''));
    }
    if (parts.length === 0) {
      const script = operands.shift();
      if (script === undefined) return wrongUsage(sed, call);
      parts.push(script);
    }
    const commands = await read(call, parts.map(argument).join('\n'));
    if (!options.has('i'))
      return edit(call, commands, operands.length > 0 ? operands : ['-'], process.stdout.write);
    let status = 0;
    for (const name of operands) {
      const pieces: Uint8Array[] = [];
      const own = await edit(call, commands, [name], (piece) => Promise.resolve(void pieces.push(piece)));
      status ||= own;
      if (own === 0) process.machine.fileSystem.write(name, Buffer.concat(pieces), process.directory);
    }
    return status;
  },
};

async function read(call: Call, script: string): Promise<Command[]> {
  try {
    return parseScript(script, call.options.has('r') || call.options.has('E'));
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    return fail(call, error.message);
  }
}

/** All files one after the other, as one text; a line ahead, so that the last one is known. */
async function* joined(
  call: Call,
  names: string[],
  onMissing: () => void,
): AsyncGenerator<{ line: string; isLast: boolean }> {
  let held: string | undefined;
  for (const name of names) {
    const source = await input(call, name);
    if (source === undefined) {
      onMissing();
      continue;
    }
    for await (const line of lines(source)) {
      if (held !== undefined) yield { line: held, isLast: false };
      held = line;
    }
  }
  if (held !== undefined) yield { line: held, isLast: true };
}

type Write = Process['stdout']['write'];

async function edit(call: Call, commands: Command[], names: string[], write: Write): Promise<number> {
  let status = 0;
  const isQuiet = call.options.has('n');
  const inRange = new Map<Command, number>();
  const input = joined(call, names, () => (status = 1));
  let number = 0;
  const put = (text: string): Promise<void> => write(bytes(text));

  for (let next = await input.next(); next.done !== true; next = await input.next()) {
    number++;
    let { line, isLast } = next.value;
    let end = line.endsWith('\n') ? '\n' : '';
    let space = line.slice(0, line.length - end.length);
    const appended: string[] = [];
    let isShown = true;
    let quits = false;
    for (const command of commands) {
      if (selects(command, space, number, isLast, inRange) === command.isNegated) continue;
      const { does } = command;
      if (does.kind === 'substitute') {
        const changed = substitute(space, does);
        if (changed !== undefined) {
          space = changed;
          if (does.prints) await put(`${space}\n`);
        }
      } else if (does.kind === 'translate')
        space = space
          .split('')
          .map((char) => does.map.get(char) ?? char)
          .join('');
      else if (does.kind === 'text') {
        if (does.where === 'before') await put(`${does.text}\n`);
        else if (does.where === 'after') appended.push(does.text);
        else {
          if (!inRange.has(command)) await put(`${does.text}\n`);
          isShown = false;
          break;
        }
      } else if (does.kind === 'print') await put(`${space}\n`);
      else if (does.kind === 'number') await put(`${number}\n`);
      else if (does.kind === 'delete') {
        isShown = false;
        break;
      } else if (does.kind === 'quit') {
        quits = true;
        break;
      } else {
        if (isLast) {
          quits = true;
          break;
        }
        if (!isQuiet) await put(`${space}\n`);
        const following = await input.next();
        if (following.done === true) break;
        number++;
        ({ line, isLast } = following.value);
        end = line.endsWith('\n') ? '\n' : '';
        space = line.slice(0, line.length - end.length);
      }
    }
    if (isShown && !isQuiet) await put(`${space}${appended.length > 0 ? '\n' : end}`);
    for (const text of appended) await put(`${text}\n`);
    if (quits) break;
  }
  return status;
}

function selects(
  command: Command,
  space: string,
  number: number,
  isLast: boolean,
  inRange: Map<Command, number>,
): boolean {
  const [first, second] = command.addresses;
  if (first === undefined) return true;
  if (second === undefined) return matches(first, space, number, isLast);
  const start = inRange.get(command);
  if (start === undefined) {
    if (!matches(first, space, number, isLast)) return false;
    const isOver =
      (second.kind === 'line' && second.number <= number) ||
      (second.kind === 'count' && second.lines === 0) ||
      isLast;
    if (!isOver) inRange.set(command, number);
    return true;
  }
  const isEnd =
    second.kind === 'count' ? number >= start + second.lines : matches(second, space, number, isLast);
  if (isEnd || (second.kind === 'line' && number >= second.number)) inRange.delete(command);
  return true;
}

function matches(address: Address, space: string, number: number, isLast: boolean): boolean {
  switch (address.kind) {
    case 'line':
      return number === address.number;
    case 'last':
      return isLast;
    case 'pattern':
      return address.pattern.test(space);
    case 'step':
      return address.step === 0
        ? number === address.first
        : number >= address.first && (number - address.first) % address.step === 0;
    case 'count':
      return false;
  }
}

function substitute(
  space: string,
  how: Extract<Command['does'], { kind: 'substitute' }>,
): string | undefined {
  let count = 0;
  let isChanged = false;
  const result = space.replace(how.pattern, (...match: unknown[]) => {
    count++;
    const whole = String(match[0]);
    if (count < how.number || (count > how.number && !how.isGlobal)) return whole;
    isChanged = true;
    return how.replacement.replace(
      /\\([0-9&\\n])|\\(.)|&/g,
      (all, special: string | undefined, other: string | undefined) => {
        if (all === '&') return whole;
        if (other !== undefined) return other;
        if (special === 'n') return '\n';
        if (special === '&' || special === '\\') return special;
        const group = match[Number(special)];
        return typeof group === 'string' ? group : '';
      },
    );
  });
  return isChanged ? result : undefined;
}
