import { KERNEL_RELEASE } from '../../../kernel.ts';
import type { Applet } from '../applet.ts';

export const uname: Applet = {
  name: 'uname',
  usage: `uname [-amnrspvio]

Print system information

	-a	Print all
	-m	Machine (hardware) type
	-n	Hostname
	-r	Kernel release
	-s	Kernel name (default)
	-p	Processor type
	-v	Kernel version
	-i	Hardware platform
	-o	OS name`,
  options: { short: 'amnrspvio', long: { all: 'a' } },
  operands: { most: 0 },
  async run({ process, options, suite }) {
    const os = suite.kind === 'busybox' && suite.libc === 'musl' ? 'Linux' : 'GNU/Linux';
    const parts: [string, string][] = [
      ['s', 'Linux'],
      ['n', process.machine.hostname],
      ['r', KERNEL_RELEASE],
      ['v', '#1 SMP PREEMPT_DYNAMIC Thu Jan  1 00:00:00 UTC 2026'],
      ['m', 'x86_64'],
      ['o', os],
    ];
    const isDefault = !'amnrspvio'.split('').some((letter) => options.has(letter));
    const shown = parts.filter(
      ([letter]) => options.has('a') || options.has(letter) || (isDefault && letter === 's'),
    );
    await process.print(`${shown.map(([, value]) => value).join(' ')}\n`);
    return 0;
  },
};
