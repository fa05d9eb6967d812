import { describe, expect, test } from 'vitest';
import { showExactly, showLookAlikes } from '../../src/ui/look-alike.ts';
import { renderMarkdown } from '../../src/ui/markdown.ts';
import { GREY } from './themes.ts';

describe('letters that are not what they seem', () => {
  test.each<[string, string, string]>([
    ['one Cyrillic letter', 'multi-cont\u0430iner', String.raw`multi-cont\u{430}iner`],
    ['a whole word of them', '\u0440\u043E\u0440 web', String.raw`\u{440}\u{43e}\u{440} web`],
    ['Greek', 'p\u03BFd', String.raw`p\u{3bf}d`],
    ['Armenian', 'n\u0585de', String.raw`n\u{585}de`],
    ['full-width', 'ｗｅｂ', String.raw`\u{ff57}\u{ff45}\u{ff42}`],
    ['mathematical', 'w𝐞b', String.raw`w\u{1d41e}b`],
    ['a ligature', 'con\uFB01g', String.raw`con\u{fb01}g`],
    ['dotless', 'nginx-ı', String.raw`nginx-\u{131}`],
    ['phonetic', 'ɡateway', String.raw`\u{261}ateway`],
  ])('%s', (_, text, shown) => {
    expect(showLookAlikes(text)).toBe(shown);
    expect(showExactly(text)).toBe(shown);
  });

  test.each([
    'kubectl get pods -o wide',
    'Grüße aus Łódź, déjà vu',
    'Посмотрите на Pod web и узел',
    'Δείτε το Pod',
    'Pod名 世界 프로그램',
    '5µs, 3 m², ✓ … 🌍',
    'الشبكة רשת',
  ])('%j stays readable', (text) => expect(showLookAlikes(text)).toBe(text));

  test.each<[string, string]>([
    ['get pods \u2013n lab', String.raw`get pods \u{2013}n lab`],
    ['echo \u201Chi\u201D', String.raw`echo \u{201c}hi\u{201d}`],
    ['get\u00A0pods', String.raw`get\u{a0}pods`],
    ['http:\u2215\u2215web', String.raw`http:\u{2215}\u{2215}web`],
    ['echo Grüße …', 'echo Grüße …'],
  ])('%j, to be typed', (text, shown) => expect(showExactly(text)).toBe(shown));

  test('in the code of a lesson, and not in its prose', () => {
    expect(renderMarkdown('Наберите `get p\u043Ed`, в Podе', GREY, 80)).toEqual([
      String.raw`Наберите get p\u{43e}d, в Podе`,
    ]);
    expect(renderMarkdown('```sh\nget pods \u2013n lab\n```', GREY, 80)).toEqual([
      String.raw`get pods \u{2013}n lab`,
    ]);
  });

  test('takes no longer for a long text', () => {
    const before = performance.now();
    showExactly('a'.repeat(1_000_000) + '\u0430'.repeat(1_000_000));
    expect(performance.now() - before).toBeLessThan(10_000);
  });
});
