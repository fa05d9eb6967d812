/* oxlint-disable no-control-regex -- control characters are what these tests are about */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clean, cleanLine, keepColours } from '../../src/ui/clean.ts';
import { factor } from '../support/prove.ts';

const ESC = '\u001B';
const BEL = '\u0007';
const ST = `${ESC}\\`;

/** Everything that must never reach a terminal from outside: C0 but \n and \t, DEL, C1, direction, no width. */
const HARMFUL =
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u061C\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/u;

/** Text made of what attacks are made of, far more often than chance would have it. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ESC,
        '[',
        ']',
        'P',
        'X',
        '^',
        '_',
        '\\',
        BEL,
        '\u009B',
        '\u009D',
        '\u0090',
        '\u009C',
        '\u0098',
      ),
      fc.constantFrom(
        '0',
        '1',
        ';',
        '?',
        '52;c;',
        '8;;',
        'm',
        'H',
        'J',
        'c',
        ' ',
        '\n',
        '\t',
        '\r',
        '\b',
        '\u007F',
      ),
      fc.constantFrom('\u202E', '\u2066', '\u200B', '\u061C', '\uFEFF', `${ESC}[31m`, `${ESC}[0m`),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''));

describe('clean', () => {
  test.each<[string, string, string]>([
    ['colours', `${ESC}[31mred${ESC}[0m`, 'red'],
    ['clear the screen', `a${ESC}[2J${ESC}[Hb`, 'ab'],
    ['cursor up, and write over what is there', `ok${ESC}[1A${ESC}[2KFAIL`, 'okFAIL'],
    ['erase to the left', `FAIL${ESC}[1Kpass`, 'FAILpass'],
    ['alternate screen', `${ESC}[?1049hx${ESC}[?1049l`, 'x'],
    ['a private CSI with intermediates', `a${ESC}[?25;1$pb`, 'ab'],
    ['reset', `a${ESC}cb`, 'ab'],
    ['character set', `a${ESC}(0qqqb`, 'aqqqb'],
    ['save and restore the cursor', `a${ESC}7b${ESC}8c`, 'abc'],
    ['title, ended by BEL', `${ESC}]0;evil${BEL}text`, 'text'],
    ['title, ended by ST', `${ESC}]2;evil${ST}text`, 'text'],
    [
      'a link that leads elsewhere',
      `${ESC}]8;;http://evil${ST}kubernetes.io${ESC}]8;;${ST}`,
      'kubernetes.io',
    ],
    ['the clipboard', `${ESC}]52;c;cm0gLXJmIH4=${BEL}x`, 'x'],
    ['DCS', `a${ESC}P$q"p${ST}b`, 'ab'],
    ['APC, PM and SOS', `a${ESC}_x${ST}b${ESC}^y${ST}c${ESC}Xz${ST}d`, 'abcd'],
    ['8-bit CSI', 'a\u009B2Jb', 'ab'],
    ['8-bit OSC and ST', 'a\u009D52;c;x\u009Cb', 'ab'],
    ['8-bit DCS', 'a\u0090q\u009Cb', 'ab'],
    ['an OSC without an end', `a${ESC}]0;evil`, 'a'],
    ['an OSC without an end hides its own line only', `a${ESC}]8;;evil\nb\nc`, 'a\nb\nc'],
    ['a CSI without an end', `a${ESC}[31`, 'a31'],
    ['an escape at the end', `a${ESC}`, 'a'],
    ['a sequence within a sequence', `a${ESC}${ESC}[31m[2Jb`, 'a[2Jb'],
    ['what is left must not make a new one', `${ESC}]x${BEL}${ESC}\u0000[2J`, '[2J'],
    ['carriage return', 'good\rbad', 'goodbad'],
    ['backspace and bell', 'a\b\bb\u0007', 'ab'],
    ['form feed, vertical tab, NUL, DEL', 'a\f\v\0\u007Fb', 'ab'],
    ['right to left override', 'nginx\u202Egpj.exe', 'nginxgpj.exe'],
    ['isolates', '\u2066a\u2069\u2068b', 'ab'],
    ['Arabic letter mark', 'a\u061Cb', 'ab'],
    ['zero width', 'kube\u200B\u200D\u2060\uFEFFctl', 'kubectl'],
    ['soft hyphen', 'kube\u00ADctl', 'kubectl'],
    ['tags', 'a\u{E0001}\u{E0041}b', 'ab'],
  ])('%s', (_, text, expected) => expect(clean(text)).toBe(expected));

  test.each(['a\n\tb', 'Grüße, 世界 🌍', '[31m is text, ]0;x too', 'e\u0301'])('%j stays as it is', (text) =>
    expect(clean(text)).toBe(text),
  );

  test('nothing harmful comes through, whatever the text', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(clean(text)).not.toMatch(HARMFUL);
        expect(clean(clean(text))).toBe(clean(text));
      }),
      { numRuns: 3000 * factor },
    );
  });

  test('a line is one line', () => {
    expect(cleanLine(' a\n\tb \u2028 c\r\nd ')).toBe('a b c d');
    fc.assert(
      fc.property(hostile, (text) => {
        expect(cleanLine(text)).not.toMatch(/[\n\t\u2028\u2029]/);
      }),
    );
  });
});

describe('keepColours', () => {
  test.each<[string, string, string]>([
    ['colours stay', `${ESC}[1;31mred${ESC}[0m`, `${ESC}[1;31mred${ESC}[0m`],
    ['the cursor stays where it is', `${ESC}[31ma${ESC}[2Ab`, `${ESC}[31mab`],
    ['an OSC around a colour', `${ESC}]0;t${ESC}[31mx${BEL}y`, `${ESC}[31mxy`],
    ['a private sequence that ends in m', `${ESC}[>4;2mx`, 'x'],
    ['8-bit colours are no colours of ours', '\u009B31mx', 'x'],
    ['a colour torn apart', `${ESC}${ESC}[0m[2J`, `${ESC}[0m[2J`],
  ])('%s', (_, text, expected) => expect(keepColours(text)).toBe(expected));

  test('nothing but colours steers, whatever the text', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const kept = keepColours(text);
        expect(kept.replace(/\u001B\[[0-9;]*m/g, '')).not.toMatch(HARMFUL);
        // No sequence comes to be that was not there.
        const colours = kept.match(/\u001B\[[0-9;]*m/g) ?? [];
        expect(text.match(/\u001B\[[0-9;]*m/g) ?? []).toEqual(colours);
      }),
      { numRuns: 3000 * factor },
    );
  });
});
