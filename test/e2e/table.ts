import { keepTable } from '../support/table.ts';
import { isPractice } from './harness.ts';

/** Prints a table; where PROVE_TABLES names a folder, it is kept there, too. @param name the file's, without its kind of cluster */
export function showTable(name: string, head: readonly string[], rows: readonly string[]): void {
  const kind = isPractice ? 'practice' : 'real';
  keepTable(`${name}-${kind}`, `${name}, ${kind} cluster`, head, rows);
}
