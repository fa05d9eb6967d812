import { fail, type Applet, words, complain } from '../applet.ts';

export const stty: Applet = {
  name: 'stty',
  usage:
    'stty [-a|g] [-F DEVICE] [SETTING]...\n\nWithout arguments, print baud rate, line discipline, and deviations from stty sane',
  async run(call) {
    const { process, operands } = call;
    const tty = process.files.get(0)?.tty;
    if (tty === undefined)
      return fail(
        call,
        words(
          call,
          'standard input: Inappropriate ioctl for device',
          "'standard input': Inappropriate ioctl for device",
        ),
      );
    if (operands.length === 1 && operands[0] === 'size') await process.print(`${tty.rows} ${tty.columns}\n`);
    else if (operands.length === 0) await process.print('speed 38400 baud; line = 0;\n');
    else {
      await complain(
        call,
        words(call, `invalid argument '${operands[0]}'`, `invalid argument '${operands[0]}'`),
      );
      return 1;
    }
    return 0;
  },
};
