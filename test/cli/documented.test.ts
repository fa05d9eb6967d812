import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Options } from '../../src/cli/options.ts';
import { makeProgram } from '../../src/cli/program.ts';
import { root } from './run.ts';

/** Every `k8snet-tutor …` line in a code block of the documentation is one that the program takes. */
const files = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const lines = files.flatMap((file) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/^ *```(?:sh|shell|console)\n([\s\S]*?)^ *```/gm)]
    .flatMap((block) => block[1]!.split('\n'))
    .map((line) => /^\s*(?:\$ )?(?:npx )?k8snet-tutor (.*?)(?:\s+#.*)?$/.exec(line)?.[1])
    .filter((line) => line !== undefined)
    .map((line) => ({ file, line })),
);

describe('documented commands', () => {
  test('there are some', () => {
    expect(lines.length).toBeGreaterThan(8);
  });

  test.each(lines)('$file: k8snet-tutor $line', async ({ line }) => {
    const ran: Options[] = [];
    const program = makeProgram('0.0.0', (options) => {
      ran.push(options);
      return Promise.resolve();
    });
    const args = line.split(/\s+/).filter((word) => word !== '');
    if (args.includes('--version') || args.includes('--help')) return;
    await program.parseAsync(args, { from: 'user' });
    expect(ran).toHaveLength(1);
  });
});
