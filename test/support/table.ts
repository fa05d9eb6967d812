import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Prints a table; where PROVE_TABLES names a folder, it is kept there, too. @param name the file's */
export function keepTable(
  name: string,
  title: string,
  head: readonly string[],
  rows: readonly string[],
): void {
  const table = [`| ${head.join(' | ')} |`, `|${'---|'.repeat(head.length)}`, ...rows].join('\n');
  console.log(table);
  const folder = process.env['PROVE_TABLES'];
  if (folder === undefined || rows.length === 0) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.md`), `# ${title}\n\nWritten by \`npm run prove\`.\n\n${table}\n`);
}
