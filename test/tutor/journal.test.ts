import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Journal } from '../../src/tutor/journal.ts';
import { MemoryState } from './memory-state.ts';
import { factor } from '../support/prove.ts';

const FILE = 'journal.jsonl';

function thing(nonce: string, name = 'web') {
  const cluster = 'kube-system/uid-1';
  return { cluster, apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespace: 'lab', name, nonce };
}

const sight = (uid: string) => ({ kind: 'Pod', namespace: 'lab', name: 'mine', uid });

describe('journal', () => {
  test('intent, created, over', () => {
    const journal = new Journal(new MemoryState());
    expect([journal.things(), journal.open(), journal.sights()]).toEqual([[], [], []]);
    journal.intend(thing('n1'));
    // A crash between intent and created leaves it open.
    expect(journal.open()).toEqual([{ ...thing('n1'), uid: undefined, over: false }]);
    journal.created('n1', 'u1');
    expect(journal.open()).toEqual([{ ...thing('n1'), uid: 'u1', over: false }]);
    journal.over('n1');
    expect(journal.open()).toEqual([]);
    expect(journal.things()).toEqual([{ ...thing('n1'), uid: 'u1', over: true }]);
  });

  test('a Namespace has no namespace, also when it is read again', () => {
    const folder = new MemoryState();
    new Journal(folder).intend({
      ...thing('n1'),
      kind: 'Namespace',
      plural: 'namespaces',
      namespace: undefined,
    });
    expect(new Journal(folder).open()[0]?.namespace).toBeUndefined();
  });

  test('seen, once each', () => {
    const journal = new Journal(new MemoryState());
    for (const uid of ['u1', 'u1', 'u2']) journal.seen(sight(uid));
    expect(journal.sights()).toEqual([sight('u1'), sight('u2')]);
    expect(journal.things()).toEqual([]);
  });

  test('what another process wrote is seen at once', () => {
    const folder = new MemoryState();
    const [one, two] = [new Journal(folder), new Journal(folder)];
    one.intend(thing('n1'));
    two.created('n1', 'u1');
    expect(one.open()[0]?.uid).toBe('u1');
  });

  test('news of a thing that nobody intended is nothing', () => {
    const journal = new Journal(new MemoryState());
    journal.created('n1', 'u1');
    journal.over('n2');
    expect(journal.things()).toEqual([]);
  });
});

type Entry = ['intend' | 'created' | 'over' | 'seen', nonce: string, name: string];

const entries: fc.Arbitrary<Entry[]> = fc.array(
  fc.tuple(
    fc.constantFrom('intend', 'created', 'over', 'seen'),
    fc.constantFrom('n1', 'n2', 'n3'),
    fc.constantFrom('web', 'größer-世界', '"\\\n'),
  ),
  { minLength: 1, maxLength: 8 },
);

function write(journal: Journal, [event, nonce, name]: Entry): void {
  if (event === 'intend') journal.intend(thing(nonce, name));
  else if (event === 'created') journal.created(nonce, `uid-${name}`);
  else if (event === 'over') journal.over(nonce);
  else journal.seen(sight(`${nonce}-${name}`));
}

function state(folder: MemoryState): unknown {
  const journal = new Journal(folder);
  return { things: journal.things(), sights: journal.sights() };
}

/** The file after a crash: of its last line, only so many bytes reached the disk. */
function cutTo(folder: MemoryState, bytes: number): MemoryState {
  const after = new MemoryState();
  after.write(
    FILE,
    Buffer.from(folder.read(FILE) ?? '')
      .subarray(0, bytes)
      .toString(),
  );
  return after;
}

test('a last line cut at any byte loses only itself, and what is written afterwards counts', () => {
  fc.assert(
    fc.property(entries, entries, (all, later) => {
      const before = new MemoryState();
      for (const entry of all.slice(0, -1)) write(new Journal(before), entry);
      const whole = new MemoryState();
      whole.write(FILE, before.read(FILE) ?? '');
      write(new Journal(whole), all.at(-1)!);
      const from = Buffer.byteLength(before.read(FILE) ?? '');
      const bytesOfAll = Buffer.from(whole.read(FILE) ?? '');
      const full = bytesOfAll.lastIndexOf('}') + 1;

      for (let bytes = from; bytes <= bytesOfAll.length; bytes++) {
        const expected = bytes < full ? before : whole;
        const after = cutTo(whole, bytes);
        expect(state(after)).toEqual(state(expected));
        const intact = cutTo(expected, Infinity);
        for (const entry of later) {
          write(new Journal(after), entry);
          write(new Journal(intact), entry);
        }
        expect(state(after)).toEqual(state(intact));
      }
    }),
    { numRuns: 20 * factor },
  );
});

test('a block of zeros, as some file systems leave after a power cut, is no line', () => {
  const folder = new MemoryState();
  const journal = new Journal(folder);
  journal.intend(thing('n1'));
  folder.append(FILE, '\0'.repeat(64));
  journal.created('n1', 'u1');
  expect(journal.open()).toEqual([{ ...thing('n1'), uid: 'u1', over: false }]);
});
