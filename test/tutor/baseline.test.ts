import { describe, expect, test } from 'vitest';
import { entryKey, type Inventory, type InventoryEntry } from '../../src/cluster/inventory.ts';
import { type Baseline, compareInventories, readBaseline } from '../../src/tutor/baseline.ts';
import { MemoryState } from './memory-state.ts';

function entry(name: string, uid = `uid-${name}`): InventoryEntry {
  const pod = { kind: 'Pod', apiVersion: 'v1', plural: 'pods', namespace: 'lab' };
  return { ...pod, name, uid, labels: {}, going: false };
}

function baseline(all: string[], unseen: string[] = []): Baseline {
  const entries = all.map((name) => entry(name));
  return { keys: new Set(entries.map(entryKey)), uids: new Set(entries.map((each) => each.uid)), unseen };
}

function inventory(all: string[], unseen: string[] = []): Inventory {
  return {
    entries: all.map((name) => {
      const [plain = '', uid] = name.split('=');
      return entry(plain, uid);
    }),
    unseen,
  };
}

const names = (entries: InventoryEntry[]): string[] => entries.map((each) => each.name);
const isOurs = ({ name }: InventoryEntry): boolean => name.startsWith('our');
const isLearners = ({ name }: InventoryEntry): boolean => name.startsWith('mine');

describe('comparing', () => {
  test.each<[string, string[], string[], Record<string, unknown>]>([
    ['nothing changed', ['a', 'b'], ['a', 'b'], {}],
    ['ours is left', ['a'], ['a', 'ours'], { left: ['ours'] }],
    ["the learner's is kept", ['a'], ['a', 'mine'], { kept: ['mine'] }],
    ['others came', ['a'], ['a', 'b', 'c'], { othersAdded: 2 }],
    ['others went', ['a', 'b'], ['a'], { othersGone: 1 }],
    ['one came in the place of another', ['a'], ['a=uid-new'], { othersAdded: 1, othersGone: 1 }],
    [
      'everything at once',
      ['a', 'b'],
      ['a', 'c', 'ours', 'our2', 'mine'],
      { left: ['ours', 'our2'], kept: ['mine'], othersAdded: 1, othersGone: 1 },
    ],
  ])('%s', (_, before, now, expected) => {
    const receipt = compareInventories(baseline(before), inventory(now), isOurs, isLearners);
    expect({ ...receipt, left: names(receipt.left), kept: names(receipt.kept) }).toEqual({
      left: [],
      kept: [],
      before: before.length,
      after: now.length,
      othersAdded: 0,
      othersGone: 0,
      unseen: [],
      ...expected,
    });
  });

  test("what is ours is ours, also when it looks like the learner's", () => {
    const receipt = compareInventories(
      baseline([]),
      inventory(['x']),
      () => true,
      () => true,
    );
    expect([receipt.left.length, receipt.kept.length]).toEqual([1, 0]);
  });

  test('without a baseline nothing is said of others', () => {
    expect(compareInventories(undefined, inventory(['a', 'ours']), isOurs, isLearners)).toMatchObject({
      left: [{ name: 'ours' }],
      before: undefined,
      after: 2,
      othersAdded: 0,
      othersGone: 0,
    });
  });

  test('kinds that could not be seen, then or now, once each', () => {
    const receipt = compareInventories(
      baseline([], ['b', 'a']),
      inventory([], ['c', 'a']),
      isOurs,
      isLearners,
    );
    expect(receipt.unseen).toEqual(['a', 'b', 'c']);
  });
});

test('a baseline that is missing or damaged is none', () => {
  const folder = new MemoryState();
  expect(readBaseline(folder)).toBeUndefined();
  for (const text of ['', '{"entries":["Pod lab/a u', 'null', '{}']) {
    folder.write('baseline.json', text);
    expect(readBaseline(folder), text).toBeUndefined();
  }
  folder.write('baseline.json', JSON.stringify({ entries: [entryKey(entry('a'))], unseen: [] }));
  expect(readBaseline(folder)).toEqual(baseline(['a']));
});
