import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isPractice } from './harness.ts';

/** Prints a table; where PROVE_TABLES names a folder, it is kept there, too. @param name the file's, without its kind of cluster */
export function showTable(name: string, head: readonly string[], rows: readonly string[]): void {
  const table = [`| ${head.join(' | ')} |`, `|${'---|'.repeat(head.length)}`, ...rows].join('\n');
  console.log(table);
  const folder = process.env['PROVE_TABLES'];
  if (folder === undefined || rows.length === 0) return;
  mkdirSync(folder, { recursive: true });
  const title = `# ${name}, ${isPractice ? 'practice cluster' : 'real cluster'}`;
  const note = 'Written by `npm run prove`.';
  writeFileSync(
    join(folder, `${name}-${isPractice ? 'practice' : 'real'}.md`),
    `${title}\n\n${note}\n\n${table}\n`,
  );
}
