import type { Applet } from '../applet.ts';

export const isTrue: Applet = {
  name: 'true',
  usage: 'true\n\nReturn an exit code of TRUE (0)',
  run: () => Promise.resolve(0),
};
