import * as fc from 'fast-check';
import { CORE_SCHEMA, defineScalarTag, dump, load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import type { Position } from '../../src/lesson/position.ts';
import { parseYaml, type Path } from '../../src/lesson/source.ts';
import { mapping } from '../../src/lesson/violation.ts';
import { factor } from '../support/prove.ts';

/** \`code line:column\` of everything wrong with a text. */
function faults(text: string): string[] {
  return parseYaml('file.yaml', text).diagnostics.map((one) => `${one.code} ${one.line}:${one.column}`);
}

function place(text: string, path: Path, part?: 'key' | 'value'): string {
  const position = parseYaml('file.yaml', text).documents[0]?.positionOf(path, part);
  return `${position?.line}:${position?.column}`;
}

describe('what a strict reader refuses', () => {
  test.each([
    ['syntax: the line above ends in a colon', 'a: b: c\n', ['yaml-syntax 1:5']],
    ['an unclosed quote', 'a: "x\n', ['yaml-syntax 2:1']],
    ['a tab as indentation', 'a:\n\tb: 1\n', ['yaml-syntax 2:1']],
    [
      'a key twice',
      'a: 1\nb: {c: 1, d: 2, c: 3}\na: 2\n',
      ['yaml-duplicate-key 2:17', 'yaml-duplicate-key 3:1'],
    ],
    ['the same key, quoted', 'a: 1\n"a": 2\n', ['yaml-duplicate-key 2:1']],
    ['an alias', 'a: &a [1]\nb: *a\nc: *a\n', ['yaml-alias 2:4', 'yaml-alias 3:4']],
    ['an alias bomb', bomb(), Array.from({ length: 18 }, () => expect.stringMatching(/^yaml-alias /))],
    ['a merge key', 'a:\n  <<: {b: 1}\n', ['yaml-merge-key 2:3']],
    ['a list as key', '? [a]\n: 1\n', ['yaml-key 1:3']],
    ['a mapping as key', '? {a: 1}\n: 1\n', ['yaml-key 1:3']],
    ['a number as key', '80: http\n', ['yaml-key 1:1']],
    ['nothing as key', '~: http\n', ['yaml-key 1:1']],
    ['__proto__', '__proto__: {polluted: true}\n', ['yaml-key 1:1']],
    ['__proto__, quoted', '"__proto__": {polluted: true}\n', ['yaml-key 1:1']],
    ['an escape sequence', 'a: "\\e[31mred"\n', ['yaml-control-character 1:4']],
    ['an escape sequence in a key', '"\\x1b": 1\n', ['yaml-control-character 1:1']],
    ['a carriage return', 'a: "x\\ry"\n', ['yaml-control-character 1:4']],
    ['text that reads backwards', 'a: "x\\u202Ey"\n', ['yaml-control-character 1:4']],
    ['an escape byte as it is', 'a: \u001b[31m\n', ['yaml-syntax 1:4']],
    [
      'what YAML 1.1 reads as true',
      'a: [yes, On, y]\n',
      ['yaml-ambiguous 1:5', 'yaml-ambiguous 1:10', 'yaml-ambiguous 1:14'],
    ],
    ['what YAML 1.1 reads as octal', 'mode: 0644\n', ['yaml-ambiguous 1:7']],
    [
      'a number beyond numbers',
      'a:\n  - .inf\n  - 12345678901234567890\n',
      ['yaml-number 2:5', 'yaml-number 3:5'],
    ],
    ['depth', '['.repeat(33), ['yaml-syntax 1:32']],
    ['an unknown tag', 'a: !!js/function x\n', ['yaml-syntax 1:4']],
    ['size', `a: ${'x'.repeat(1024 * 1024)}`, ['file-too-large 1:1']],
  ])('%s', (_, text, expected) => {
    expect(faults(text)).toEqual(expected);
    expect(parseYaml('file.yaml', text).documents).toEqual([]);
  });

  test.each([
    ['tabs and line feeds in text', 'a: "x\\ty\\nz"\n', { a: 'x\ty\nz' }],
    ['quoted words', 'a: ["yes", \'0644\', "80"]\n"80": 1\n', { a: ['yes', '0644', '80'], '80': 1 }],
    [
      'names of prototypes',
      'constructor: 1\nprototype: 2\ntoString: 3\n',
      { constructor: 1, prototype: 2, toString: 3 },
    ],
    ['an anchor nobody refers to', 'a: &x 1\n', { a: 1 }],
    ['lines that end as on Windows', 'a: |\r\n  x\r\n  y\r\nb: 1\r\n', { a: 'x\ny\n', b: 1 }],
    ['ordinary numbers', 'a: [0, -1, 0.5, 0x10]\n', { a: [0, -1, 0.5, 16] }],
  ])('allowed: %s', (_, text, expected) => {
    const source = parseYaml('file.yaml', text);
    expect(source.diagnostics).toEqual([]);
    expect(source.documents[0]?.value).toEqual(expected);
  });

  test('a text cannot reach the prototype of anything', () => {
    parseYaml('file.yaml', 'constructor: {prototype: {polluted: true}}\n');
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});

describe('positions', () => {
  const text = `a: 1
b: { c: "x", d: , e: [p: 1] }
text: |  # a comment | with a bar
  hello
   there
'quoted': # > comment
  - r
  -
  - !!str 5
  - &x foo
last:
`;

  test.each([
    [[], 'value', '1:1'],
    [['a'], 'key', '1:1'],
    [['a'], 'value', '1:4'],
    [['b'], 'value', '2:4'],
    [['b', 'c'], 'value', '2:9'],
    [['b', 'd'], 'value', '2:14'],
    [['b', 'e', 0, 'p'], 'value', '2:26'],
    [['text'], 'value', '3:7'],
    [['quoted'], 'key', '6:1'],
    [['quoted'], 'value', '7:3'],
    [['quoted', 0], 'value', '7:5'],
    [['quoted', 2], 'value', '9:5'],
    [['quoted', 3], 'value', '10:5'],
    [['last'], 'value', '11:1'],
    [['missing'], 'key', '1:1'],
    [['b', 'missing', 'deep'], 'value', '2:4'],
    [['quoted', 99], 'value', '7:3'],
  ] satisfies [Path, 'key' | 'value', string][])('%j, %s', (path, part, expected) => {
    expect(place(text, path, part)).toBe(expected);
  });

  test.each([
    ['a: |\n  one $x\n  $x two\n', 1, '3:3'],
    ['a: |\r\n  one $x\r\n  $x two\r\n', 1, '3:3'],
    ['a: >-\n\n\n    $x\n', 0, '4:5'],
    ['a: "$x $x"', 1, '1:8'],
    ['a: "\\x24x"', 0, '1:4'],
    ['a: $x\nb: $x', 1, '1:4'],
  ])('the nth occurrence inside %j', (text, nth, expected) => {
    const position = parseYaml('file.yaml', text).documents[0]?.positionOfText(['a'], '$x', nth);
    expect(`${position?.line}:${position?.column}`).toBe(expected);
  });

  test('documents have positions of their own', () => {
    const { documents } = parseYaml('file.yaml', '# nothing\n---\na: 1\n---\n---\nb:\n  c: 2\n');
    expect(documents.map((one) => one.value)).toEqual([{ a: 1 }, null, { b: { c: 2 } }]);
    expect(documents.map((one) => one.positionOf([]).line)).toEqual([3, 1, 6]);
    expect(documents[2]?.positionOf(['b', 'c'])).toEqual({ line: 7, column: 6 });
  });

  const key = fc.string({ maxLength: 8 }).filter((one) => one !== '__proto__' && clean(one));
  const leaf = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 30 }).filter(clean),
    fc.stringMatching(/^[a-z |>#:"'-]{0,12}\n[a-z |>#\n]{0,20}$/),
    fc.integer(),
    fc.boolean(),
    fc.integer().map((one) => one / 8),
  );
  const { data } = fc.letrec<{ data: unknown }>((tie) => ({
    data: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      leaf,
      fc.array(tie('data'), { maxLength: 4 }),
      fc.dictionary(key, tie('data'), { maxKeys: 4 }),
    ),
  }));

  test('every scalar is found where it is written, whatever the style', () => {
    const options = fc.record({
      flowLevel: fc.constantFrom(-1, 1, 2),
      indent: fc.constantFrom(2, 4),
      seqNoIndent: fc.boolean(),
      forceQuotes: fc.boolean(),
      lineWidth: fc.constantFrom(20, 80),
    });
    fc.assert(
      fc.property(data, options, (value, options) => {
        const text = dump(value, { noRefs: true, ...options });
        const source = parseYaml('file.yaml', text);
        // js-yaml leaves some words bare that YAML 1.1 takes for something else (`nO`); those are refused, and rightly.
        fc.pre(!source.diagnostics.some(({ code }) => code === 'yaml-ambiguous'));
        expect(source.diagnostics).toEqual([]);
        const [document] = source.documents;
        expect(document?.value).toEqual(value);
        for (const [path, scalar] of scalars(value)) {
          const probed = probe(text, document?.positionOf(path));
          expect(probed, `${JSON.stringify(path)} in\n${text}`).toEqual(
            replaced(value, path, `probed ${String(scalar)}`),
          );
          const name = path.at(-1);
          if (typeof name !== 'string') continue;
          const renamed = probe(text, document?.positionOf(path, 'key'));
          expect(renamed, `key ${JSON.stringify(path)} in\n${text}`).toEqual(
            rekeyed(value, path, `probed ${name}`),
          );
        }
      }),
      { numRuns: 300 * factor },
    );
  });
});

function bomb(): string {
  const lines = ['a0: &a0 [x, x]'];
  for (let level = 1; level < 10; level++)
    lines.push(`a${level}: &a${level} [*a${level - 1}, *a${level - 1}]`);
  return lines.join('\n');
}

/** Neither with characters that are refused, nor like `0o8`, which is refused unless quoted, and which `dump` does not quote. */
function clean(text: string): boolean {
  return !/(?![\n\t])\p{C}|[\u2028\u2029\ufffe\uffff]/u.test(text) && !/^[-+]?0[ob][0-9_]+$/i.test(text);
}

function scalars(value: unknown, path: Path = []): [Path, unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([key, child]) => scalars(child, [...path, key]));
}

const PROBE = CORE_SCHEMA.withTags(
  defineScalarTag('!probe', { resolve: (source) => `probed ${source}`, identify: () => false }),
);

/** The data of a text in which a tag is written at a place: it changes the scalar that begins there, and nothing else. */
function probe(text: string, at: Position | undefined): unknown {
  const lines = text.split('\n');
  const line = lines[(at?.line ?? 0) - 1] ?? '';
  const column = (at?.column ?? 0) - 1;
  const tagged = `${line.slice(0, column)}!probe ${line.slice(column)}`;
  return load(lines.with((at?.line ?? 0) - 1, tagged).join('\n'), { schema: PROBE });
}

function replaced(value: unknown, [step, ...rest]: Path, by: unknown): unknown {
  if (step === undefined) return by;
  if (Array.isArray(value))
    return value.map((one, index) => (index === step ? replaced(one, rest, by) : one));
  const entries = Object.entries(mapping(value) ?? {});
  return Object.fromEntries(entries.map(([key, one]) => [key, key === step ? replaced(one, rest, by) : one]));
}

function rekeyed(value: unknown, path: Path, by: string): unknown {
  const last = path.at(-1);
  const parent = path.slice(0, -1).reduce<unknown>((inner, step) => Object(inner)[step], value);
  const entries = Object.entries(mapping(parent) ?? {}).map(([key, one]) => [key === last ? by : key, one]);
  return replaced(value, path.slice(0, -1), Object.fromEntries(entries));
}
