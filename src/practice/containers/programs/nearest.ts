/** Names that are two slips away from what was typed, or that begin so; in order. As cobra suggests them. */
export function nearest(typed: string, names: readonly string[]): string[] {
  return names.filter((each) => distance(each, typed) <= 2 || each.startsWith(typed)).sort();
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of a.split('').entries()) {
    const next = [i + 1];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (letter === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
