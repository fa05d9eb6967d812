import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergePatch } from '../../../src/practice/api/merge-patch.ts';
import { strategicPatch } from '../../../src/practice/api/strategic-patch.ts';
import { factor } from '../../support/prove.ts';
import { refusal } from './support/api.ts';

const spec = (value: object): Record<string, unknown> => ({ spec: value });

describe('a merge patch', () => {
  // The table of RFC 7386, appendix A.
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j with %j is %j', (target, patch, result) => expect(mergePatch(target, patch)).toEqual(result));

  it('changes nothing when it is applied again, and never what it was applied to', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (target, patch) => {
        const before = JSON.stringify(target);
        const once = mergePatch(target, patch);
        expect(JSON.stringify(target)).toBe(before);
        expect(mergePatch(once, patch)).toEqual(once);
      }),
      { numRuns: 300 * factor },
    );
  });
});

describe('a strategic merge patch', () => {
  it.each<[string, object, object, object]>([
    [
      'merges containers by name',
      {
        containers: [
          { name: 'a', image: 'x', args: ['1'] },
          { name: 'b', image: 'y' },
        ],
      },
      { containers: [{ name: 'b', image: 'z' }] },
      {
        containers: [
          { name: 'a', image: 'x', args: ['1'] },
          { name: 'b', image: 'z' },
        ],
      },
    ],
    [
      'puts new elements before those that it does not speak of',
      { containers: [{ name: 'a' }] },
      { containers: [{ name: 'b' }] },
      { containers: [{ name: 'b' }, { name: 'a' }] },
    ],
    [
      'keeps to $setElementOrder',
      { containers: [{ name: 'a' }, { name: 'b' }] },
      {
        '$setElementOrder/containers': [{ name: 'a' }, { name: 'c' }, { name: 'b' }],
        containers: [{ name: 'c' }],
      },
      { containers: [{ name: 'a' }, { name: 'c' }, { name: 'b' }] },
    ],
    [
      'puts in order without changing',
      { containers: [{ name: 'a' }, { name: 'b' }] },
      { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] },
      { containers: [{ name: 'b' }, { name: 'a' }] },
    ],
    [
      'takes away an element',
      { containers: [{ name: 'a' }, { name: 'b' }] },
      { containers: [{ name: 'a', $patch: 'delete' }] },
      { containers: [{ name: 'b' }] },
    ],
    [
      'replaces a list',
      { containers: [{ name: 'a' }, { name: 'b' }] },
      { containers: [{ $patch: 'replace' }, { name: 'c' }] },
      { containers: [{ name: 'c' }] },
    ],
    [
      'replaces a struct',
      { securityContext: { runAsUser: 1, fsGroup: 2 } },
      { securityContext: { $patch: 'replace', fsGroup: 3 } },
      { securityContext: { fsGroup: 3 } },
    ],
    [
      'empties a map',
      { nodeSelector: { a: 'b' } },
      { nodeSelector: { $patch: 'delete' } },
      { nodeSelector: {} },
    ],
    [
      'replaces lists that have no key',
      { tolerations: [{ key: 'a' }], containers: [{ name: 'a', args: ['1', '2'] }] },
      { tolerations: [{ key: 'b' }], containers: [{ name: 'a', args: ['3'] }] },
      { tolerations: [{ key: 'b' }], containers: [{ name: 'a', args: ['3'] }] },
    ],
    [
      'retains keys of a volume',
      { volumes: [{ name: 'v', emptyDir: {} }] },
      { volumes: [{ $retainKeys: ['name', 'hostPath'], name: 'v', hostPath: { path: '/' } }] },
      { volumes: [{ name: 'v', hostPath: { path: '/' } }] },
    ],
    [
      'merges deep inside an element',
      {
        containers: [
          {
            name: 'a',
            env: [
              { name: 'A', value: '1' },
              { name: 'B', value: '2' },
            ],
          },
        ],
      },
      {
        containers: [
          {
            name: 'a',
            env: [
              { name: 'B', value: '3' },
              { name: 'A', $patch: 'delete' },
            ],
          },
        ],
      },
      { containers: [{ name: 'a', env: [{ name: 'B', value: '3' }] }] },
    ],
    [
      'drops nulls of what is new',
      {},
      { securityContext: { runAsUser: null, fsGroup: 1 } },
      { securityContext: { fsGroup: 1 } },
    ],
    ['takes away a field', { hostname: 'a' }, { hostname: null }, {}],
  ])('%s', (_name, target, patch, result) =>
    expect(strategicPatch('V1Pod', spec(target), spec(patch))).toEqual(spec(result)),
  );

  it('merges lists of strings as sets, and takes out of them', () => {
    const target = { metadata: { finalizers: ['a/x', 'b/x'] } };
    expect(strategicPatch('V1Pod', target, { metadata: { finalizers: ['c/x'] } })).toEqual({
      metadata: { finalizers: ['c/x', 'a/x', 'b/x'] },
    });
    const patch = { metadata: { '$deleteFromPrimitiveList/finalizers': ['a/x'] } };
    expect(strategicPatch('V1Pod', target, patch)).toEqual({ metadata: { finalizers: ['b/x'] } });
  });

  it('refuses elements without their key', () => {
    const patch = spec({ containers: [{ image: 'y' }] });
    expect(refusal(() => strategicPatch('V1Pod', spec({ containers: [{ name: 'a' }] }), patch)).message).toBe(
      'map: map[image:y] does not contain declared merge key: name',
    );
  });

  const container = fc.record(
    {
      name: fc.constantFrom('a', 'b', 'c', 'd'),
      image: fc.constantFrom('x', 'y'),
      args: fc.array(fc.constantFrom('1', '2'), { minLength: 1, maxLength: 3 }),
    },
    { requiredKeys: ['name', 'image'] },
  );
  const containers = fc.uniqueArray(container, { selector: ({ name }) => name, minLength: 1 });
  const pods = fc.record({
    containers,
    nodeSelector: fc.dictionary(fc.constantFrom('m', 'n'), fc.constantFrom('1', '2')),
  });

  /** The patch that kubectl apply makes from one state to another. */
  function difference(from: Record<string, unknown>, to: Record<string, unknown>): Record<string, unknown> {
    const patch: Record<string, unknown> = {};
    for (const key of new Set([...Object.keys(from), ...Object.keys(to)])) {
      const [before, after] = [from[key], to[key]];
      if (JSON.stringify(before) === JSON.stringify(after)) continue;
      if (key === 'containers') {
        const [olds, news] = [before as Record<string, unknown>[], after as Record<string, unknown>[]];
        patch['$setElementOrder/containers'] = news.map(({ name }) => ({ name }));
        patch[key] = [
          ...news.flatMap((each) => {
            const old = olds.find(({ name }) => name === each['name']);
            if (old === undefined) return [each];
            const changes = difference(old, each);
            return Object.keys(changes).length === 0 ? [] : [{ ...changes, name: each['name'] }];
          }),
          ...olds
            .filter((old) => !news.some(({ name }) => name === old['name']))
            .map(({ name }) => ({ $patch: 'delete', name })),
        ];
      } else if (after === undefined) patch[key] = null;
      else if (key === 'nodeSelector')
        patch[key] = difference(before as Record<string, unknown>, after as Record<string, unknown>);
      else patch[key] = after;
    }
    return patch;
  }

  it('reaches the state that kubectl apply made it for', () => {
    fc.assert(
      fc.property(pods, pods, (from, to) => {
        const target = spec(from);
        const before = JSON.stringify(target);
        expect(strategicPatch('V1Pod', target, spec(difference(from, to)))).toEqual(spec(to));
        expect(JSON.stringify(target)).toBe(before);
      }),
      { numRuns: 300 * factor },
    );
  });

  it('survives whatever is sent', () => {
    fc.assert(
      fc.property(pods, fc.jsonValue(), (target, patch) => {
        if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return;
        try {
          strategicPatch('V1Pod', spec(target), { spec: patch });
        } catch (error) {
          expect((error as Error).name).toBe('StatusError');
        }
      }),
      { numRuns: 300 * factor },
    );
  });
});
