import { describe, expect, it } from 'vitest';
import { applyJsonPatch, JsonPatchFailure, type Operation } from '../../../src/practice/api/json-patch.ts';

const target = { a: { b: 'c', 'x/y~z': 1 }, list: [1, 2, 3], nothing: null };

describe('a JSON patch', () => {
  it.each<[Operation[], unknown]>([
    [[{ op: 'add', path: '/a/d', value: 1 }], { a: { ...target.a, d: 1 } }],
    [[{ op: 'add', path: '/a/b', value: { e: 1 } }], { a: { ...target.a, b: { e: 1 } } }],
    [[{ op: 'add', path: '/list/1', value: 9 }], { list: [1, 9, 2, 3] }],
    [[{ op: 'add', path: '/list/3', value: 9 }], { list: [1, 2, 3, 9] }],
    [[{ op: 'add', path: '/list/-', value: 9 }], { list: [1, 2, 3, 9] }],
    [[{ op: 'add', path: '/list/-1', value: 9 }], { list: [1, 2, 3, 9] }],
    [[{ op: 'remove', path: '/a/x~1y~0z' }], { a: { b: 'c' } }],
    [[{ op: 'remove', path: '/list/-1' }], { list: [1, 2] }],
    [[{ op: 'replace', path: '/list/0', value: 9 }], { list: [9, 2, 3] }],
    [[{ op: 'replace', path: '/nothing', value: 1 }], { nothing: 1 }],
    [[{ op: 'move', from: '/list/0', path: '/a/b' }], { list: [2, 3], a: { ...target.a, b: 1 } }],
    [[{ op: 'copy', from: '/list', path: '/a/b' }], { a: { ...target.a, b: [1, 2, 3] } }],
    [[{ op: 'test', path: '/list', value: [1, 2, 3] }], {}],
    [[{ op: 'test', path: '/nosuch', value: null }], {}],
    [[{ op: 'test', path: '', value: target }], {}],
    [[{ op: 'add', path: '/__proto__', value: { x: 1 } }], { ['__proto__']: { x: 1 } }],
  ])('%j', (operations, change) => {
    const before = structuredClone(target);
    expect(applyJsonPatch(target, operations)).toEqual({ ...target, ...(change as object) });
    expect(target).toEqual(before);
  });

  it.each<[Operation]>([
    [{ op: 'add', path: '/a/d' }],
    [{ op: 'add', path: '/nosuch/d', value: 1 }],
    [{ op: 'add', path: '/a/b/c', value: 1 }],
    [{ op: 'add', path: '/list/4', value: 1 }],
    [{ op: 'add', path: '/list/-5', value: 1 }],
    [{ op: 'add', path: '/list/1x', value: 1 }],
    [{ op: 'add', path: '', value: 1 }],
    [{ op: 'add', path: 'a', value: 1 }],
    // What all objects have is nobody's own; once it could be written over for the whole program.
    [{ op: 'add', path: '/toString/call', value: null }],
    [{ op: 'add', path: '/constructor/prototype/x', value: 1 }],
    [{ op: 'add', path: '/__proto__/x', value: 1 }],
    [{ op: 'add', path: '/list/push/x', value: 1 }],
    [{ op: 'remove', path: '/toString' }],
    [{ op: 'remove', path: '/list/-' }],
    [{ op: 'replace', path: '/a/nosuch', value: 1 }],
    [{ op: 'move', path: '/a/b' }],
    [{ op: 'move', from: '/a', path: '/a/b' }],
    [{ op: 'copy', from: 7, path: '/a/b' }],
    [{ op: 'test', path: '/a/b', value: 'd' }],
    [{ op: 'nosuch', path: '/a' }],
  ])('%j is refused', (operation) => {
    expect(() => applyJsonPatch(target, [operation])).toThrow(JsonPatchFailure);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('can not double what is there until memory is full', () => {
    const doubling = Array.from({ length: 40 }, (_, count) => ({
      op: 'copy',
      from: '/a',
      path: `/a/n${count}`,
    }));
    expect(() => applyJsonPatch(target, doubling)).toThrow('the copies are too large');
  });
});
