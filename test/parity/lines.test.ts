import { describe, expect, it } from 'vitest';
import { differences } from './differences.ts';
import { readLive, recordedAnswer } from './golden.ts';
import type { KubectlName } from './line.ts';
import { lines, linesFor } from './lines.ts';

describe('the lines', () => {
  it.each(['modern', '1.20'] satisfies KubectlName[])(
    'have names of their own, for kubectl %s',
    (kubectl) => {
      const names = linesFor(kubectl).map((line) => line.name);
      expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    },
  );

  it.each(lines.filter((line) => line.reference === '1.36'))('1.36 has answered $name', (line) => {
    expect(recordedAnswer(line).stdout + recordedAnswer(line).stderr).not.toBe('');
  });

  it.each([
    ['modern', '1.32'],
    ['1.20', '1.20'],
  ] as const)('1.20 has answered kubectl %s, no more and no less', (kubectl, version) => {
    const live = linesFor(kubectl).filter((line) => line.reference === 'live');
    expect(Object.keys(readLive(version) ?? {})).toEqual(live.map((line) => line.name));
  });

  it('say why where nothing is compared, and so does each difference', () => {
    for (const { reference } of lines)
      if (typeof reference === 'object') expect(reference.notCompared).toMatch(/\w+ \w+/);
    for (const { reason } of differences) expect(reason).toMatch(/\w+ .*\.$/);
  });
});
