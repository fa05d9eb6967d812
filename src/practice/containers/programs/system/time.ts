import { FileError } from '../../file-error.ts';
import { type Applet, complain } from '../applet.ts';
import { failureStatus, startCommand } from '../run-command.ts';

export const time: Applet = {
  name: 'time',
  usage: `time [-vpa] [-o FILE] PROG ARGS

Run PROG, display resource usage when it exits

	-v	Verbose
	-p	POSIX output format
	-f FMT	Custom format
	-o FILE	Write result to FILE
	-a	Append (else overwrite)`,
  options: { short: '+p' },
  operands: { least: 1 },
  async run(call) {
    const { process, operands, options } = call;
    const { clock } = process.machine;
    const begun = clock.now();
    const status = await run();
    const seconds = (clock.now() - begun) / 1000;
    if (status !== 0) await process.complain(`Command exited with non-zero status ${status}\n`);
    const minutes = Math.floor(seconds / 60);
    // Programs of the practice cluster take no time of a processor.
    await process.complain(
      options.has('p')
        ? `real ${seconds.toFixed(2)}\nuser 0.00\nsys 0.00\n`
        : `real\t${minutes}m ${(seconds - 60 * minutes).toFixed(2)}s\nuser\t0m 0.00s\nsys\t0m 0.00s\n`,
    );
    return status;

    async function run(): Promise<number> {
      try {
        return await process.until(startCommand(process, operands).exited);
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
        await complain(call, `can't execute '${operands[0]}': ${error.message}`);
        return failureStatus(error);
      }
    }
  },
};
