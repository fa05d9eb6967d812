import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonical, compare, nanos, plus } from '../../../src/practice/api/quantity.ts';
import { factor } from '../../support/prove.ts';

describe('quantities', () => {
  it.each([
    ['0', '0'],
    ['0Mi', '0'],
    ['1', '1'],
    ['1000m', '1'],
    ['0.5', '500m'],
    ['.5', '500m'],
    ['1500m', '1500m'],
    ['1.5', '1500m'],
    ['1000', '1k'],
    ['1024', '1024'],
    ['1024Mi', '1Gi'],
    ['1000Mi', '1000Mi'],
    ['0.5Gi', '512Mi'],
    ['128974848', '128974848'],
    ['129e6', '129e6'],
    ['129M', '129M'],
    ['-1', '-1'],
    ['+2Ki', '2Ki'],
    ['1e3', '1e3'],
  ])('%s is %s', (text, expected) => expect(canonical(text)).toBe(expected));

  it.each(['', 'x', '1x', '1 Mi', 'Mi', '1MI', '1e', '--1', '1e999', '.'])('%j is none', (text) =>
    expect(canonical(text)).toBeUndefined(),
  );

  // The kind of suffix is that of the first one which is not zero, as in resource.Quantity's Add.
  it.each([
    ['0', '0', '0'],
    ['0', '64Mi', '64Mi'],
    ['64Mi', '64Mi', '128Mi'],
    ['512Mi', '512Mi', '1Gi'],
    ['1G', '24Mi', '1025165824'],
    ['24Mi', '976Ki', '25552Ki'],
    ['500m', '500m', '1'],
    ['0.1', '0.2', '300m'],
    ['1e3', '500', '1500'],
    ['3', '-3', '0'],
  ])('%s and %s are %s', (a, b, expected) => expect(plus(a, b)).toBe(expected));

  it.each([
    ['1', '1000m', 0],
    ['1Gi', '1G', 1],
    ['999M', '1Gi', -1],
    ['1n', '0', 1],
  ])('%s against %s is %d', (a, b, expected) => expect(compare(a, b)).toBe(expected));

  it('are read in no time, however long', () => {
    const began = performance.now();
    for (const text of ['1'.repeat(200_000), `${'1'.repeat(200_000)}x`, `.${'1'.repeat(200_000)}x`])
      expect(canonical(text)).toBeUndefined();
    // Reading it from every digit again takes half a minute.
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it('mean the same in canonical form', () => {
    const suffix = fc.constantFrom('', 'm', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi');
    fc.assert(
      fc.property(
        fc.integer({ min: -1_000_000, max: 1_000_000 }),
        fc.nat(999),
        suffix,
        (whole, part, unit) => {
          const text = `${whole}.${String(part).padStart(3, '0')}${unit}`;
          const written = canonical(text)!;
          expect(nanos(written)).toBe(nanos(text));
          // What no binary suffix fits is written without one, and read as decimal from then on.
          if (!unit.endsWith('i')) expect(canonical(written)).toBe(written);
        },
      ),
      { numRuns: 200 * factor },
    );
  });
});
