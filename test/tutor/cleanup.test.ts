import { beforeAll, describe, expect, test } from 'vitest';
import type { Lesson } from '../../src/lesson/lesson.ts';
import { readBaseline, takeBaseline } from '../../src/tutor/baseline.ts';
import { carryOut, writeReceipt } from '../../src/tutor/cleanup.ts';
import { type CleanupPlan, planCleanup } from '../../src/tutor/cleanup-plan.ts';
import { ensureNamespace } from '../../src/tutor/namespace.ts';
import { LESSON, NONCE, OWNER } from '../../src/tutor/ownership.ts';
import { readSession, type Session, writeSession } from '../../src/tutor/session.ts';
import { checkStep, deletePod, enterStep } from '../../src/tutor/step.ts';
import type { Workshop } from '../../src/tutor/workshop.ts';
import { cut, FakeCluster, forbidden } from './fake-cluster.ts';
import { MemoryState } from './memory-state.ts';
import { BORROWED, NAMESPACE, OWNER_ID, testLesson, testSession, testWorkshop } from './test-workshop.ts';

let lesson: Lesson;
beforeAll(async () => {
  lesson = await testLesson();
});

const OWN = testSession();
const LENT = testSession({ namespace: BORROWED, borrowed: true });

/** A cluster that others use, too: a namespace to borrow, with a Pod of theirs in it. */
function cluster(): FakeCluster {
  const fake = new FakeCluster();
  fake.add('Node', undefined, 'node-1');
  fake.add('Namespace', undefined, BORROWED);
  fake.add('Pod', BORROWED, 'stranger');
  return fake;
}

function begin(fake: FakeCluster, session: Session, folder = new MemoryState()): Workshop {
  return testWorkshop({ connection: fake, folder, lesson, session });
}

/** What `start` and a page do, with a learner who makes a Pod of their own. */
async function walk(workshop: Workshop, fake: FakeCluster): Promise<void> {
  const { session, folder } = workshop;
  writeSession(folder, session);
  await takeBaseline(workshop);
  await ensureNamespace(workshop);
  const [step] = lesson.steps;
  await enterStep(workshop, step!);
  fake.add('Pod', session.namespace, 'mine');
  await checkStep(workshop, step!);
  await deletePod(workshop, 'web');
  await enterStep(workshop, { ...step!, apply: step!.apply.slice(1) });
}

/** What `start` does when there is a session already. */
async function resume(workshop: Workshop): Promise<void> {
  await ensureNamespace(workshop);
  await enterStep(workshop, lesson.steps[0]!);
}

/** What `cleanup` does, without anybody to say yes to the learner's objects. */
async function cleanUp(workshop: Workshop): Promise<Awaited<ReturnType<typeof writeReceipt>>> {
  const plan = await planCleanup(workshop, readBaseline(workshop.folder));
  await carryOut(workshop, { ...plan, learners: [] }, 90_000);
  return writeReceipt(workshop);
}

function list(entries: { kind: string; name: string }[]): string[] {
  return entries.map((each) => `${each.kind} ${each.name}`);
}

function names(plan: CleanupPlan): Record<string, string[] | string | undefined> {
  return {
    namespace: plan.namespace?.metadata.name,
    inNamespace: list(plan.inNamespace),
    objects: list(plan.objects),
    learners: list(plan.learners),
    strangers: list(plan.strangers),
  };
}

describe('a whole session', () => {
  test('in a namespace of its own: as it was, and the receipt says so', async () => {
    const fake = cluster();
    const before = fake.content();
    const workshop = begin(fake, OWN);
    await walk(workshop, fake);
    expect(fake.content()).not.toEqual(before);
    const plan = names(await planCleanup(workshop, readBaseline(workshop.folder)));
    // What Kubernetes puts into every namespace by itself is not worth a word.
    expect(plan).toEqual({
      namespace: NAMESPACE,
      inNamespace: ['ConfigMap settings', 'Pod mine', 'Pod web'],
      objects: [],
      learners: [],
      strangers: [],
    });
    const receipt = await cleanUp(workshop);
    expect(fake.content()).toEqual(before);
    expect(receipt).toEqual({
      left: [],
      kept: [],
      before: before.length,
      after: before.length,
      othersAdded: 0,
      othersGone: 0,
      unseen: [],
    });
    expect(workshop.journal.open()).toEqual([]);
  });

  test("in a borrowed namespace: ours goes, the learner's is asked about, a stranger's is not touched", async () => {
    const fake = cluster();
    const before = fake.content();
    const workshop = begin(fake, LENT);
    await walk(workshop, fake);
    const mine = `Pod ${BORROWED}/mine ${fake.get('Pod', BORROWED, 'mine')?.metadata.uid}`;
    expect(names(await planCleanup(workshop, readBaseline(workshop.folder)))).toEqual({
      namespace: undefined,
      inNamespace: [],
      objects: ['ConfigMap settings', 'Pod web'],
      learners: ['Pod mine'],
      strangers: [],
    });
    const receipt = await cleanUp(workshop);
    expect(fake.content()).toEqual([...before, mine].sort());
    expect(receipt.left).toEqual([]);
    expect(receipt.kept.map((each) => each.name)).toEqual(['mine']);
    expect([receipt.othersAdded, receipt.othersGone]).toEqual([0, 0]);
  });

  test("a yes to the learner's Pod deletes it, too", async () => {
    const fake = cluster();
    const before = fake.content();
    const workshop = begin(fake, LENT);
    await walk(workshop, fake);
    await carryOut(workshop, await planCleanup(workshop, readBaseline(workshop.folder)), 90_000);
    expect(fake.content()).toEqual(before);
    expect((await writeReceipt(workshop)).kept).toEqual([]);
  });
});

describe("a stranger's Pod that a check looked at", () => {
  test.each([
    ['was in the baseline', true],
    ['might have been: the baseline is lost', false],
  ])('%s', async (_, kept) => {
    const fake = cluster();
    const { uid } = fake.add('Pod', BORROWED, 'mine').metadata;
    const workshop = begin(fake, LENT);
    await takeBaseline(workshop);
    await checkStep(workshop, lesson.steps[0]!);
    expect(workshop.journal.sights().map((each) => each.uid)).toEqual([uid]);
    if (!kept) workshop.folder.remove('baseline.json');
    const plan = await planCleanup(workshop, readBaseline(workshop.folder));
    expect(names(plan)).toMatchObject({ objects: [], learners: [], strangers: ['Pod mine'] });
    await carryOut(workshop, plan, 90_000);
    expect(fake.get('Pod', BORROWED, 'mine')?.metadata.deletionTimestamp).toBeUndefined();
  });

  test('another Pod of that name came since: nothing is planned', async () => {
    const fake = cluster();
    const workshop = begin(fake, LENT);
    await takeBaseline(workshop);
    fake.add('Pod', BORROWED, 'mine');
    await checkStep(workshop, lesson.steps[0]!);
    fake.remove('Pod', BORROWED, 'mine');
    fake.add('Pod', BORROWED, 'mine');
    const plan = await planCleanup(workshop, readBaseline(workshop.folder));
    expect(names(plan)).toMatchObject({ objects: [], learners: [], strangers: [] });
  });
});

describe('uids', () => {
  test('an object that somebody put in the place of ours is not planned for deletion', async () => {
    const fake = cluster();
    const workshop = begin(fake, LENT);
    await walk(workshop, fake);
    fake.remove('Pod', BORROWED, 'web');
    fake.add('Pod', BORROWED, 'web');
    expect(names(await planCleanup(workshop, readBaseline(workshop.folder)))['objects']).toEqual([
      'ConfigMap settings',
    ]);
  });

  test('nor deleted when that happened after the plan was made', async () => {
    const fake = cluster();
    const workshop = begin(fake, LENT);
    await walk(workshop, fake);
    const plan = await planCleanup(workshop, readBaseline(workshop.folder));
    fake.remove('Pod', BORROWED, 'web');
    const { uid } = fake.add('Pod', BORROWED, 'web').metadata;
    await carryOut(workshop, plan, 90_000);
    fake.settle();
    expect(fake.get('Pod', BORROWED, 'web')?.metadata.uid).toBe(uid);
  });

  test('a namespace of our name that is not ours stays', async () => {
    const fake = cluster();
    const workshop = begin(fake, OWN);
    await walk(workshop, fake);
    fake.get('Namespace', undefined, NAMESPACE)!.metadata.deletionTimestamp = 'now';
    fake.settle();
    fake.add('Namespace', undefined, NAMESPACE);
    expect((await planCleanup(workshop, readBaseline(workshop.folder))).namespace).toBeUndefined();
  });
});

describe('without the journal', () => {
  const labels = { [OWNER]: OWNER_ID, [LESSON]: 'small' };

  test.each([
    ['our namespace is found by its owner label', labels, NAMESPACE],
    ["somebody else's of that name is not ours", { ...labels, [OWNER]: 'another' }, undefined],
    ['one without labels is not ours', {}, undefined],
  ])('%s', async (_, labels, expected) => {
    const fake = cluster();
    fake.add('Namespace', undefined, NAMESPACE, { metadata: { name: NAMESPACE, labels } });
    const plan = await planCleanup(begin(fake, OWN), undefined);
    expect(plan.namespace?.metadata.name).toBe(expected);
  });

  test('it goes with everything in it, and the receipt knows nothing to compare with', async () => {
    const fake = cluster();
    const before = fake.content();
    const folder = new MemoryState();
    await walk(begin(fake, OWN, folder), fake);
    for (const file of ['journal.jsonl', 'baseline.json']) folder.remove(file);
    const receipt = await cleanUp(begin(fake, OWN, folder));
    expect(fake.content()).toEqual(before);
    expect(receipt).toMatchObject({ left: [], before: undefined });
  });
});

describe('an intent without an answer', () => {
  const thing = {
    cluster: OWN.cluster.id,
    apiVersion: 'v1',
    kind: 'Pod',
    plural: 'pods',
    namespace: BORROWED,
    name: 'web',
  };

  test.each([
    ['it was created', 'n1', ['Pod web']],
    ["somebody's has that name", 'n2', []],
  ])('%s', async (_, nonce, expected) => {
    for (const mayList of [true, false]) {
      const fake = cluster();
      fake.add('Pod', BORROWED, 'web', { metadata: { name: 'web', labels: { [NONCE]: nonce } } });
      fake.before = ({ query }) =>
        !mayList && query?.['labelSelector'] !== undefined ? forbidden('list', 'pods', BORROWED) : undefined;
      const workshop = begin(fake, LENT);
      workshop.journal.intend({ ...thing, nonce: 'n1' });
      expect(names(await planCleanup(workshop, undefined))['objects']).toEqual(expected);
      expect(workshop.journal.open().map((each) => each.name)).toEqual(expected.map(() => 'web'));
    }
  });

  test('it never came to be', async () => {
    const workshop = begin(cluster(), LENT);
    workshop.journal.intend({ ...thing, nonce: 'n1' });
    await planCleanup(workshop, undefined);
    expect(workshop.journal.open()).toEqual([]);
  });
});

describe('what stays', () => {
  test('is in the receipt', async () => {
    const fake = cluster();
    const workshop = begin(fake, OWN);
    await walk(workshop, fake);
    fake.settle = () => undefined;
    const receipt = await cleanUp(workshop);
    const left = receipt.left.map((each) => `${each.kind} ${each.name}${each.going ? ' going' : ''}`);
    expect(left).toContain('Pod web going');
    expect(left).toContain(`Namespace ${NAMESPACE} going`);
  });

  test('is told of each kind that may not be seen', async () => {
    const fake = cluster();
    const workshop = begin(fake, OWN);
    fake.before = ({ path }) => (path.endsWith('/nodes') ? forbidden('list', 'nodes') : undefined);
    await walk(workshop, fake);
    expect(await cleanUp(workshop)).toMatchObject({ left: [], unseen: ['nodes'], othersGone: 0 });
  });
});

/** Ways for a process to lose the cluster at its nth request. */
const ENDS = {
  /** Killed before the request went out: nothing of it runs any more. */
  'killed before': (fake: FakeCluster, n: number, dead: () => void): void => {
    fake.before = () => (fake.requests.length < n ? undefined : (dead(), never()));
  },
  /** Killed after the cluster did it, and before it knew. */
  'killed after': (fake: FakeCluster, n: number, dead: () => void): void => {
    fake.before = () => (fake.requests.length <= n ? undefined : (dead(), never()));
    fake.after = () => (fake.requests.length < n ? undefined : (dead(), never()));
  },
  /** The answer is lost and the line stays dead, and the process lives to make the best of it. */
  'line cut': (fake: FakeCluster, n: number): void => {
    fake.before = () => {
      if (fake.requests.length > n) throw cut();
      return undefined;
    };
    fake.after = () => {
      if (fake.requests.length >= n) throw cut();
    };
  },
  /** One answer is lost, and the next try gets through: nothing ends at all. */
  'answer lost': (fake: FakeCluster, n: number): void => {
    fake.after = () => {
      if (fake.requests.length === n) throw cut();
    };
  },
};

function never(): Promise<never> {
  return new Promise(() => undefined);
}

describe.each(Object.entries(ENDS))('%s at any request', (_, end) => {
  test.each([
    ['a namespace of its own', OWN],
    ['a borrowed namespace', LENT],
  ])('%s: cleanup afterwards leaves the cluster as before', async (_, session) => {
    const whole = cluster();
    const complete = begin(whole, session);
    await walk(complete, whole);
    await cleanUp(complete);
    const total = whole.requests.length;
    expect(total).toBeGreaterThan(30);

    for (let n = 1; n <= total; n++) {
      const fake = cluster();
      const before = fake.content();
      const folder = new MemoryState();
      const first = begin(fake, session, folder);
      const died = new Promise<void>((resolve) => end(fake, n, resolve));
      const lived = walk(first, fake)
        .then(() => cleanUp(first))
        .catch(() => undefined);
      await Promise.race([died, lived]);

      // Another process, some time later. The learner's Pod in a borrowed namespace is theirs.
      fake.before = () => undefined;
      fake.after = () => undefined;
      fake.settle();
      const stored = readSession(folder)!;
      const receipt = await cleanUp(begin(fake, stored, folder));
      const own = fake.content().filter((key) => !key.startsWith(`Pod ${BORROWED}/mine `));
      expect(own, `request ${n}: ${whole.requests[n - 1]}`).toEqual(before);
      expect(receipt.left, `request ${n}`).toEqual([]);
      // Until a check has seen it, the learner's Pod counts as one that came meanwhile.
      expect(receipt.kept.length + receipt.othersAdded).toBe(fake.content().length - before.length);
    }
  });

  test('and the lesson can be resumed instead', async () => {
    const whole = cluster();
    await resume(begin(whole, OWN));

    for (let n = 1; n <= whole.requests.length; n++) {
      const fake = cluster();
      const before = fake.content();
      const folder = new MemoryState();
      const died = new Promise<void>((resolve) => end(fake, n, resolve));
      await Promise.race([died, resume(begin(fake, OWN, folder)).catch(() => undefined)]);

      fake.before = () => undefined;
      fake.after = () => undefined;
      const second = begin(fake, OWN, folder);
      await resume(second);
      expect(fake.get('Pod', NAMESPACE, 'web'), `request ${n}`).toBeDefined();
      await cleanUp(second);
      expect(fake.content(), `request ${n}`).toEqual(before);
    }
  });
});
