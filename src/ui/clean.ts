/* oxlint-disable no-control-regex -- control characters are what this file is about */

/** Sequences that steer a terminal: CSI, OSC, DCS and their like, with 7-bit and 8-bit introducers. */
const SEQUENCES =
  /(?:\u001B\[|\u009B)[0-?]*[ -/]*[@-~]|(?:\u001B[\]PX^_]|[\u009D\u0090\u0098\u009E\u009F])[^\u0007\u001B\u009C]*(?:\u0007|\u001B\\|\u009C)?|\u001B[ -/]*[0-~]?/g;
/** What is left of control characters, but for tab and newline. */
const CONTROLS = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g;
/** Direction marks, overrides and isolates, and characters without width: they make a text look like another. */
const DISGUISES =
  /[\u00AD\u061C\u180E\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB]|[\u{E0000}-\u{E007F}]/gu;
/** Our own colours. */
const COLOURS = /\u001B\[[0-9;]*m/g;

/**
 * Text from a lesson, a cluster or a Pod, made harmless: nothing in it can steer the terminal or pretend to be
 * something else. Newlines and tabs stay.
 */
export function clean(text: string): string {
  return text.replace(SEQUENCES, '').replace(CONTROLS, '').replace(DISGUISES, '');
}

/** One line: newlines and tabs become spaces. */
export function cleanLine(text: string): string {
  return clean(text)
    .replace(/[\s\u2028\u2029]+/g, ' ')
    .trim();
}

/** Last guard before the terminal: keeps colours, and nothing else that steers. */
export function keepColours(text: string): string {
  let result = '';
  let from = 0;
  for (const match of text.matchAll(COLOURS)) {
    result += clean(text.slice(from, match.index)) + match[0];
    from = match.index + match[0].length;
  }
  return result + clean(text.slice(from));
}
