import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { createStore } from '../../../src/practice/api/memory-store.ts';
import type { KubernetesObject } from '../../../src/practice/api/object.ts';
import type { Store } from '../../../src/practice/api/store.ts';
import { DamagedLog, formatLine } from '../../../src/practice/server/log-line.ts';
import { LOG, SNAPSHOT, type Snapshot } from '../../../src/practice/server/log-replay.ts';
import { WriteAheadLog, type WriteAheadLogOptions } from '../../../src/practice/server/write-ahead-log.ts';
import { factor } from '../../support/prove.ts';
import { MemoryFolder } from './support/memory-folder.ts';

interface Kept {
  store: Store;
  log: WriteAheadLog;
  snapshot: Snapshot;
}

/** As the composition does it. */
async function open(folder: MemoryFolder, options: Partial<WriteAheadLogOptions> = {}): Promise<Kept> {
  const { log, snapshot } = await WriteAheadLog.open({ folder, ...options });
  const store = createStore({
    snapshot,
    record: (change) => log.append(change),
    durable: () => log.durable(),
  });
  log.follow(store);
  return { store, log, snapshot };
}

function pod(name: string, value = ''): KubernetesObject {
  const metadata = { name, namespace: 'default', uid: name, resourceVersion: '', creationTimestamp: '' };
  return { apiVersion: 'v1', kind: 'Pod', metadata, value };
}

function change(store: Store, name: string, value: string): KubernetesObject {
  const current = store.get('pods', 'default', name);
  return store.update('pods', { ...pod(name, value), metadata: current?.metadata ?? pod(name).metadata });
}

/** What matters of a store: its objects. */
function content(store: Pick<Store, 'list'>): KubernetesObject[] {
  return [...store.list('pods'), ...store.list('apps/deployments')];
}

test('objects come back as they were, with their versions', async () => {
  const folder = new MemoryFolder();
  const { store } = await open(folder);
  store.create('pods', pod('a', 'ä\n"💧'));
  store.create('pods', pod('b'));
  store.create('apps/deployments', pod('c'));
  change(store, 'a', 'new');
  store.remove('pods', 'default', 'b');
  await store.durable();

  const again = await open(folder);
  expect(content(again.store)).toEqual(content(store));
  expect(again.store.version).toBeGreaterThanOrEqual(store.version);
  again.store.create('pods', pod('d'));
  await again.store.durable();
  expect(content((await open(folder)).store)).toEqual(content(again.store));
});

test('a resourceVersion is never given out twice, not even one of something that is not kept', async () => {
  const folder = new MemoryFolder();
  let newest = 0;
  for (let start = 0; start < 4; start++) {
    const { store, log } = await open(folder, { keep: (resource) => resource !== 'leases', compactAbove: 1 });
    expect(store.version).toBeGreaterThanOrEqual(newest);
    let lease = store.get('leases', 'default', 'l') ?? store.create('leases', pod('l'));
    for (let i = 0; i < start * 100; i++) lease = store.update('leases', lease);
    if (start === 2) for (let i = 0; i < 25_000; i++) lease = store.update('leases', lease);
    newest = store.version;
    await log.durable();
  }
});

test('what need not be kept is not, and its deletion does no harm', async () => {
  const folder = new MemoryFolder();
  const { store } = await open(folder, { keep: (resource) => resource !== 'leases' });
  store.create('leases', pod('secret-lease'));
  store.create('pods', pod('a'));
  store.remove('leases', 'default', 'secret-lease');
  await store.durable();
  expect(folder.files.get(LOG)?.toString()).not.toContain('secret-lease');
  expect((await open(folder)).snapshot.objects).toHaveLength(1);
});

test('what is no longer worth keeping goes with the next compaction; its deletion is kept until then', async () => {
  const folder = new MemoryFolder();
  let keep = true;
  const kept = await open(folder, { keep: () => keep, compactAbove: 2000 });
  kept.store.create('events', pod('old'));
  kept.store.create('events', pod('gone'));
  keep = false;
  kept.store.remove('events', 'default', 'gone');
  await kept.store.durable();
  expect((await open(folder)).store.list('events')).toHaveLength(1);
  keep = true;
  kept.store.create('pods', pod('a', 'x'.repeat(2000)));
  await kept.store.durable();
  keep = false;
  kept.store.create('pods', pod('b'));
  kept.store.remove('pods', 'default', 'b');
  await kept.store.durable();
  expect((await open(folder)).store.list('events')).toHaveLength(0);
});

test('many writers share one fsync', async () => {
  const folder = new MemoryFolder();
  const { store } = await open(folder);
  await store.durable();
  const before = folder.syncs;
  await Promise.all(
    Array.from({ length: 100 }, (_, i) => {
      store.create('pods', pod(`p${i}`));
      return store.durable();
    }),
  );
  expect(folder.syncs - before).toBeLessThanOrEqual(2);
});

test('without changes, durable asks nothing of the disk', async () => {
  const folder = new MemoryFolder();
  const { store } = await open(folder);
  await store.durable();
  const before = folder.syncs;
  await store.durable();
  expect(folder.syncs).toBe(before);
});

test('changes that nobody waits for get to the disk too', async () => {
  const folder = new MemoryFolder();
  const { store } = await open(folder);
  store.create('pods', pod('a'));
  await vi.waitFor(() => expect(folder.files.get(LOG)?.toString()).toContain('"name":"a"'));
});

test('the log stays small beside what lives', async () => {
  const folder = new MemoryFolder();
  const { store } = await open(folder, { compactAbove: 4096 });
  store.create('pods', pod('a'));
  for (let i = 0; i < 300; i++) {
    change(store, 'a', String(i));
    await store.durable();
  }
  expect(folder.size(LOG)).toBeLessThan(8192);
  expect(folder.size(SNAPSHOT)).toBeGreaterThan(0);
  expect(content((await open(folder)).store)).toEqual(content(store));
});

/** Creates, changes and deletes as the numbers say. */
function act(store: Store, step: number): void {
  const name = `p${step % 7}`;
  if (store.get('pods', 'default', name) === undefined) store.create('pods', pod(name, String(step)));
  else if (step % 3 === 0) store.remove('pods', 'default', name);
  else change(store, name, `${step} ${'ü'.repeat(step % 40)}`);
}

test('cut off at any byte, the log gives a state that there was, and none older than what was acknowledged', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(1000), { minLength: 1, maxLength: 12 }), async (steps) => {
      const folder = new MemoryFolder();
      const { store, log } = await open(folder);
      await log.durable();
      const states = [{ size: 0, objects: content(store) }];
      for (const step of steps) {
        act(store, step);
        await store.durable();
        states.push({ size: folder.size(LOG), objects: content(store) });
      }
      const whole = folder.files.get(LOG) ?? Buffer.alloc(0);
      for (let size = 0; size <= whole.length; size++) {
        const cut = new MemoryFolder([[LOG, whole.subarray(0, size)]]);
        const again = await open(cut);
        const acknowledged = states.findLast((state) => state.size <= size);
        expect(content(again.store)).toEqual(acknowledged?.objects);
        // It goes on from there.
        if (size % 50 !== 0) continue;
        again.store.create('pods', pod('after'));
        await again.store.durable();
        expect((await open(cut)).store.get('pods', 'default', 'after')).toBeDefined();
      }
    }),
    { numRuns: 8 * factor },
  );
});

test('stopped between any two operations, nothing acknowledged is lost, while it is compacted too', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(1000), { minLength: 1, maxLength: 40 }), async (steps) => {
      const folder = new MemoryFolder();
      const { store, log } = await open(folder, { compactAbove: 700 });
      let acknowledged = content(store);
      const crashes: {
        folder: MemoryFolder;
        acknowledged: KubernetesObject[];
        written: KubernetesObject[];
      }[] = [];
      folder.before = () => {
        for (const left of [folder.copy(), folder.powerCut()])
          crashes.push({ folder: left, acknowledged, written: content(store) });
      };
      for (const step of steps) {
        act(store, step);
        const now = content(store);
        await store.durable();
        acknowledged = now;
      }
      await log.close();
      expect(steps.length < 30 || folder.size(SNAPSHOT) > 0).toBe(true);
      for (const crash of crashes) {
        const objects = content((await open(crash.folder)).store);
        // One write is under way at a time here: it is there, or it is not.
        expect([crash.acknowledged, crash.written]).toContainEqual(objects);
      }
    }),
    { numRuns: 15 * factor },
  );
});

test('any damage but a cut is found', async () => {
  const folder = new MemoryFolder();
  const { store } = await open(folder, { compactAbove: 600 });
  for (let step = 1; step < 30; step++) {
    act(store, step);
    await store.durable();
  }
  for (const name of [LOG, SNAPSHOT]) {
    const whole = folder.files.get(name) ?? Buffer.alloc(0);
    expect(whole.length).toBeGreaterThan(0);
    const lastLine = name === LOG ? whole.lastIndexOf(10) : whole.length;
    for (let at = 0; at < lastLine; at++) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      const copy = folder.copy();
      copy.files.set(name, damaged);
      await expect(WriteAheadLog.open({ folder: copy })).rejects.toThrow(DamagedLog);
    }
  }
});

test.each<[string, (folder: MemoryFolder) => void, string]>([
  [
    'no log of ours',
    (folder) => folder.files.set(LOG, Buffer.from('hello\n')),
    'changes.log, line 1: the checksum',
  ],
  [
    'another format',
    (folder) => folder.files.set(LOG, Buffer.from(formatLine({ format: 2, base: 0 }))),
    'changes.log, line 1: not the beginning of a log of format 1',
  ],
  ['a missing snapshot', (folder) => folder.files.delete(SNAPSHOT), 'changes.log, line 1: it continues a'],
  [
    'a snapshot that was cut',
    (folder) => folder.files.set(SNAPSHOT, folder.files.get(SNAPSHOT)?.subarray(0, -10) ?? Buffer.alloc(0)),
    'objects expected',
  ],
  [
    'lines twice',
    (folder) => {
      const text = folder.files.get(LOG)?.toString() ?? '';
      const last = text.split('\n').at(-2) ?? '';
      folder.files.set(LOG, Buffer.from(`${text}${last}\n`));
    },
    'comes after version',
  ],
])('%s is damage', async (_name, damage, message) => {
  const folder = new MemoryFolder();
  const { store } = await open(folder, { compactAbove: 500 });
  store.create('pods', pod('a', 'x'.repeat(600)));
  await store.durable();
  store.create('pods', pod('b'));
  await store.durable();
  store.create('pods', pod('c'));
  await store.durable();
  damage(folder);
  await expect(WriteAheadLog.open({ folder })).rejects.toThrow(message);
});

test.each(['append', 'sync', 'truncate', 'replace'])(
  'when %s fails, writers are told, and the next write heals',
  async (failing) => {
    const folder = new MemoryFolder();
    const reported: unknown[] = [];
    const { store } = await open(folder, { report: (error) => reported.push(error), compactAbove: 300 });
    store.create('pods', pod('a'));
    await store.durable();
    const failure = new Error('no space left on device');
    folder.before = (operation) => {
      if (operation === failing) throw failure;
      // Half of a line, as a full disk leaves it.
      if (operation === 'append' && failing === 'sync')
        folder.files.set(LOG, Buffer.concat([folder.files.get(LOG) ?? Buffer.alloc(0), Buffer.from('half')]));
    };
    store.create('pods', pod('b'));
    const told = await store.durable().then(
      () => undefined,
      (error: unknown) => error,
    );
    // A compaction comes later where the plain write goes well.
    store.create('pods', pod('c', 'x'.repeat(300)));
    const late = await store.durable().then(
      () => undefined,
      (error: unknown) => error,
    );
    expect([told, late]).toContain(failure);
    expect(reported).toContain(failure);

    folder.before = () => undefined;
    await store.durable();
    expect(content((await open(folder)).store)).toEqual(content(store));
    store.create('pods', pod('d'));
    await store.durable();
    expect(content((await open(folder)).store)).toEqual(content(store));
  },
);

test('a snapshot that heals a failure counts for more than the log it could not begin anew', async () => {
  const folder = new MemoryFolder();
  const { store } = await open(folder);
  store.create('pods', pod('a', 'old'));
  await store.durable();
  let failing = 'append';
  folder.before = (operation) => {
    if (operation === failing) throw new Error('no space left on device');
  };
  change(store, 'a', 'new');
  await expect(store.durable()).rejects.toThrow('no space');
  failing = 'truncate';
  await expect(store.durable()).rejects.toThrow('no space');
  expect(folder.size(SNAPSHOT)).toBeGreaterThan(0);
  expect(content((await open(folder.copy())).store)).toEqual(content(store));
});

test('closing writes what is left', async () => {
  const folder = new MemoryFolder();
  const { store, log } = await open(folder);
  store.create('pods', pod('a'));
  await log.close();
  expect((await open(folder)).store.get('pods', 'default', 'a')).toBeDefined();
});
