import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Pattern } from '../../../src/practice/containers/shell/pattern.ts';
import { evaluate } from '../../../src/practice/containers/shell/arithmetic.ts';
import { parseProgram } from '../../../src/practice/containers/shell/syntax.ts';
import { factor } from '../../support/prove.ts';
import { shell } from './support/machine.ts';
import { Person } from './support/person.ts';
import { testMachine } from './support/machine.ts';

const runs = (cases: number): { numRuns: number } => ({ numRuns: cases * factor });

/** Text that can be an argument: no NUL, whole characters. */
const text = fc.string({ unit: 'grapheme' }).map((each) => each.replaceAll('\0', ''));

test('any text between single quotes is itself', async () => {
  await fc.assert(
    fc.asyncProperty(text, async (value) => {
      const quoted = `'${value.replaceAll("'", "'\\''")}'`;
      expect(await shell(`printf %s ${quoted}`)).toEqual({ stdout: value, stderr: '', status: 0 });
    }),
    runs(150),
  );
});

test('any text between double quotes, escaped, is itself', async () => {
  await fc.assert(
    fc.asyncProperty(text, async (value) => {
      const quoted = `"${value.replaceAll(/["\\$`]/g, '\\$&')}"`;
      expect((await shell(`x=${quoted}; printf %s "$x"`)).stdout).toBe(value);
    }),
    runs(150),
  );
});

test('any text goes through a here-document, a pipe and a file', async () => {
  await fc.assert(
    fc.asyncProperty(text, async (value) => {
      fc.pre(!value.split('\n').includes('EOF'));
      const line = `cat <<'EOF' | cat > f; cat f\n${value}\nEOF\n`;
      expect((await shell(line)).stdout).toBe(`${value}\n`);
    }),
    runs(100),
  );
});

test('field splitting keeps every word', async () => {
  const word = fc.stringMatching(/^[a-z0-9.]{1,5}$/);
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 6 }), async (words) => {
      const line = `x='${words.join(' \t ')}'; set -- $x; echo $#; for i; do echo "$i"; done`;
      expect((await shell(line)).stdout).toBe([words.length, ...words, ''].join('\n'));
    }),
    runs(100),
  );
});

// None that reads for ever without writing: behind `yes` it would run for ever in any shell.
const stage = fc.constantFrom(
  'cat',
  'head -n 3',
  'yes',
  'true',
  'false',
  'echo x',
  '{ cat; echo y; }',
  '( head -n 1; cat )',
  'while read x; do echo $x; done',
  'sh -c cat',
  'nope',
  'exit 3',
  'sleep 1',
  'cat nofile',
  'read x',
);

test('pipelines of anything end, when their last stage or their first does', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(stage, { maxLength: 4 }),
      fc.constantFrom('', ' &', ' > f', ' 2>&1'),
      async (stages, tail) => {
        const line = `${[...stages, 'head -n 2'].join(' | ')}${tail}`;
        const outcome = await shell(line);
        expect(outcome.status).toBeGreaterThanOrEqual(0);
        expect(outcome.status).toBeLessThan(139);
      },
    ),
    runs(100),
  );
});

const piece = fc.constantFrom(
  ...[
    'echo',
    'a',
    '$x',
    '${x',
    '${x:-',
    '}',
    '"',
    "'",
    '`',
    '$(',
    ')',
    '((',
    '))',
    '$((',
    '<<E',
    '\n',
    'E',
    ';',
    '&',
    '&&',
    '|',
    '||',
    '>',
    '<',
    '>&',
    '2>&1',
    '&>',
    '{',
    '(',
    'if',
    'then',
    'fi',
    'while',
    'do',
    'done',
    'for',
    'in',
    'case',
    'esac',
    ';;',
    '!',
    '*',
    '[',
    ']',
    '?',
    '~',
    '\\',
    '#',
    '=',
    'x=',
    '[[',
    '${#',
    '$@',
    '"$@"',
    '${x%%',
    '${x/',
    'f()',
    'true',
    'set -e',
    ' ',
    '\t',
    '$',
    '1+',
    'é',
    '\u0001',
    '{a,b}',
    '@(',
    'time',
    'coproc',
    'select',
    'function',
    '<(',
    '<<<',
    '<<-',
  ],
);

test('whatever is typed, the shell answers and does not crash', async () => {
  const line = fc.oneof(
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(' ')),
    text,
  );
  await fc.assert(
    fc.asyncProperty(line, async (source) => {
      // Loops without an end are killed.
      const outcome = await shell(source, testMachine(), 1000);
      expect(outcome.status).toBeGreaterThanOrEqual(0);
      expect(outcome.status).not.toBe(139);
    }),
    runs(400),
  );
});

test('the parser answers anything, and what is incomplete was no whole program', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 15 }), (pieces) => {
      const source = pieces.join(' ');
      const { problem } = parseProgram(source);
      if (problem !== undefined) expect(problem.position).toBeLessThanOrEqual(source.length);
    }),
    runs(1000),
  );
});

test('whatever keys are pressed, the line editor goes on', async () => {
  const key = fc.oneof(
    fc.constantFrom(
      ...'\x01\x02\x05\x06\x08\t\x0b\x0c\x0e\x10\x15\x17\x7f'.split(''),
      '\x1b[A',
      '\x1b[B',
      '\x1b[C',
      '\x1b[D',
      '\x1b[3~',
      '\x1b',
      '\x1b[',
      '\x1bb',
      '漢',
    ),
    fc.string({ maxLength: 3 }).map((each) => each.replaceAll(/[\r\n\x03\x04]/g, '')),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(key, { maxLength: 20 }), async (keys) => {
      const person = new Person(testMachine());
      for (const each of keys) await person.terminal.type(new TextEncoder().encode(each));
      await person.types('\x03');
      await person.types('\x15\x0becho alive\r');
      expect(person.process.alive).toBe(true);
      expect((await person.types('\x03echo again\r')).includes('again\r\n')).toBe(true);
    }),
    runs(60),
  );
});

test('a pattern of plain text matches itself alone', () => {
  fc.assert(
    fc.property(text, text, (pattern, other) => {
      const compiled = new Pattern([{ text: pattern, active: false }]);
      expect(compiled.matches(pattern)).toBe(true);
      expect(compiled.matches(other)).toBe(pattern === other);
    }),
    runs(300),
  );
});

test('* and ? match as a regular expression does', () => {
  const letters = fc.stringMatching(/^[ab]{0,8}$/);
  fc.assert(
    fc.property(fc.stringMatching(/^[ab*?]{0,6}$/), letters, (pattern, value) => {
      const expected = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
      expect(new Pattern([{ text: pattern, active: true }]).matches(value)).toBe(expected.test(value));
    }),
    runs(1000),
  );
});

test('arithmetic is that of 64 bits', () => {
  const number = fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n });
  const operators = {
    '+': (a: bigint, b: bigint) => a + b,
    '-': (a: bigint, b: bigint) => a - b,
    '*': (a: bigint, b: bigint) => a * b,
    '&': (a: bigint, b: bigint) => a & b,
    '|': (a: bigint, b: bigint) => a | b,
    '^': (a: bigint, b: bigint) => a ^ b,
  };
  fc.assert(
    fc.property(
      number,
      number,
      fc.constantFrom(...(Object.keys(operators) as (keyof typeof operators)[])),
      (a, b, operator) => {
        const value = evaluate(`(${a}) ${operator} (${b})`, { get: () => undefined, set: () => undefined });
        expect(value).toBe(BigInt.asIntN(64, operators[operator](a, b)));
      },
    ),
    runs(300),
  );
});
