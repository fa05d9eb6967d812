import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hanging, indent, padTo, stringWidth, wrap } from '../../src/ui/layout.ts';
import { COLOUR } from './themes.ts';

describe('wrap', () => {
  test.each<[string, string, number, string[]]>([
    ['at words', 'one two three', 10, ['one two', 'three']],
    ['a word longer than a line', 'abcdefghijklmnop', 10, ['abcdefghij', 'klmnop']],
    ['wide letters count twice', '世界世界世界', 10, ['世界世界世', '界']],
    ['newlines stay', 'a\nb', 10, ['a', 'b']],
    ['a tab is a space', 'a\tb', 10, ['a b']],
    ['never narrower than ten columns', 'one two three', 1, ['one two', 'three']],
    ['nothing', '', 10, ['']],
  ])('%s', (_, text, width, lines) => expect(wrap(text, width)).toEqual(lines));

  test('a colour that goes over a line break is closed and opened again', () => {
    const [first = '', second = ''] = wrap(COLOUR.bad('one two three'), 10);
    expect([first, second]).toEqual([COLOUR.bad('one two'), COLOUR.bad('three')]);
  });
});

describe('hanging', () => {
  test.each<[string, string, number, number, string[]]>([
    ['label and text', 'seen', 6, 40, ['seen  one two three four five six seven', '      eight']],
    ['no label', '', 6, 40, ['      one two three four five six seven', '      eight']],
    ['narrow: below the label', 'seen', 6, 29, ['seen', '  one two three four five six', '  seven eight']],
    ['narrow, no label: no empty line', '', 6, 29, ['  one two three four five six', '  seven eight']],
    [
      'a label wider than its column',
      'observer-a',
      6,
      40,
      ['observer-a', '  one two three four five six seven', '  eight'],
    ],
    [
      'a label wider than the screen',
      'a label of many words and more',
      6,
      24,
      ['a label of many words', 'and more', '  one two three four', '  five six seven eight'],
    ],
  ])('%s', (_, label, labelWidth, width, lines) =>
    expect(hanging(label, labelWidth, 'one two three four five six seven eight', width)).toEqual(lines),
  );

  test('no line is wider than the screen, and no word is lost', () => {
    const words = fc.string({ minLength: 1, maxLength: 50, unit: fc.constantFrom('a', 'b', '世', '-') });
    const sentence = fc.array(words, { maxLength: 12 }).map((all) => all.join(' '));
    fc.assert(
      fc.property(
        sentence,
        sentence,
        fc.nat(40),
        fc.integer({ min: 14, max: 120 }),
        (label, text, column, width) => {
          const lines = hanging(label, column, text, width);
          for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(width);
          expect(lines.join('').replaceAll(/\s/g, '')).toBe((label + text).replaceAll(/\s/g, ''));
        },
      ),
    );
  });
});

test('indent leaves empty lines empty', () => expect(indent(['a', '', 'b'], 2)).toEqual(['  a', '', '  b']));

test('padTo counts columns, not letters or escapes', () => {
  expect(padTo('世', 4)).toBe('世  ');
  expect(padTo(COLOUR.good('ab'), 4)).toBe(`${COLOUR.good('ab')}  `);
  expect(padTo('abcdef', 4)).toBe('abcdef');
});
