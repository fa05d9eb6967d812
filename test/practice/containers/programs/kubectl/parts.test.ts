import { describe, expect, it } from 'vitest';
import { humanDuration, seconds } from '../../../../../src/practice/containers/programs/kubectl/duration.ts';
import { parseTemplate, render } from '../../../../../src/practice/containers/programs/kubectl/json-path.ts';
import { align, table } from '../../../../../src/practice/containers/programs/kubectl/tab-writer.ts';
import { threeWayPatch } from '../../../../../src/practice/containers/programs/kubectl/three-way-patch.ts';
import { writeYaml } from '../../../../../src/practice/containers/programs/kubectl/yaml.ts';

describe('YAML as kubectl writes it', () => {
  it.each<[unknown, string]>([
    [{ b: 1, a: 'x' }, 'a: x\nb: 1\n'],
    [{ list: [{ a: 1, b: [] }, 'x'], none: {} }, 'list:\n- a: 1\n  b: []\n- x\nnone: {}\n'],
    [
      ['9999999', 'true', 'no', '1e3', '', 'null', '10.0.0.1'],
      '- "9999999"\n- "true"\n- "no"\n- "1e3"\n- ""\n- "null"\n- 10.0.0.1\n',
    ],
    [
      ['a: b', '- x', '#', "it's", '*', 'a:', 'a#b'],
      "- 'a: b'\n- '- x'\n- '#'\n- it's\n- '*'\n- 'a:'\n- a#b\n",
    ],
    [{ time: '2026-11-23T02:04:11Z' }, 'time: "2026-11-23T02:04:11Z"\n'],
    [{ text: 'a\nb\n' }, 'text: |\n  a\n  b\n'],
    [{ text: 'a\nb' }, 'text: |-\n  a\n  b\n'],
    [{ text: 'a\tb' }, 'text: "a\\tb"\n'],
    [{ long: `${'word '.repeat(20)}end` }, `long: ${'word '.repeat(15)}word\n  ${'word '.repeat(4)}end\n`],
  ])('%j', (value, text) => expect(writeYaml(value)).toBe(text));
});

describe('columns', () => {
  it('are as wide as their widest cell, and six at least', () => {
    expect(
      table([
        ['A', 'NAME', 'C'],
        ['1', 'multi', ''],
      ]),
    ).toBe('A     NAME    C\n1     multi   \n');
  });

  it('end where a line has none', () => {
    expect(align('a:\tx\nlong:\ty\nno cell\nb:\tz\n', 2)).toBe('a:     x\nlong:  y\nno cell\nb:  z\n');
  });
});

const POD = {
  metadata: { name: 'web', labels: { 'a.b/c': 'd' } },
  items: [
    { name: 'x', ready: true, port: 80 },
    { name: 'y', ready: false, port: 8080 },
  ],
};

describe('JSONPath', () => {
  it.each([
    ['{.metadata.name}', 'web'],
    ['{ .metadata.name }', 'web'],
    ['{.items[*].name}', 'x y'],
    ['{.items[0].port}', '80'],
    ['{.items[-1].name}', 'y'],
    ['{.items[0:1].name}', 'x'],
    ['{.items[?(@.name=="y")].port}', '8080'],
    ['{.items[?(@.ready==true)].name}', 'x'],
    ['{.items[?(@.port>100)].name}', 'y'],
    ["{.metadata.labels['a\\.b/c']}", 'd'],
    ["{.metadata.labels['a.b/c']}", ''],
    ['{.metadata.labels.a\\.b/c}', 'd'],
    ['{..port}', '80 8080'],
    ['{.metadata.labels}', '{"a.b/c":"d"}'],
    ['{range .items[*]}{.name}={.port}{"\\n"}{end}', 'x=80\ny=8080\n'],
    ['name: {.metadata.name}, {.nosuch}!', 'name: web, !'],
    ["{.items[*]['name']}", 'x y'],
    ['{$.metadata.name}', 'web'],
  ])('%s', (template, text) => expect(render(parseTemplate(template), POD)).toBe(text));
});

describe('a patch of what was applied, is wanted, and is there', () => {
  const base = { spec: { containers: [{ name: 'c', image: 'a' }] } };
  const there = {
    spec: { containers: [{ name: 'c', image: 'a', imagePullPolicy: 'Always' }], dnsPolicy: 'x' },
  };
  it.each<[string, unknown, unknown, unknown, unknown]>([
    ['nothing to do', base, base, there, undefined],
    [
      'an element is known by its key',
      base,
      { spec: { containers: [{ name: 'c', image: 'b' }] } },
      there,
      { spec: { containers: [{ name: 'c', image: 'b' }] } },
    ],
    [
      'an element goes',
      { spec: { containers: [{ name: 'c' }, { name: 'd' }] } },
      { spec: { containers: [{ name: 'c' }] } },
      { spec: { containers: [{ name: 'c' }, { name: 'd' }] } },
      { spec: { containers: [{ $patch: 'delete', name: 'd' }] } },
    ],
    [
      'what was applied goes',
      { labels: { a: 'b' } },
      { labels: {} },
      { labels: { a: 'b', c: 'd' } },
      { labels: { a: null } },
    ],
    ['what others added stays', {}, { labels: { x: 'y' } }, { labels: { c: 'd' } }, { labels: { x: 'y' } }],
    [
      'a label may be called as what every object inherits',
      {},
      JSON.parse('{"labels":{"__proto__":"a","constructor":"b"}}'),
      { labels: {} },
      JSON.parse('{"labels":{"__proto__":"a","constructor":"b"}}'),
    ],
    ['a list without keys as a whole', {}, { args: ['1', '2'] }, { args: ['1'] }, { args: ['1', '2'] }],
  ])('%s', (_, before, wanted, current, patch) =>
    // As text: what is called `__proto__` would be passed over.
    expect(JSON.stringify(threeWayPatch(before, wanted, current))).toBe(JSON.stringify(patch)),
  );
});

describe('spans of time', () => {
  it.each([
    [0, '0s'],
    [119_000, '119s'],
    [120_000, '2m'],
    [192_000, '3m12s'],
    [600_000, '10m'],
    [11_400_000, '3h10m'],
    [30_000_000, '8h'],
    [180_000_000, '2d2h'],
    [-5_000, '<invalid>'],
  ])('%d ms', (milliseconds, text) => expect(humanDuration(milliseconds)).toBe(text));

  it.each([
    ['1m30s', 90],
    ['500ms', 0.5],
    ['5', 5],
    ['-1s', -1],
  ])('%s', (text, number) => expect(seconds(text)).toBe(number));
});
