/**
 * Aligns text in columns as Go's text/tabwriter does: cells end with a tab, and a column is as wide as the widest cell
 * of the lines that follow one another in it. What comes after a line's last tab belongs to no column.
 *
 * @param padding blanks after the widest cell
 * @param least a column's width at least, the padding included
 */
export function align(text: string, padding: number, least = 0): string {
  const lines = text.split('\n').map((line) => line.split('\t').map((cell) => ({ cell, size: width(cell) })));
  const written: string[] = [];
  const widths: number[] = [];

  const write = (from: number, to: number): void => {
    for (const line of lines.slice(from, to))
      written.push(
        line
          .map(({ cell, size }, index) => cell + ' '.repeat(Math.max(0, (widths[index] ?? 0) - size)))
          .join(''),
      );
  };
  const format = (start: number, end: number): void => {
    const column = widths.length;
    let from = start;
    for (let at = start; at < end; at++) {
      if (column >= lines[at]!.length - 1) continue;
      write(from, at);
      from = at;
      let widest = least;
      for (; at < end && column < lines[at]!.length - 1; at++)
        widest = Math.max(widest, lines[at]![column]!.size + padding);
      widths.push(widest);
      format(from, at);
      widths.pop();
      from = at;
    }
    write(from, end);
  };
  format(0, lines.length);
  return written.join('\n');
}

function width(cell: string): number {
  return Array.from(cell).length;
}

/** Rows in columns, as kubectl prints tables. */
export function table(rows: readonly (readonly string[])[]): string {
  return align(rows.map((row) => `${row.join('\t')}\n`).join(''), 3, 6);
}
