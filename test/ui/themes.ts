import { makeTheme } from '../../src/ui/theme.ts';

/** No colours, no signs: for screen readers. */
export const PLAIN = makeTheme({ colour: false, plain: true });
/** Signs without colours: NO_COLOR. */
export const GREY = makeTheme({ colour: false, plain: false });
export const COLOUR = makeTheme({ colour: true, plain: false });

/** The lines as a golden file holds them: escapes are visible. */
export function golden(lines: string[]): string {
  return lines.map((line) => `${line.replaceAll('\u001B', '␛')}\n`).join('');
}

/** The path of a golden file. */
export function goldenFile(name: string): string {
  return new URL(`golden/${name}.txt`, import.meta.url).pathname;
}
