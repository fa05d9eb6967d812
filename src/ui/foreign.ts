import { cleanLine } from './clean.ts';
import { showExactly, showLookAlikes } from './look-alike.ts';

/** One harmless line of what a cluster, a Pod or a file said: letters that are not what they seem are shown so. */
export function foreignLine(text: string): string {
  return showLookAlikes(cleanLine(text));
}

/** One harmless line for names, and for what is there to be typed: every character of it can be told from others. */
export function exactLine(text: string): string {
  return showExactly(cleanLine(text));
}
