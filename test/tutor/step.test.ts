import { beforeAll, describe, expect, test } from 'vitest';
import type { Lesson } from '../../src/lesson/lesson.ts';
import { checkStep, deletePod, enterStep, performActions, solveStep, stepOf } from '../../src/tutor/step.ts';
import { FakeCluster, forbidden } from './fake-cluster.ts';
import { MemoryState } from './memory-state.ts';
import { BORROWED, testLesson, testSession, testWorkshop } from './test-workshop.ts';

let lesson: Lesson;
beforeAll(async () => {
  lesson = await testLesson();
});

function setUp(session = testSession({ namespace: BORROWED, borrowed: true })) {
  const fake = new FakeCluster();
  fake.add('Namespace', undefined, session.namespace);
  const workshop = testWorkshop({ connection: fake, folder: new MemoryState(), lesson, session });
  return { fake, workshop, step: lesson.steps[0]! };
}

test('a page by its id, and the nearest where there is none', () => {
  expect(stepOf(lesson, 'one').title).toBe('One');
  expect(() => stepOf(lesson, 'oen')).toThrow(
    expect.objectContaining({
      code: 'step-unknown',
      kind: 'usage',
      what: 'Lesson small has no page oen; did you mean one?',
    }),
  );
});

describe('applying', () => {
  test('everything of a page, in order, and what is ours already is left as it is', async () => {
    const { fake, workshop, step } = setUp();
    await enterStep(workshop, step);
    await enterStep(workshop, step);
    expect(workshop.told).toEqual([
      '$ kubectl -n lab create -f manifests/config.yml',
      'ConfigMap settings created in namespace lab',
      '$ kubectl -n lab create -f manifests/pod.yml',
      'Pod web created in namespace lab',
      '$ kubectl -n lab create -f manifests/config.yml',
      'ConfigMap settings is there already',
      '$ kubectl -n lab create -f manifests/pod.yml',
      'Pod web is there already',
    ]);
    expect(fake.get('ConfigMap', BORROWED, 'settings')).toMatchObject({ data: { a: 'b' } });
  });

  test('images are replaced as the session says', async () => {
    const session = testSession({
      namespace: BORROWED,
      borrowed: true,
      images: { shell: 'registry.example/curl:1' },
    });
    const { fake, workshop, step } = setUp(session);
    await solveStep(workshop, step);
    for (const name of ['web', 'mine'])
      expect(fake.get('Pod', BORROWED, name)?.spec).toMatchObject({
        containers: [{ image: 'registry.example/curl:1' }, { image: 'nginx' }],
      });
  });
});

describe('deleting a Pod', () => {
  test('by its uid, with a grace of one second, and waits until it is gone', async () => {
    const { fake, workshop } = setUp();
    const { uid } = fake.add('Pod', BORROWED, 'web').metadata;
    let sent: unknown;
    fake.before = ({ method, body }) => {
      if (method === 'DELETE') sent = JSON.parse(body ?? '');
      return undefined;
    };
    await performActions(workshop, [{ kind: 'delete', pod: 'web' }]);
    expect(sent).toMatchObject({ preconditions: { uid }, gracePeriodSeconds: 1 });
    expect(fake.get('Pod', BORROWED, 'web')).toBeUndefined();
    expect(workshop.told).toEqual([
      '$ kubectl -n lab delete pod web --grace-period=1',
      'waiting for Pod web to go',
      'Pod web deleted',
    ]);
  });

  test('one that is not there is no trouble, and no request to delete', async () => {
    const { fake, workshop } = setUp();
    await deletePod(workshop, 'web');
    expect(fake.requests).toEqual(['GET /api/v1/namespaces/lab/pods/web']);
  });

  test('another one in its place is not waited for', async () => {
    const { fake, workshop } = setUp();
    fake.add('Pod', BORROWED, 'web');
    fake.after = ({ method }) => {
      if (method !== 'DELETE') return;
      fake.remove('Pod', BORROWED, 'web');
      fake.add('Pod', BORROWED, 'web');
    };
    await deletePod(workshop, 'web');
    expect(fake.get('Pod', BORROWED, 'web')?.metadata.deletionTimestamp).toBeUndefined();
  });

  test('one that stays is a problem', async () => {
    const { fake, workshop } = setUp();
    fake.add('Pod', BORROWED, 'web');
    fake.settle = () => undefined;
    await expect(deletePod(workshop, 'web')).rejects.toMatchObject({
      code: 'pod-stays',
      kind: 'environment',
    });
  });

  test('not permitted', async () => {
    const { fake, workshop } = setUp();
    fake.add('Pod', BORROWED, 'web');
    fake.before = ({ method }) => (method === 'DELETE' ? forbidden('delete', 'pods', BORROWED) : undefined);
    await expect(deletePod(workshop, 'web')).rejects.toMatchObject({ code: 'forbidden', kind: 'permission' });
  });
});

describe('what a check looked at', () => {
  test.each([
    ["the learner's, in a borrowed namespace", testSession({ namespace: BORROWED, borrowed: true }), 1],
    ['in our own namespace: it goes with it', testSession(), 0],
  ])('%s', async (_, session, seen) => {
    const { fake, workshop, step } = setUp(session);
    const { uid } = fake.add('Pod', session.namespace, 'mine').metadata;
    const [verdict] = await checkStep(workshop, step);
    expect(verdict).toMatchObject({ check: 'up', outcome: 'pass' });
    expect(workshop.journal.sights().map((each) => each.uid)).toEqual(seen === 0 ? [] : [uid]);
  });

  test("ours is not the learner's", async () => {
    const { workshop, step } = setUp();
    await solveStep(workshop, step);
    await checkStep(workshop, step);
    expect(workshop.journal.sights()).toEqual([]);
  });

  test('one that is missing is not seen, and looked for elsewhere', async () => {
    const { fake, workshop, step } = setUp();
    fake.add('Pod', 'default', 'mine');
    const [verdict] = await checkStep(workshop, step);
    expect(verdict).toMatchObject({ outcome: 'fail', code: 'pod-elsewhere' });
    expect(workshop.journal.sights()).toEqual([]);
  });
});
