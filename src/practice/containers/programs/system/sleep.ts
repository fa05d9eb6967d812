import { type Applet, fail, words } from '../applet.ts';

const SECONDS: Record<string, number> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };

/** No timer of the machine holds longer; nobody will wait for it anyway. */
const LONGEST_MS = 2 ** 31 - 1;

export const sleep: Applet = {
  name: 'sleep',
  usage: `sleep [N]...

Pause for a time equal to the total of the args given, where each arg can
have an optional suffix of (s)econds, (m)inutes, (h)ours, or (d)ays`,
  options: { short: '+' },
  operands: { least: 1 },
  async run(call) {
    let seconds = 0;
    for (const operand of call.operands) {
      const [, number, unit = ''] = /^(\d+\.?\d*|\.\d+|inf(?:inity)?)([smhd]?)$/.exec(operand) ?? [];
      if (number === undefined)
        await fail(call, words(call, `invalid number '${operand}'`, `invalid time interval '${operand}'`));
      seconds += (number!.startsWith('inf') ? Infinity : Number(number)) * SECONDS[unit]!;
    }
    for (let left = seconds * 1000; left > 0; left -= LONGEST_MS)
      await call.process.sleep(Math.min(left, LONGEST_MS));
    return 0;
  },
};
