import { quotedValue } from '../quote.ts';
import type { Shell } from '../shell.ts';
import { byName, failure, NAME, numeric, type Builtin } from './builtin.ts';

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
