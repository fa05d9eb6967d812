import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Verdict } from '../../src/checks/verdict.ts';
import { forgetVerdicts, readLastVerdicts, rememberVerdicts } from '../../src/tutor/last-verdicts.ts';
import { StateFolder } from '../../src/tutor/state-folder.ts';

const path = mkdtempSync(join(tmpdir(), 'k8snet-verdicts-'));
afterAll(() => rmSync(path, { recursive: true }));
let folders = 0;
const newFolder = (): StateFolder => new StateFolder(join(path, String(++folders)));

const AT = '2026-01-01T12:00:00.000Z';
function verdict(check: string, observed: string): Verdict {
  return {
    check,
    kind: 'http',
    outcome: 'fail',
    code: 'wrong-body',
    subject: '',
    observed,
    expected: '',
    evidence: [],
    details: {},
  };
}

test('what was found is there for the next check, page by page', () => {
  const folder = newFolder();
  rememberVerdicts(folder, 'one', [verdict('page', 'x'), verdict('open', 'y')], AT);
  rememberVerdicts(folder, 'two', [verdict('page', 'z')], AT);
  rememberVerdicts(folder, 'one', [verdict('page', 'later')], AT);
  expect(readLastVerdicts(folder, 'one')).toEqual({
    page: { outcome: 'fail', code: 'wrong-body', observed: 'later', at: AT },
  });
  expect(readLastVerdicts(folder, 'two')['page']?.observed).toBe('z');
  forgetVerdicts(folder);
  expect(readLastVerdicts(folder, 'one')).toEqual({});
});

test('a huge answer is not kept whole', () => {
  const folder = newFolder();
  rememberVerdicts(folder, 'one', [verdict('page', 'x'.repeat(1_000_000))], AT);
  expect(readLastVerdicts(folder, 'one')['page']?.observed).toHaveLength(300);
});

test.each(['', '{', '[]', '{"one": {"page": {"outcome": "splendid"}}}'])(
  'a damaged file counts as none: %j',
  (text) => {
    const folder = newFolder();
    folder.write('verdicts.json', text);
    expect(readLastVerdicts(folder, 'one')).toEqual({});
    rememberVerdicts(folder, 'one', [verdict('page', 'x')], AT);
    expect(readLastVerdicts(folder, 'one')['page']?.observed).toBe('x');
  },
);

test('where nothing can be written the check goes on', () => {
  const file = join(path, 'a-file');
  writeFileSync(file, '');
  expect(() =>
    rememberVerdicts(new StateFolder(join(file, 'below')), 'one', [verdict('page', 'x')], AT),
  ).not.toThrow();
});
