import { describe, expect, test } from 'vitest';
import { codeFrame } from '../../src/lesson/frame.ts';

const TEN = Array.from({ length: 10 }, (_, index) => `line ${index + 1}`).join('\n');

describe('code frames', () => {
  test.each([
    [
      'in the middle',
      TEN,
      { line: 5, column: 6 },
      ['  2 | line 2', '> 5 | line 5', '    |      ^ here', '  8 | line 8'],
    ],
    ['at the start', TEN, { line: 1, column: 1 }, ['> 1 | line 1', '    | ^ here', '  4 | line 4']],
    ['at the end', `${TEN}\n`, { line: 10, column: 1 }, ['   7 | line 7', '> 10 | line 10', '     | ^ here']],
    ['beyond the end', 'a\n', { line: 2, column: 1 }, ['  1 | a', '> 2 |', '    | ^ here']],
    ['tabs', 'a:\t\tb', { line: 1, column: 5 }, ['> 1 | a:    b', '    |       ^ here']],
    ['wide letters', 'ネット: x', { line: 1, column: 6 }, ['> 1 | ネット: x', '    |         ^ here']],
    ['Windows', 'a\r\nb\r\nc', { line: 2, column: 1 }, ['  1 | a', '> 2 | b', '    | ^ here', '  3 | c']],
  ])('%s', (_, text, at, expected) => {
    const lines = codeFrame(text, at, 'here').split('\n');
    expect(lines.filter((line) => expected.includes(line))).toEqual(expected);
    expect(lines[0]).toBe(expected[0]);
    expect(lines.at(-1)).toBe(expected.at(-1));
  });

  test('long lines are cut around the place', () => {
    const text = `${'x'.repeat(500)}HERE${'y'.repeat(500)}`;
    const lines = codeFrame(text, { line: 1, column: 501 }).split('\n');
    const [shown = '', caret = ''] = lines;
    expect(shown.length).toBeLessThan(120);
    expect(shown.slice(caret.indexOf('^')).startsWith('HERE')).toBe(true);
  });

  test('a frame without a label ends in the caret', () => {
    expect(codeFrame('ab', { line: 1, column: 2 })).toBe('> 1 | ab\n    |  ^');
  });
});
