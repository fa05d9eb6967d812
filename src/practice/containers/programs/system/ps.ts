import type { Process } from '../../process.ts';
import { accounts } from '../accounts.ts';
import { type Applet, fail } from '../applet.ts';

const COLUMNS: Record<
  string,
  { title: string; width: number; value: (process: Process, user: string) => string }
> = {
  pid: { title: 'PID', width: 5, value: ({ pid }) => String(pid).padStart(5) },
  ppid: { title: 'PPID', width: 5, value: ({ parentPid }) => String(parentPid).padStart(5) },
  pgid: { title: 'PGID', width: 5, value: ({ group }) => String(group).padStart(5) },
  user: { title: 'USER', width: 8, value: (_, user) => user.slice(0, 8) },
  time: { title: 'TIME', width: 5, value: () => ' 0:00' },
  comm: {
    title: 'COMMAND',
    width: 16,
    value: ({ title }) => title.split(/[ :]/)[0]!.replace(/^.*\//, '').slice(0, 15),
  },
  args: { title: 'COMMAND', width: 0, value: ({ title }) => title },
};

export const ps: Applet = {
  name: 'ps',
  usage: `ps [-o COL1,COL2=HEADER] [-T]

Show list of processes

	-o COL1,COL2=HEADER	Select columns for display
	-T			Show threads`,
  // Options that others' ps takes are taken and change nothing.
  options: { short: 'o:TaAdefjluwx' },
  async run(call) {
    const { process, options } = call;
    const names = options.get('o')?.split(',') ?? ['pid', 'user', 'time', 'args'];
    for (const name of names)
      if (!Object.hasOwn(COLUMNS, name))
        return fail(
          call,
          `bad -o argument '${name}', supported arguments: ${Object.keys(COLUMNS).join(',')}`,
        );
    const columns = names.map((name) => COLUMNS[name]!);
    const known = accounts(process.machine.fileSystem);
    const width = process.files.get(1)?.tty?.columns ?? Infinity;
    const row = (cells: string[]): string =>
      cells
        .map((cell, index) => (index === cells.length - 1 ? cell : cell.padEnd(columns[index]!.width)))
        .join(' ')
        .slice(0, width);
    const lines = [row(columns.map(({ title }) => title))];
    for (const each of process.machine.processes.list()) {
      const user = known.find(({ uid }) => uid === each.user.uid)?.name ?? String(each.user.uid);
      lines.push(row(columns.map(({ value }) => value(each, user))));
    }
    await process.print(`${lines.join('\n')}\n`);
    return 0;
  },
};
