/** A place in a text: both numbers count from one, columns in UTF-16 units, as editors do. */
export interface Position {
  line: number;
  column: number;
}

const LINE_BREAK = /\r\n|\r|\n/g;

/** Turns offsets of one text into positions; lines end as in YAML (`\n`, `\r\n` or `\r`). */
export function positions(text: string): (offset: number) => Position {
  const starts = [0];
  for (const match of text.matchAll(LINE_BREAK)) starts.push(match.index + match[0].length);
  return (offset) => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}

/** The lines of a text, without their ends. */
export function linesOf(text: string): string[] {
  return text.split(LINE_BREAK);
}
