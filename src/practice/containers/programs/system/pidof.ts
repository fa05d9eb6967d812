import type { Process } from '../../process.ts';
import { type Applet, fail } from '../applet.ts';
import { PatternError, regex } from '../text/regex.ts';
import { signalName } from './signal-name.ts';

/** A process's name: what it was started as, without its path. */
export function nameOfProcess({ title }: Process): string {
  return title.split(/[ :]/)[0]!.replace(/^.*\//, '');
}

export const pidof: Applet = {
  name: 'pidof',
  usage: `pidof [-s] [-o PID] [NAME]...

List PIDs of all processes with names that match NAMEs

	-s	Show only one PID
	-o PID	Omit given pid
		Use %PPID to omit pid of pidof's parent`,
  options: { short: 'so:' },
  async run({ process, options, operands }) {
    const omitted = new Set(
      options.all('o').map((each) => (each === '%PPID' ? String(process.parentPid) : each)),
    );
    const found = operands.flatMap((name) =>
      process.machine.processes
        .list()
        .filter((each) => nameOfProcess(each) === name && !omitted.has(String(each.pid)))
        .map(({ pid }) => pid)
        .reverse(),
    );
    if (found.length === 0) return 1;
    await process.print(`${(options.has('s') ? found.slice(0, 1) : found).join(' ')}\n`);
    return 0;
  },
};

/** Those whose name, or with -f whose whole line, the pattern matches; never the program itself. */
function matching(process: Process, pattern: string, isWhole: boolean): Process[] {
  const expression = regex(pattern, 'extended');
  return process.machine.processes
    .list()
    .filter((each) => each !== process && expression.test(isWhole ? each.title : nameOfProcess(each)));
}

export const pgrep: Applet = {
  name: 'pgrep',
  usage: `pgrep [-flanovx] [-s SID|-P PPID|PATTERN]

Display process(es) selected by regex PATTERN

	-l	Show command name too
	-a	Show command line too
	-f	Match against entire command line`,
  options: { short: 'fla' },
  operands: { least: 1, most: 1 },
  async run(call) {
    const { process, options, operands } = call;
    const found = await select(call.operands[0]!, () => matching(process, operands[0]!, options.has('f')));
    for (const each of found) {
      const more = options.has('a') ? ` ${each.title}` : options.has('l') ? ` ${nameOfProcess(each)}` : '';
      await process.print(`${each.pid}${more}\n`);
    }
    return found.length === 0 ? 1 : 0;

    async function select(pattern: string, find: () => Process[]): Promise<Process[]> {
      try {
        return find();
      } catch (error) {
        if (!(error instanceof PatternError)) throw error;
        return fail(call, `bad regex '${pattern}': Invalid regexp`);
      }
    }
  },
};

export const pkill: Applet = {
  name: 'pkill',
  usage: `pkill [-l|-SIGNAL] [-xfvnoe] [-s SID|-P PPID|PATTERN]

Send signal to processes selected by regex PATTERN

	-l	List all signals
	-f	Match against entire command line`,
  async run(call) {
    const { process } = call;
    const operands = [...call.operands];
    let signal = signalName('TERM')!;
    let isWhole = false;
    while (operands[0]?.startsWith('-') === true) {
      const option = operands.shift()!.slice(1);
      const named = signalName(option);
      if (option === 'f') isWhole = true;
      else if (named !== undefined) signal = named;
      else return fail(call, `bad signal name '${option}'`);
    }
    if (operands.length !== 1) return fail(call, 'no matching criteria specified');
    const found = matching(process, operands[0]!, isWhole);
    for (const each of found) each.send(signal);
    return found.length === 0 ? 1 : 0;
  },
};
