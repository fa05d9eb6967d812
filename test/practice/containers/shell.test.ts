import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { shell, type Outcome } from './support/machine.ts';

/** What busybox 1.35 answered: each line given to `sh -c` in an empty folder /w. */
const recorded = JSON.parse(readFileSync(new URL('golden/ash.json', import.meta.url), 'utf8')) as ({
  line: string;
} & Outcome)[];

test.each(recorded.map((each) => [each.line, each] as const))(
  '%s',
  async (line, { stdout, stderr, status }) => {
    expect(await shell(line)).toEqual({ stdout, stderr, status });
  },
);
