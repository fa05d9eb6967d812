import stringWidth from 'string-width';
import { linesOf, type Position } from './position.ts';

const AROUND = 3;
const WIDTH = 100;
const TAB = '  ';

/**
 * The place of an error with the lines around it, line numbers and a caret; `label` is written beside the caret.
 * Long lines are cut around the column, tabs become two spaces. Control sequences are not stripped here: rendering
 * does that with everything it prints.
 */
export function codeFrame(text: string, at: Position, label = ''): string {
  const lines = linesOf(text);
  if (lines.at(-1) === '') lines.pop();
  const first = Math.max(1, at.line - AROUND);
  const last = Math.min(Math.max(lines.length, at.line), at.line + AROUND);
  const gutter = String(last).length;
  const from = cutFrom(lines[at.line - 1] ?? '', at.column);

  const frame: string[] = [];
  for (let number = first; number <= last; number++) {
    const line = lines[number - 1] ?? '';
    const mark = number === at.line ? '>' : ' ';
    frame.push(
      `${mark} ${String(number).padStart(gutter)} | ${number === at.line ? cut(line, from) : cut(line, 0)}`,
    );
    if (number === at.line) {
      const before = cut(line.slice(0, at.column - 1), from);
      const caret = `${' '.repeat(stringWidth(before))}^`;
      frame.push(`  ${' '.repeat(gutter)} | ${label === '' ? caret : `${caret} ${label}`}`);
    }
  }
  return frame.map((line) => line.trimEnd()).join('\n');
}

/** Where a line must start so that the column is on the screen. */
function cutFrom(line: string, column: number): number {
  return line.length <= WIDTH || column <= WIDTH - 20 ? 0 : column - Math.floor(WIDTH / 2);
}

function cut(line: string, from: number): string {
  const end = from + WIDTH;
  const shown = line.slice(from, end).replaceAll('\t', TAB);
  return (from > 0 ? '…' : '') + shown + (line.length > end ? '…' : '');
}
