import type { Applet } from '../applet.ts';

export const isFalse: Applet = {
  name: 'false',
  usage: 'false\n\nReturn an exit code of FALSE (1)',
  run: () => Promise.resolve(1),
};
