import { echoText } from '../echo.ts';
import { formatted } from '../printf.ts';
import type { Builtin } from './builtin.ts';

export const echo: Builtin = async (shell, argv) => {
  await shell.process.stdout.write(echoText(argv.slice(1)));
  return 0;
};

export const printf: Builtin = async (shell, argv) => {
  const [, ...args] = argv[1] === '--' ? argv.slice(1) : argv;
  if (args[0] === undefined) {
    await shell.complainAsApplet('usage: printf FORMAT [ARGUMENT...]');
    return 2;
  }
  const { output, complaints } = formatted(args[0], args.slice(1));
  await shell.process.stdout.write(output);
  for (const complaint of complaints) await shell.complainAsApplet(complaint);
  return complaints.length > 0 ? 1 : 0;
};

/** What was typed, numbered. */
export const history: Builtin = async (shell) => {
  for (const [index, line] of shell.history.entries())
    await shell.process.print(`${String(index).padStart(4)} ${line}\n`);
  return 0;
};
