import { FileError } from '../../file-error.ts';
import { open } from '../../open.ts';
import type { Sink } from '../../stream.ts';
import { type Applet, complain } from '../applet.ts';
import { writer } from '../input.ts';
import { chunks } from '../lines.ts';

export const tee: Applet = {
  name: 'tee',
  usage: `tee [-ai] [FILE]...

Copy stdin to each FILE, and also to stdout

	-a	Append to the given FILEs, don't overwrite
	-i	Ignore interrupt signals (SIGINT)`,
  options: { short: 'ai', long: { append: 'a' } },
  async run(call) {
    const { process, options } = call;
    if (options.has('i')) process.handle('SIGINT', 'ignore');
    let status = 0;
    const sinks: Sink[] = [process.stdout];
    for (const name of call.operands)
      try {
        sinks.push(writer(process, open(process, name, options.has('a') ? 'append' : 'write')));
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
        await complain(call, `${name}: ${error.message}`);
        status = 1;
      }
    for await (const chunk of chunks(process.stdin)) for (const sink of sinks) await sink.write(chunk);
    return status;
  },
};
