import type { Receipt } from '../tutor/baseline.ts';
import { exactLine } from './foreign.ts';
import { wrap } from './layout.ts';
import type { Theme } from './theme.ts';

/** Proof of what cleanup left: nothing, or exactly what. */
export function renderReceipt(receipt: Receipt, theme: Theme, width: number): string[] {
  const { left, kept, before, after, othersAdded, othersGone, unseen } = receipt;
  const name = (entry: Receipt['left'][number]): string =>
    `${entry.kind} ${exactLine(entry.name)}${entry.namespace === undefined ? '' : ` in namespace ${exactLine(entry.namespace)}`}${entry.going ? ' (being deleted)' : ''}`;
  const others = othersAdded + othersGone;
  const same = left.length + kept.length === 0 ? ', the same ones' : '; the others are the same ones';
  const compared =
    before === undefined
      ? `${after} objects looked at; there was no list from before to compare with.`
      : `${before} objects before, ${after} now${others === 0 ? same : `; ${othersAdded} came and ${othersGone} went meanwhile that are not the lesson's`}.`;
  const quiet = [
    `Compared: ${compared} Pulled images stay on the Nodes.`,
    ...(unseen.length === 0 ? [] : [`Not permitted to look at: ${some(unseen)}.`]),
  ];
  return [
    left.length === 0
      ? `${theme.sign('pass')} Nothing the tutor made is left.`
      : `${theme.sign('fail')} Still there:`,
    ...left.map((entry) => `    ${name(entry)}`),
    ...(kept.length === 0 ? [] : ['  Yours, left alone:', ...kept.map((entry) => `    ${name(entry)}`)]),
    ...quiet.flatMap((text) => wrap(text, width - 2).map((line) => `  ${theme.quiet(line)}`)),
  ];
}

const MOST_NAMES = 8;

function some(names: string[]): string {
  const rest = names.length - MOST_NAMES;
  return rest <= 1 ? names.join(', ') : `${names.slice(0, MOST_NAMES).join(', ')} and ${rest} more kinds`;
}
