import type { Call } from '../applet.ts';

/** Goes on after a failure; the status tells that there was one. */
export async function each(
  call: Call,
  step: (name: string) => Promise<boolean>,
  names = call.operands,
): Promise<number> {
  let status = 0;
  for (const name of names) if (!(await step(name))) status = 1;
  return status;
}
