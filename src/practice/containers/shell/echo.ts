import type { Program } from '../process.ts';
import { ByteBuilder, writeEscaped } from './escape.ts';

/** What busybox' `echo` writes: -n, -e and -E in front are options, alone or together. */
export function echoText(args: readonly string[]): Uint8Array {
  let isPlain = true;
  let hasNewline = true;
  let first = 0;
  for (; /^-[neE]+$/.test(args[first] ?? ''); first++)
    for (const letter of args[first]!.slice(1))
      if (letter === 'n') hasNewline = false;
      else isPlain = letter === 'E';
  const text = args.slice(first).join(' ');
  const builder = new ByteBuilder();
  if (isPlain) builder.text(text);
  else if (!writeEscaped(text, builder, 'zero')) hasNewline = false;
  if (hasNewline) builder.text('\n');
  return builder.bytes;
}

export const echo: Program = async (process) => {
  await process.stdout.write(echoText(process.argv.slice(1)));
  return 0;
};
