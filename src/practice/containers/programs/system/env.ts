import { FileError } from '../../file-error.ts';
import { type Applet, complain, quoted, words } from '../applet.ts';
import { executable, failureStatus } from '../run-command.ts';

export const env: Applet = {
  name: 'env',
  usage: `env [-iu0] [-] [name=value]... [PROG ARGS]

Print current environment or run PROG after setting up environment

	-, -i	Start with empty environment
	-u	Remove variable from the environment
	-0	NUL terminated output`,
  options: { short: '+iu:0', long: { 'ignore-environment': 'i', unset: 'u', null: '0' } },
  async run(call) {
    const { options, process } = call;
    const operands = [...call.operands];
    const isEmpty = options.has('i') || (operands[0] === '-' && operands.shift() !== undefined);
    const environment = new Map(isEmpty ? [] : process.environment);
    for (const name of options.all('u')) environment.delete(name);
    while (operands[0]?.includes('=') === true) {
      const [, name = '', value = ''] = /^([^=]*)=(.*)$/s.exec(operands.shift()!) ?? [];
      environment.set(name, value);
    }
    if (operands.length === 0) {
      const end = options.has('0') ? '\0' : '\n';
      await process.print([...environment].map(([name, value]) => `${name}=${value}${end}`).join(''));
      return 0;
    }
    try {
      process.environment.clear();
      for (const [name, value] of environment) process.environment.set(name, value);
      const found = executable(process, operands);
      process.replace(found.argv, environment);
      return await found.program(process);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      const name = operands[0]!;
      await complain(
        call,
        words(call, `can't execute '${name}': ${error.message}`, `${quoted(name)}: ${error.message}`),
      );
      return failureStatus(error);
    }
  },
};

export const printenv: Applet = {
  name: 'printenv',
  usage: `printenv [VARIABLE]...

Print environment VARIABLEs.
If no VARIABLE specified, print all.`,
  options: { short: '+' },
  async run({ process, operands }) {
    if (operands.length === 0) {
      for (const [name, value] of process.environment) await process.print(`${name}=${value}\n`);
      return 0;
    }
    let status = 0;
    for (const name of operands) {
      const value = process.environment.get(name);
      if (value === undefined) status = 1;
      else await process.print(`${value}\n`);
    }
    return status;
  },
};
