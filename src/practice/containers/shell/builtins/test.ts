import { condition } from '../test.ts';
import type { Builtin } from './builtin.ts';

/** `test` and `[` */
export const test: Builtin = async (shell, [name, ...args]) => {
  const { value, complaint } = condition(shell.process, name!, args);
  if (complaint !== undefined) await shell.complainAsApplet(complaint);
  return complaint === undefined ? (value ? 0 : 1) : 2;
};
