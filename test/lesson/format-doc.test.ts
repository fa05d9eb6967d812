import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { KNOWN_FACTS } from '../../src/lesson/fact-reference.ts';
import { loadLesson } from '../../src/lesson/load.ts';
import { checkSchema } from '../../src/lesson/check.ts';
import { headerSchema, RESERVED, stepSchema } from '../../src/lesson/schema.ts';
import { memoryPack, POD } from './memory-pack.ts';

const doc = readFileSync(new URL('../../docs/lesson-format.md', import.meta.url), 'utf8');
const sources = new URL('../../src/lesson/', import.meta.url);
const source = readdirSync(sources)
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(new URL(name, sources), 'utf8'))
  .join('\n');

/** How the sources write a code: as a member, as the argument of a helper, as a row of the table of refusals. */
const WRITTEN = [
  /\bcode(?:: | = )'([^']+)'/g,
  /\b(?:unparsed|refused)\(\s*'([^']+)'/g,
  /\b(?:violation|nodeNetwork)\(\s*[^,']+,\s*'([^']+)'/g,
  /^ {2}\['\w+', '([^']+)', /gm,
];
/** zod's own word for an issue of ours. */
const NOT_A_DIAGNOSTIC = 'custom';

function section(title: string): string {
  const [, rest = ''] = doc.split(`\n## ${title}\n`);
  return rest.split('\n## ')[0] ?? '';
}

/** The first column of the tables in a section. */
function firstColumn(title: string): string[] {
  return [...section(title).matchAll(/^\| `([^`]+)` +\|/gm)].map(([, code = '']) => code);
}

describe('docs/lesson-format.md', () => {
  test('its table has every code of the sources, and no other', () => {
    const codes = WRITTEN.flatMap((written) => [...source.matchAll(written)].map(([, code]) => code!));
    const known = new Set(codes.filter((code) => code !== NOT_A_DIAGNOSTIC));
    expect(known.size).toBeGreaterThan(60);
    expect(firstColumn('Diagnostics')).toEqual([...known].toSorted((a, b) => (a < b ? -1 : 1)));
  });

  test('its table has every code that a broken lesson was seen to have', () => {
    const folder = new URL('broken/', import.meta.url);
    const golden = readdirSync(folder).filter((name) => name.endsWith('.txt'));
    const seen = golden
      .map((name) => readFileSync(new URL(name, folder), 'utf8'))
      .flatMap((text) => [...text.matchAll(/^([a-z-]+) \S*\d+:\d+ /gm)].map(([, code]) => code));
    expect(seen.length).toBeGreaterThan(30);
    expect(firstColumn('Diagnostics')).toEqual(expect.arrayContaining(seen));
  });

  test('every key is in it', () => {
    const kinds = checkSchema.options.map((option) => option.shape.kind.value);
    expect(firstColumn('The lesson')).toEqual(Object.keys(headerSchema.shape));
    expect(firstColumn('A step')).toEqual(Object.keys(stepSchema.shape));
    expect(firstColumn('Checks')).toEqual(kinds);
    for (const key of [...RESERVED.lesson, ...RESERVED.step]) {
      expect(section('A step')).toMatch(new RegExp(`\\*\\*reserved\\*\\* [^]*\`${key}\``));
    }
  });

  test('every fact is in it', () => {
    expect(firstColumn('Facts').sort()).toEqual([...KNOWN_FACTS].sort());
  });

  test('its example is a lesson', async () => {
    const [, example = ''] = /```yaml\n([^]*?)```/.exec(section('An example')) ?? [];
    const pack = await memoryPack({ 'lessons/two-containers.yaml': example, 'manifests/pod.yml': POD });
    const { steps } = await loadLesson(pack, 'two-containers');
    const kinds = steps.flatMap((step) => step.checks.map((check) => check.kind));
    expect(new Set(kinds).size).toBe(checkSchema.options.length);
  });
});
