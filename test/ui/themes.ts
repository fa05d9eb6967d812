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

/** Whether anything in the lines would steer a terminal, or show text in another order than it is written. */
export function isHarmful(lines: string[]): boolean {
  // oxlint-disable-next-line no-control-regex -- these are what must not be there
  return /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/u.test(lines.join('\n'));
}

/** The path of a golden file. */
export function goldenFile(name: string): string {
  return new URL(`golden/${name}.txt`, import.meta.url).pathname;
}
