import { type Applet, fail } from '../applet.ts';
import { startCommand } from '../run-command.ts';

const WIDTH = 80;
const TIME = '1234-67-90 23:56:89'.length + 1;

export const watch: Applet = {
  name: 'watch',
  usage: `watch [-n SEC] [-t] PROG ARGS

Run PROG periodically

	-n SEC	Period (default 2)
	-t	Don't print header`,
  options: { short: '+dtn:' },
  operands: { least: 1 },
  async run(call) {
    const { process, options } = call;
    const command = call.operands.join(' ');
    const text = options.get('n') ?? '2';
    if (!/^(\d+\.?\d*|\.\d+)$/.test(text)) return fail(call, `invalid number '${text}'`);
    const period = Number(text);
    for (;;) {
      await process.print('\x1b[H\x1b[J');
      if (!options.has('t')) {
        const width = process.files.get(2)?.tty?.columns ?? WIDTH;
        const now = new Date(process.machine.clock.now()).toISOString();
        const every = `Every ${period.toFixed(1)}s: ${command}`;
        const moment = `${now.slice(0, 10)} ${now.slice(11, 19)}`;
        await process.print(`${every.padEnd(width).slice(0, Math.max(0, width - TIME + 1))}${moment}\n\n`);
      }
      await process.until(startCommand(process, ['sh', '-c', command]).exited);
      await process.sleep(period * 1000);
    }
  },
};
