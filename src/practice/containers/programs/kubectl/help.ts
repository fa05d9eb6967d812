import type { Command } from './command.ts';
import type { OptionSpec } from './options.ts';

/** What `kubectl` alone says. */
export function generalHelp(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length)) + 2;
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}\n`).join('');
  return `kubectl controls the Kubernetes cluster manager.

 Find more information at: https://kubernetes.io/docs/reference/kubectl/

Commands that the practice cluster's kubectl has:
${lines}
Usage:
  kubectl [flags] [options]

Use "kubectl <command> --help" for more information about a given command.
`;
}

/** What `kubectl get --help` says. */
export function commandHelp({ name, summary, usage = '[options]', options }: Command): string {
  return `${summary}.

Options:
${options.map(optionLine).join('')}
Usage:
  kubectl ${name} ${usage}
`;
}

function optionLine({ name, short, kind }: OptionSpec): string {
  const value = kind === 'flag' ? '' : typeof kind === 'object' ? `[=${kind.optional}]` : '=…';
  return `    ${short === undefined ? '    ' : `-${short}, `}--${name}${value}\n`;
}
