import { foreignLine } from './foreign.ts';
import { hanging, stringWidth } from './layout.ts';
import { showExactly } from './look-alike.ts';
import type { Theme } from './theme.ts';

/** Where a piece of advice stands: behind a label, in a column of its own. */
export interface Column {
  theme: Theme;
  label: string;
  labelWidth: number;
  /** Of both together. */
  width: number;
}

/** A sentence, and the command it ends in: that one stays whole, so that it can be copied. */
export function adviceLines(text: string, { theme, label, labelWidth, width }: Column): string[] {
  const line = foreignLine(text);
  const [, sentence, command] = /^(?:(.*?[:?]) )?((?:kubectl |curl |\w+=\$\(|\{ ).*[^.,])$/.exec(line) ?? [];
  if (command === undefined || stringWidth(line) <= width - labelWidth)
    return hanging(theme.quiet(label), labelWidth, line, width);
  const lead = hanging(theme.quiet(label), labelWidth, sentence ?? 'Type', width);
  return [...lead, `  ${theme.quiet('$')} ${theme.code(showExactly(command))}`];
}
