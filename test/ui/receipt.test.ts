import { describe, expect, test } from 'vitest';
import type { Receipt } from '../../src/tutor/baseline.ts';
import { renderReceipt } from '../../src/ui/receipt.ts';
import { GREY, isHarmful, PLAIN } from './themes.ts';

type Entry = Receipt['left'][number];

const CLEAN: Receipt = {
  left: [],
  kept: [],
  before: 120,
  after: 120,
  othersAdded: 0,
  othersGone: 0,
  unseen: [],
};

function entry(name: string, more: Partial<Entry> = {}): Entry {
  const pod = { kind: 'Pod', apiVersion: 'v1', plural: 'pods', namespace: 'lab', uid: 'u' };
  return { ...pod, name, labels: {}, going: false, ...more };
}

const render = (receipt: Partial<Receipt>): string =>
  renderReceipt({ ...CLEAN, ...receipt }, PLAIN, 80).join('\n');

describe('receipt', () => {
  test('nothing is left', () => {
    expect(render({})).toMatchInlineSnapshot(`
      "pass Nothing the tutor made is left.
        Compared: 120 objects before, 120 now, the same ones. Pulled images stay on
        the Nodes."
    `);
    expect(renderReceipt(CLEAN, GREY, 80)[0]).toBe('✓ Nothing the tutor made is left.');
  });

  test('something is left, and being deleted', () => {
    const left = [
      entry('web', { going: true }),
      entry('k8snet-networking-abc123', { kind: 'Namespace', namespace: undefined }),
    ];
    expect(render({ left, after: 122 })).toMatchInlineSnapshot(`
      "FAIL Still there:
          Pod web in namespace lab (being deleted)
          Namespace k8snet-networking-abc123
        Compared: 120 objects before, 122 now; the others are the same ones. Pulled
        images stay on the Nodes."
    `);
  });

  test("the learner's own is named, and not counted as ours", () => {
    expect(render({ kept: [entry('multi-container')], after: 121 })).toMatchInlineSnapshot(`
      "pass Nothing the tutor made is left.
        Yours, left alone:
          Pod multi-container in namespace lab
        Compared: 120 objects before, 121 now; the others are the same ones. Pulled
        images stay on the Nodes."
    `);
  });

  test('others came and went', () => {
    expect(render({ othersAdded: 3, othersGone: 1, after: 122 })).toContain(
      '120 objects before, 122 now; 3 came and 1 went meanwhile',
    );
  });

  test('no list from before, and kinds that may not be seen', () => {
    const text = render({ before: undefined, unseen: ['secrets', 'nodes'] });
    expect(text).toContain('no list from before');
    expect(text).not.toContain('the same ones');
    expect(text).toContain('Not permitted to look at: secrets, nodes.');
  });

  test('names do not steer the terminal', () => {
    const left = [entry('a\u001B[2J\nb', { namespace: '\u009B2J' })];
    expect(isHarmful(renderReceipt({ ...CLEAN, left }, PLAIN, 80))).toBe(false);
  });
});
