import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { VERDICT_CODES, wordingOf } from '../../src/checks/wording.ts';
import { argumentOf, nameWord, shellWord } from '../../src/shell-word.ts';
import { cleanLine } from '../../src/ui/clean.ts';
import { factor } from '../support/prove.ts';

const EVIL = "x'; EVIL `EVIL` $(EVIL) > EVIL \u001B['\\ EVIL & EVIL\nEVIL";

/** What a POSIX shell reads outside of quotes. */
function outsideQuotes(line: string): string {
  return line.replace(/'[^']*'|\\'/g, '');
}

/** Every name and value that words ask for, but for what the lesson itself wrote. */
const KEYS = [
  ...'asked container elsewhere image listens message near nearest node now of pagePort pod port ports'.split(
    ' ',
  ),
  ...'quota relation resource server serving servingPort similar target text url value variable verb whose'.split(
    ' ',
  ),
];

test.each(VERDICT_CODES)('%s: a name from the cluster does not leave its place in a line to copy', (code) => {
  const details = Object.fromEntries(KEYS.map((key) => [key, EVIL]));
  for (const line of wordingOf({ code, details }).next) {
    const command = /\b(?:kubectl|curl|k8snet-tutor|nc) .*$|\w+=.*$/s.exec(cleanLine(line))?.[0] ?? '';
    expect(outsideQuotes(command)).not.toContain('EVIL');
  }
});

test('a name that looks like a flag is none', () => {
  expect(argumentOf('-n evil')).toBe(String.raw`\u{2d}n evil`);
  expect(nameWord('--all')).toBe(String.raw`'\u{2d}-all'`);
  expect(nameWord('web-1.example')).toBe('web-1.example');
  const { next } = wordingOf({ code: 'pod-ended', details: { pod: '-n evil' } });
  expect(next[0]).toBe(String.raw`See why: kubectl describe pod '\u{2d}n evil'`);
});

test('whatever the word, cleaning what is quoted opens no quote', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.string({ maxLength: 10 }),
      (first, second) => {
        const word = `${first}\u001B['${second}\u009D'`;
        for (const quoted of [shellWord(word), nameWord(word)])
          expect(outsideQuotes(cleanLine(quoted))).toMatch(/^[\w@%+=:,./~-]*$/);
      },
    ),
    { numRuns: 1000 * factor },
  );
});
