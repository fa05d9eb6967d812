import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

/**
 * Wraps a paragraph to `width` columns; a tab is a space. Words longer than that are broken, but for paths and addresses,
 * which are there to be copied.
 */
export function wrap(text: string, width: number): string[] {
  const columns = Math.max(10, width);
  const copied = text.split(/\s/).some((word) => word.includes('/') && stringWidth(word) > columns);
  return wrapAnsi(text.replaceAll('\t', ' '), columns, { hard: !copied, trim: true }).split('\n');
}

export function indent(lines: string[], columns: number): string[] {
  const margin = ' '.repeat(columns);
  return lines.map((line) => (line === '' ? '' : margin + line));
}

export function padTo(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - stringWidth(text)));
}

/**
 * `label  text`, the text wrapped and hanging; on a narrow screen, or when the label does not fit into its column, the
 * text goes below its label.
 */
export function hanging(label: string, labelWidth: number, text: string, width: number): string[] {
  if (width - labelWidth < 24 || stringWidth(label) > labelWidth) {
    const above = stringWidth(label) === 0 ? [] : wrap(label, width);
    return [...above, ...indent(wrap(text, width - 2), 2)];
  }
  const [first = '', ...rest] = wrap(text, width - labelWidth);
  return [padTo(label, labelWidth) + first, ...indent(rest, labelWidth)];
}

export { stringWidth };
