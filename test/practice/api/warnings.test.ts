import { validateHeaderValue } from 'node:http';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { warningHeader } from '../../../src/practice/api/warnings.ts';
import { factor } from '../../support/prove.ts';

it('warnings are a header', () => {
  expect(warningHeader([])).toBeUndefined();
  expect(warningHeader(['unknown field "spec.x"', 'b', 'b'])).toBe(
    '299 - "unknown field \\"spec.x\\"", 299 - "b"',
  );
});

it('warnings come in UTF-8, and not without end', () => {
  expect(Buffer.from(warningHeader(['unknown field "ü→"'])!, 'latin1').toString()).toBe(
    '299 - "unknown field \\"ü→\\""',
  );
  const many = Array.from({ length: 10_000 }, (_, index) => `unknown field "f${index}"`);
  expect(warningHeader(many)!.length).toBeLessThan(6000);
});

it('warnings of any text can be sent', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.string({ unit: fc.constantFrom('a', '"', '\n', '\0', '\x7f', '\x80', 'ü', '→', '😀', '\ud800') }),
      ),
      (warnings) => {
        validateHeaderValue('Warning', warningHeader(warnings) ?? '');
      },
    ),
    { numRuns: 200 * factor },
  );
});
