import { join } from 'node:path';
import { indent, wrap } from '../ui/layout.ts';
import { instruction, quoted, type Shell, usualShell } from './env.ts';
import type { Runtime } from './runtime.ts';

/**
 * What to type in the terminal for kubectl, usually a second one, before the lesson's lines: it points kubectl at the lesson, and where nobody has put
 * k8snet-tutor into the PATH (`npm start`, `npx`), it makes the command known first.
 */
export function aboutSecondTerminal(
  { env, packFolder, isInPath }: Pick<Runtime, 'env' | 'packFolder' | 'isInPath'>,
  width: number,
  platform: NodeJS.Platform = process.platform,
): string[] {
  const shell = usualShell(env, platform);
  const known = isInPath('k8snet-tutor');
  const sentence = known
    ? 'In the terminal for kubectl, type this first. It points kubectl at the lesson:'
    : 'In the terminal for kubectl, type these first. They make k8snet-tutor known, and point kubectl at the lesson:';
  return [
    ...wrap(sentence, width),
    ...indent(
      [...(known ? [] : [alias(shell, join(packFolder, 'bin', 'k8snet-tutor.js'))]), instruction(shell)],
      2,
    ),
  ];
}

function alias(shell: Shell, program: string): string {
  if (shell === 'powershell') return `function k8snet-tutor { node ${quoted(shell, program)} @args }`;
  const word = /^[\w@%+=:,./-]+$/.test(program) ? program : quoted(shell, program);
  return `alias k8snet-tutor=${quoted(shell, `node ${word}`)}`;
}
