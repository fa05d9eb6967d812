/** UTF-16 units; some 25 lines of a terminal. */
export const MOST_IN_LINE = 2_000;
/** Items of a list on the screen. */
const MOST_IN_LIST = 20;

/** A text's beginning, `shown` in some form, and how much was left out of one that is longer than `most`. */
export function cut(text: string, shown: (part: string) => string, most = MOST_IN_LINE): string {
  if (text.length <= most) return shown(text);
  // Not through the middle of a character.
  const end = most - (/[\uD800-\uDBFF]/.test(text.charAt(most - 1)) ? 1 : 0);
  return `${shown(text.slice(0, end))} … (${counted(text.length - end)} more characters)`;
}

/** The first ones, and how many more there are. */
export function cutList(items: readonly string[]): string[] {
  const rest = items.length - MOST_IN_LIST;
  return rest <= 1 ? [...items] : [...items.slice(0, MOST_IN_LIST), `… and ${counted(rest)} more`];
}

function counted(count: number): string {
  return count.toLocaleString('en');
}
