import { FileError } from '../../file-error.ts';
import { SIGNALS, type SignalName } from '../../process.ts';
import { type Applet, complain, fail, words } from '../applet.ts';
import { failureStatus, startCommand } from '../run-command.ts';
import { signalName } from './signal-name.ts';
import { LATE, within } from '../within.ts';

const SECONDS: Record<string, number> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };

export const timeout: Applet = {
  name: 'timeout',
  usage: `timeout [-s SIG] [-k KILL_SECS] SECS PROG ARGS

Run PROG. Send SIG to it if it is not gone in SECS seconds.
Default SIG: TERM. If it still exists in KILL_SECS seconds, send KILL.`,
  options: { short: '+s:k:', long: { signal: 's', 'kill-after': 'k' } },
  operands: { least: 2 },
  async run(call) {
    const { options, process } = call;
    const [duration = '', ...argv] = call.operands;
    const signal = signalName(options.get('s') ?? 'TERM');
    if (signal === undefined)
      await fail(
        call,
        words(call, `bad signal name '${options.get('s')}'`, `${options.get('s')}: invalid signal`),
      );
    const most = await milliseconds(duration);
    const grace = options.get('k') === undefined ? Infinity : await milliseconds(options.get('k')!);
    try {
      const child = startCommand(process, argv);
      const early = await within(process, most === 0 ? Infinity : most, child.exited);
      if (early !== LATE) return early;
      child.send(signal as SignalName);
      const late = await within(process, grace, child.exited);
      if (late === LATE) child.send('SIGKILL');
      const status = late === LATE ? await process.until(child.exited) : late;
      // busybox tells the signal, GNU that time was up.
      if (call.suite.kind === 'gnu') return late === LATE ? 128 + SIGNALS.SIGKILL : 124;
      return status;
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      const name = argv[0]!;
      await complain(
        call,
        words(
          call,
          `can't execute '${name}': ${error.message}`,
          `failed to run command '${name}': ${error.message}`,
        ),
      );
      return failureStatus(error);
    }

    async function milliseconds(text: string): Promise<number> {
      const [, number, unit = ''] = /^(\d+\.?\d*|\.\d+)([smhd]?)$/.exec(text) ?? [];
      if (number === undefined)
        await fail(
          call,
          words(call, `invalid number '${text}'`, `invalid time interval '${text}'`),
          call.suite.kind === 'gnu' ? 125 : 1,
        );
      return Number(number) * SECONDS[unit]! * 1000;
    }
  },
};
