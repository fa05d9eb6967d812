import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../src/checks/verdict.ts';
import { makeTheme, type Theme } from '../../src/ui/theme.ts';

const OUTCOMES: Outcome[] = ['pass', 'fail', 'inconclusive', 'skipped', 'blocked'];
const PAINTS = ['title', 'strong', 'quiet', 'code', 'link', 'good', 'bad', 'unsure'] as const;

/** Everything a theme can produce of a text. */
function everything(theme: Theme, text: string): string[] {
  return [...PAINTS.map((paint) => theme[paint](text)), ...OUTCOMES.map((outcome) => theme.sign(outcome))];
}

describe('theme', () => {
  test.each([true, false])('without colour there is no escape at all (plain: %s)', (plain) => {
    const all = everything(makeTheme({ colour: false, plain }), 'x');
    expect(all.join('')).not.toContain('\u001B');
    expect(all.slice(0, PAINTS.length)).toEqual(PAINTS.map(() => 'x'));
  });

  test('with colour everything is painted, and the colour ends', () => {
    for (const text of everything(makeTheme({ colour: true, plain: false }), 'x')) {
      // oxlint-disable-next-line no-control-regex -- colours
      expect(text).toMatch(/^\u001B\[\d+m.+\u001B\[\d+m$/);
    }
  });

  test('foreign text is made harmless before it is painted', () => {
    const theme = makeTheme({ colour: true, plain: false });
    for (const paint of PAINTS) {
      expect(theme[paint]('a\u001B[2J\u001B]52;c;eA==\u0007\u202Eb')).toBe(theme[paint]('ab'));
    }
  });

  test('signs, and words in their place', () => {
    const [signs, words] = [false, true].map((plain) => {
      const theme = makeTheme({ colour: false, plain });
      return OUTCOMES.map((outcome) => theme.sign(outcome));
    });
    expect(signs).toEqual(['✓', '✗', '?', '–', '⊘']);
    expect(words).toEqual(['pass', 'FAIL', 'unsure', 'skipped', 'blocked']);
  });
});
