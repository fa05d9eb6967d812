import type { Process, Program } from '../../process.ts';
import { nearest } from '../nearest.ts';
import { COMMANDS, NOT_MODELLED } from './commands.ts';
import { failure, KubectlFailure } from './failure.ts';
import { commandHelp, generalHelp } from './help.ts';
import { GLOBAL, parseCommandLine } from './options.ts';
import { openSession } from './session.ts';

/** kubectl, as far as a learner of networking needs it, in the words of 1.32. It finds the cluster by its machine. */
export const kubectl: Program = async (process) => {
  try {
    return await run(process, process.argv.slice(1));
  } catch (error) {
    if (!(error instanceof KubectlFailure)) throw error;
    await process.complain(error.message === '' ? '' : `${error.message}\n`);
    return error.exitCode;
  }
};

async function run(process: Process, args: string[]): Promise<number> {
  const { name, rest } = commandOf(args);
  if (name === undefined || name === 'help') {
    const about = COMMANDS.find((each) => each.name === rest[0]);
    if (about === undefined && rest[0] !== undefined)
      await process.print(`Unknown help topic [\`${rest[0]}\`]\n`);
    await process.print(about === undefined ? generalHelp(COMMANDS) : commandHelp(about));
    return 0;
  }
  const command = COMMANDS.find((each) => each.name === name || each.aliases?.includes(name) === true);
  if (command === undefined) throw unknownCommand(name);
  const line = parseCommandLine(rest, [...command.options, ...GLOBAL], `kubectl ${command.name}`);
  if (line.options.flag('help')) {
    await process.print(commandHelp(command));
    return 0;
  }
  return command.run(openSession(process, line.options), line);
}

/** The command's name: the first operand, with global options before it. */
function commandOf(args: readonly string[]): { name: string | undefined; rest: string[] } {
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]!;
    if (arg === '--') break;
    if (!arg.startsWith('-')) return { name: arg, rest: [...args.slice(0, index), ...args.slice(index + 1)] };
    const spec = GLOBAL.find(
      ({ name, short }) => arg === `--${name}` || (short !== undefined && arg === `-${short}`),
    );
    if (spec !== undefined && spec.kind !== 'flag' && typeof spec.kind !== 'object') index++;
  }
  // Nothing but options: those are looked at, for their mistakes.
  parseCommandLine(args, GLOBAL, 'kubectl');
  return { name: undefined, rest: [] };
}

function unknownCommand(name: string): KubectlFailure {
  if (NOT_MODELLED.has(name))
    return failure(`"${name}" is not modelled by the practice cluster; use your own kubectl`);
  const near = nearest(name, [...COMMANDS.map((each) => each.name), ...NOT_MODELLED]);
  const hint =
    near.length === 0 ? '' : `\n\nDid you mean this?\n${near.map((each) => `\t${each}`).join('\n')}`;
  return failure(`unknown command "${name}" for "kubectl"${hint}`);
}
