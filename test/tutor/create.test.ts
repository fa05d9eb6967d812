import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ApiResponse } from '../../src/cluster/connection.ts';
import type { Lesson } from '../../src/lesson/lesson.ts';
import { createOwned, type NewObject } from '../../src/tutor/create.ts';
import { ensureNamespace, namespaceName } from '../../src/tutor/namespace.ts';
import { requireNamespace } from '../../src/tutor/require-namespace.ts';
import { LESSON, MANAGED_BY, NONCE, OWNER } from '../../src/tutor/ownership.ts';
import { StateFolder } from '../../src/tutor/state-folder.ts';
import { cut, failure, FakeCluster, forbidden } from './fake-cluster.ts';
import { MemoryState } from './memory-state.ts';
import { BORROWED, NAMESPACE, OWNER_ID, testLesson, testSession, testWorkshop } from './test-workshop.ts';

let lesson: Lesson;
beforeAll(async () => {
  lesson = await testLesson();
});

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const POD: NewObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  plural: 'pods',
  namespace: BORROWED,
  name: 'web',
  raw: {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', labels: { app: 'web' } },
    spec: { containers: [] },
  },
};

function setUp(session = testSession({ namespace: BORROWED, borrowed: true })) {
  const fake = new FakeCluster();
  fake.add('Namespace', undefined, BORROWED);
  const workshop = testWorkshop({ connection: fake, folder: new MemoryState(), lesson, session });
  return { fake, workshop };
}

describe('creating', () => {
  test('the intent is on the disk before the request reaches the server', async () => {
    const path = mkdtempSync(join(tmpdir(), 'k8snet-tutor-test-'));
    folders.push(path);
    const fake = new FakeCluster();
    fake.add('Namespace', undefined, BORROWED);
    const session = testSession({ namespace: BORROWED, borrowed: true });
    const workshop = testWorkshop({ connection: fake, folder: new StateFolder(path), lesson, session });
    const onDisk = (): Record<string, unknown>[] =>
      readFileSync(join(path, 'journal.jsonl'), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line): Record<string, unknown> => JSON.parse(line));
    let seen: unknown;
    fake.before = ({ method, body }) => {
      if (method === 'POST') seen = { journal: onDisk(), sent: JSON.parse(body ?? '') };
      return undefined;
    };
    expect(await createOwned(workshop, POD)).toBe(true);
    const nonce = fake.get('Pod', BORROWED, 'web')?.metadata.labels?.[NONCE];
    const { raw: _, ...address } = POD;
    expect(seen).toMatchObject({
      journal: [{ event: 'intent', cluster: session.cluster.id, ...address, nonce }],
      sent: { metadata: { labels: { [NONCE]: nonce } } },
    });
    expect(onDisk().at(-1)).toEqual({
      event: 'created',
      nonce,
      uid: fake.get('Pod', BORROWED, 'web')?.metadata.uid,
    });
  });

  test('the object carries our labels beside its own', async () => {
    const { fake, workshop } = setUp();
    await createOwned(workshop, POD);
    expect(fake.get('Pod', BORROWED, 'web')?.metadata.labels).toEqual({
      app: 'web',
      [MANAGED_BY]: 'k8snet-tutor',
      [OWNER]: OWNER_ID,
      [LESSON]: 'small',
      [NONCE]: expect.any(String) as string,
    });
    expect(POD.raw['metadata']).toEqual({ name: 'web', labels: { app: 'web' } });
  });

  test('nothing is sent when the journal cannot be written', async () => {
    const { fake, workshop } = setUp();
    workshop.folder.append = () => {
      throw new Error('the disk is full');
    };
    await expect(createOwned(workshop, POD)).rejects.toThrow('the disk is full');
    expect(fake.requests).toEqual([]);
  });
});

describe('the name is taken', () => {
  test('by ourselves: the answer to an earlier try was lost', async () => {
    const { fake, workshop } = setUp();
    let lost = 0;
    fake.after = ({ method }) => {
      if (method === 'POST' && lost++ === 0) throw cut();
    };
    expect(await createOwned(workshop, POD)).toBe(true);
    expect(fake.requests.map((each) => each.split(' ')[0])).toEqual(['POST', 'POST', 'GET']);
    expect(workshop.journal.open()).toMatchObject([
      { name: 'web', uid: fake.get('Pod', BORROWED, 'web')?.metadata.uid },
    ]);
  });

  test('by ourselves, known from before', async () => {
    const { workshop } = setUp();
    expect(await createOwned(workshop, POD)).toBe(true);
    expect(await createOwned(workshop, POD)).toBe(false);
    expect(workshop.journal.open()).toHaveLength(1);
  });

  test('by ourselves, made by a process that was killed before it knew', async () => {
    const { fake, workshop } = setUp();
    const { raw: _, ...address } = POD;
    workshop.journal.intend({ ...address, cluster: 'c', nonce: 'n1' });
    const { uid } = fake.add('Pod', BORROWED, 'web', {
      metadata: { name: 'web', labels: { [NONCE]: 'n1' } },
    }).metadata;
    expect(await createOwned(workshop, POD)).toBe(false);
    expect(workshop.journal.open()).toMatchObject([{ nonce: 'n1', uid }]);
  });

  test('by ourselves, and being deleted', async () => {
    const { fake, workshop } = setUp();
    await createOwned(workshop, POD);
    fake.get('Pod', BORROWED, 'web')!.metadata.deletionTimestamp = 'now';
    await expect(createOwned(workshop, POD)).rejects.toMatchObject({
      code: 'object-terminating',
      kind: 'environment',
      where: 'Pod web in namespace lab',
    });
  });

  test.each([
    ['without labels', {}, ''],
    ['managed by another tool', { [MANAGED_BY]: 'Helm' }, ' (created 2020-01-01T00:00:00Z, managed by Helm)'],
    [
      "of another learner's tutor",
      { [MANAGED_BY]: 'k8snet-tutor', [NONCE]: 'other', [OWNER]: 'another' },
      ' (created 2020-01-01T00:00:00Z, by another tutor, owner another)',
    ],
  ])("by somebody's object %s", async (_, labels, whose) => {
    const { fake, workshop } = setUp();
    const metadata = {
      name: 'web',
      labels,
      ...(whose === '' ? {} : { creationTimestamp: '2020-01-01T00:00:00Z' }),
    };
    fake.add('Pod', BORROWED, 'web', { metadata });
    const before = structuredClone(fake.get('Pod', BORROWED, 'web'));
    await expect(createOwned(workshop, POD)).rejects.toMatchObject({
      code: 'object-exists',
      kind: 'environment',
      what: `There is a Pod web already that the tutor did not make${whose}; it was not touched`,
    });
    expect(fake.get('Pod', BORROWED, 'web')).toEqual(before);
    expect(fake.requests.map((each) => each.split(' ')[0])).toEqual(['POST', 'GET']);
    expect(workshop.journal.open()).toEqual([]);
  });

  test('a nonce of another object of ours does not make it ours', async () => {
    const { fake, workshop } = setUp();
    const { raw: _, ...address } = POD;
    workshop.journal.intend({ ...address, name: 'other', cluster: 'c', nonce: 'n1' });
    fake.add('Pod', BORROWED, 'web', { metadata: { name: 'web', labels: { [NONCE]: 'n1' } } });
    await expect(createOwned(workshop, POD)).rejects.toMatchObject({ code: 'object-exists' });
  });
});

describe('the server says no', () => {
  test.each<[string, ApiResponse, string, string, boolean]>([
    ['not permitted', forbidden('create', 'pods', BORROWED), 'forbidden', 'permission', false],
    ['invalid', failure(422, 'Pod "web" is invalid'), 'object-invalid', 'usage', false],
    [
      'no such namespace',
      failure(404, 'namespaces "lab" not found'),
      'namespace-missing',
      'environment',
      false,
    ],
    // Nobody knows whether it was created after all.
    ['an error of its own', failure(500, 'etcd is in a bad mood'), 'server-error', 'environment', true],
    ['too late', failure(504, 'Timeout: request did not complete'), 'server-error', 'environment', true],
  ])('%s', async (_, response, code, kind, open) => {
    const { fake, workshop } = setUp();
    fake.before = () => response;
    await expect(createOwned(workshop, POD)).rejects.toMatchObject({ code, kind });
    expect(workshop.journal.open()).toHaveLength(open ? 1 : 0);
  });

  test('nothing at all: the intent stays open', async () => {
    const { fake, workshop } = setUp();
    fake.before = () => {
      throw cut();
    };
    await expect(createOwned(workshop, POD)).rejects.toMatchObject({ code: 'server-unreachable' });
    expect(workshop.journal.open()).toMatchObject([{ name: 'web', uid: undefined }]);
  });
});

describe('namespace', () => {
  test.each([
    ['networking', 'abcdef0123', 'k8snet-networking-abcdef'],
    ['a'.repeat(60), 'abcdef0123', `k8snet-${'a'.repeat(49)}-abcdef`],
  ])('of lesson %s', (id, nonce, name) => {
    expect(namespaceName(id, nonce)).toBe(name);
    expect(name.length).toBeLessThanOrEqual(63);
  });

  test('is made once, with our labels', async () => {
    const { fake, workshop } = setUp(testSession());
    await ensureNamespace(workshop);
    await ensureNamespace(workshop);
    expect(fake.requests).toEqual(['POST /api/v1/namespaces']);
    expect(fake.get('Namespace', undefined, NAMESPACE)?.metadata.labels).toMatchObject({ [OWNER]: OWNER_ID });
  });

  test('is never made when it is borrowed', async () => {
    const { fake, workshop } = setUp();
    await ensureNamespace(workshop);
    expect(fake.requests).toEqual([]);
  });

  test("somebody's namespace of that name is not taken", async () => {
    const { fake, workshop } = setUp(testSession());
    fake.add('Namespace', undefined, NAMESPACE);
    await expect(ensureNamespace(workshop)).rejects.toMatchObject({ code: 'object-exists' });
  });

  test('Pods wait for its service account, for a moment', async () => {
    const { fake, workshop } = setUp(testSession());
    await ensureNamespace(workshop);
    let refused = 0;
    fake.before = ({ path }) =>
      path.endsWith('/pods') && refused++ < 3
        ? failure(500, 'error looking up service account x/default: serviceaccount "default" not found')
        : undefined;
    expect(await createOwned(workshop, { ...POD, namespace: NAMESPACE })).toBe(true);
    expect(refused).toBe(4);
  });

  test.each([
    ['gone', undefined, 'namespace-missing'],
    ['going', 'now', 'namespace-terminating'],
  ])('%s', async (_, deletionTimestamp, code) => {
    const { fake, workshop } = setUp(testSession());
    if (deletionTimestamp !== undefined)
      fake.add('Namespace', undefined, NAMESPACE, { metadata: { name: NAMESPACE, deletionTimestamp } });
    await expect(requireNamespace(workshop)).rejects.toMatchObject({ code, kind: 'environment' });
  });

  test('usable, or not to be read: then it is taken to be there', async () => {
    const { fake, workshop } = setUp();
    await expect(requireNamespace(workshop)).resolves.toBeUndefined();
    fake.remove('Namespace', undefined, BORROWED);
    fake.before = () => forbidden('get', 'namespaces', BORROWED);
    await expect(requireNamespace(workshop)).resolves.toBeUndefined();
  });
});
