import { describe, expect, it } from 'vitest';
import { makeProgram } from '../../src/cli/program.ts';

const program = makeProgram('0', () => Promise.resolve());

/** What `--help` prints into a window of 80 columns. */
function helpOf(command: typeof program): string {
  let text = '';
  command.configureOutput({ getOutHelpWidth: () => 80, writeOut: (part) => void (text += part) });
  command.outputHelp();
  return text;
}

describe('--help fits into 80 columns', () => {
  it.each(
    [program, ...program.commands].map((command): [string, typeof program] => [command.name(), command]),
  )('%s', (_, command) => {
    const lines = helpOf(command).split('\n');
    expect(lines.length).toBeGreaterThan(5);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });
});
