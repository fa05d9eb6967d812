/* oxlint-disable no-control-regex -- control characters are what this file is about */
import { cut } from './cut.ts';

/**
 * Sequences that steer a terminal: CSI, OSC, DCS and their like, with 7-bit and 8-bit introducers. One without an end takes
 * its own line with it, and hides nothing that comes after.
 */
const SEQUENCES =
  /(?:\u001B\[|\u009B)[0-?]*[ -/]*[@-~]|(?:\u001B[\]PX^_]|[\u009D\u0090\u0098\u009E\u009F])[^\u0007\u001B\u009C\n]*(?:\u0007|\u001B\\|\u009C)?|\u001B[ -/]*[0-~]?/g;
/** What is left of control characters, but for tab and newline. */
const CONTROLS = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g;
/**
 * What nobody sees: direction marks, overrides and isolates, characters without width, fillers, tags, and variation
 * selectors but those that choose between a sign and its emoji. They make a text look like another, or hide one in it.
 */
const DISGUISES =
  /\u034F|[\u00AD\u061C\u115F\u1160\u180E\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0\uFFF9-\uFFFB]|[\u{E0000}-\u{E0FFF}]|[\u17B4\u17B5]|[\u180B-\u180D\u180F]|[\uFE00-\uFE0D]/gu;
/** More marks on one letter than any script needs run over the lines above and below. */
const FLOODS = /(\p{M}{3})\p{M}+/gu;
/** Halves of characters: no UTF-8 can be made of them, and two that meet are one that was not there. */
const HALVES = /\p{Surrogate}/gu;
/** Newlines to some programs, and to others not. */
const SEPARATORS = /[\u2028\u2029]/g;
/** Our own colours. */
const COLOURS = /\u001B\[[0-9;]*m/g;

/**
 * Text from a lesson, a cluster or a Pod, made harmless: nothing in it can steer the terminal or pretend to be
 * something else. Newlines and tabs stay.
 */
export function clean(text: string): string {
  return text
    .replace(HALVES, '\uFFFD')
    .replace(SEQUENCES, '')
    .replace(CONTROLS, '')
    .replace(DISGUISES, '')
    .replace(SEPARATORS, ' ')
    .replace(FLOODS, '$1');
}

/** One line, of a length that can be read: newlines and tabs become spaces, and what is too much is cut off and counted. */
export function cleanLine(text: string): string {
  return cut(text, (part) => clean(part).replace(/\s+/g, ' ').trim());
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
