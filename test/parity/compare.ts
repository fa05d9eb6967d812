import { mend, type Side } from './differences.ts';
import type { Line } from './line.ts';
import type { Answer } from './run-kubectl.ts';

/** A masked answer as one text to compare: what is known to differ mended, only the rows that the line asks for. */
export function comparable(answer: Answer, line: Line, side: Side, used = new Set<string>()): string {
  const streams = ['stdout', 'stderr'] as const;
  const texts = streams.map((stream) => {
    const rows = askedRows(mend(answer[stream], side, used), line)
      .split('\n')
      .filter((row) => row !== '');
    if (line.unordered) return [...new Set(rows)].sort().join('\n');
    // A watch tells of changes that no column shows.
    if (line.meanwhile !== undefined) return rows.filter((row, index) => row !== rows[index - 1]).join('\n');
    return rows.join('\n');
  });
  return `exit ${answer.exit}\n${texts[0]}\n-- stderr --\n${texts[1]}`;
}

/** The rows that the line is about; the others are those of somebody else on the same cluster. */
export function askedRows(text: string, { rows }: Line): string {
  return rows === undefined
    ? text
    : text
        .split('\n')
        .filter((row) => rows.test(row))
        .join('\n');
}
