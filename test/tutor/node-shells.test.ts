import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HelperPodFailure } from '../../src/checks/context.ts';
import { ApiError } from '../../src/cluster/api.ts';
import type { Lesson } from '../../src/lesson/lesson.ts';
import { CURL_IMAGE } from '../../src/tutor/helper-pod.ts';
import type { Session } from '../../src/tutor/session.ts';
import { checkContext } from '../../src/tutor/check-context.ts';
import type { Workshop } from '../../src/tutor/workshop.ts';
import { failure, FakeCluster, forbidden } from './fake-cluster.ts';
import { MemoryState } from './memory-state.ts';
import { NAMESPACE, testLesson, testSession, testWorkshop } from './test-workshop.ts';

const OFFER = 'k8snet-tutor/node-shell-image';
const SECURITY = 'pods "x" is forbidden: violates PodSecurity "baseline:latest": host namespaces';

let lesson: Lesson;
let fake: FakeCluster;
beforeAll(async () => {
  lesson = await testLesson();
});
beforeEach(() => {
  fake = new FakeCluster();
  fake.add('Namespace', undefined, NAMESPACE);
  fake.add('Node', undefined, 'n1');
  fake.add('Node', undefined, 'n2');
});

function workshopOf(session: Partial<Session> = {}): Workshop & { told: string[] } {
  const workshop = testWorkshop({
    connection: fake,
    folder: new MemoryState(),
    lesson,
    session: testSession(session),
  });
  let nonces = 0;
  return { ...workshop, nonce: () => `${++nonces}abcdefghijk` };
}

/** The Pods that are there, and are not being deleted. */
function pods(): string[] {
  return fake
    .content()
    .map((line) => /^Pod \S+\/(\S+) /.exec(line)?.[1] ?? '')
    .filter((name) => name !== '' && podOf(name).metadata.deletionTimestamp === undefined);
}

function podOf(name: string): NonNullable<ReturnType<FakeCluster['get']>> {
  const found = fake.get('Pod', NAMESPACE, name);
  if (found === undefined) throw new Error(`no Pod ${name}`);
  return found;
}

const created = (): string[] => fake.requests.filter((each) => each.startsWith('POST'));

describe('a shell on a Node', () => {
  test.each([null, false])('is not made where the learner has said %s', async (nodeNetwork) => {
    const workshop = workshopOf({ nodeNetwork });
    expect(await workshop.nodeShells.open(workshop, 'n1')).toBeUndefined();
    expect(await workshop.nodeShells.isOffered(workshop)).toBe(false);
    expect(created()).toEqual([]);
  });

  test.each([
    ['Unknown', 'it did not start within 10 s'],
    ['True', 'it did not start within 90 s'],
  ])('is not waited for on a Node that is lost: Ready is %s, %s', async (status, words) => {
    fake.add('Node', undefined, 'n3', { status: { conditions: [{ type: 'Ready', status }] } });
    fake.after = ({ method, path }) => {
      if (method === 'POST' && path.endsWith('/pods')) podOf(pods()[0]!).status = { phase: 'Pending' };
    };
    const workshop = workshopOf({ nodeNetwork: true });
    await expect(workshop.nodeShells.open(workshop, 'n3')).rejects.toThrow(words);
  });

  test('is a Pod in the network of that Node, without privileges', async () => {
    const workshop = workshopOf({ nodeNetwork: true });
    const shell = await workshop.nodeShells.open(workshop, 'n2');
    expect(shell).toEqual({ pod: 'node-shell-1abcde', container: 'shell' });
    const { spec } = podOf('node-shell-1abcde');
    expect(spec).toMatchObject({
      nodeName: 'n2',
      hostNetwork: true,
      automountServiceAccountToken: false,
      tolerations: [{ operator: 'Exists' }],
      containers: [
        {
          image: CURL_IMAGE,
          securityContext: {
            runAsNonRoot: true,
            allowPrivilegeEscalation: false,
            capabilities: { drop: ['ALL'] },
          },
        },
      ],
    });
    expect(spec).not.toHaveProperty('hostPID');
    expect(workshop.told.join()).toContain('a shell in the network of Node n2 (Pod node-shell-1abcde)');
  });

  test('goes with the others when it is still being made', async () => {
    const workshop = workshopOf({ nodeNetwork: true });
    const opening = workshop.nodeShells.open(workshop, 'n1').catch(() => undefined);
    while (created().length === 0) await Promise.resolve();
    await workshop.nodeShells.close(workshop);
    expect(pods()).toEqual([]);
    await opening;
  });

  test("has the learner's own image where one was given, with the user of that", async () => {
    const workshop = workshopOf({ nodeNetwork: true, images: { shell: 'registry.example/curl:1' } });
    await workshop.nodeShells.open(workshop, 'n1');
    const [container] = podOf('node-shell-1abcde').spec?.containers ?? [];
    expect(container).toMatchObject({ image: 'registry.example/curl:1' });
    expect(container).not.toHaveProperty('securityContext.runAsUser');
  });

  test('is shared by all who ask at once, one for each Node', async () => {
    const workshop = workshopOf({ nodeNetwork: true });
    const open = (node: string) => workshop.nodeShells.open(workshop, node);
    const [one, same, two] = await Promise.all([open('n1'), open('n1'), open('n2')]);
    expect(one).toBe(same);
    expect(two).not.toEqual(one);
    expect(created()).toHaveLength(2);
  });

  test('is made without asking where the cluster offers it, on the Nodes that do', async () => {
    const annotations = { [OFFER]: 'practice/shell:1' };
    fake.add('Node', undefined, 'n3', { metadata: { name: 'n3', annotations } });
    const workshop = workshopOf();
    expect(await workshop.nodeShells.isOffered(workshop)).toBe(true);
    expect(await workshop.nodeShells.open(workshop, 'n1')).toBeUndefined();
    expect(await workshop.nodeShells.open(workshop, 'n3')).toBeDefined();
    expect(podOf('node-shell-1abcde').spec?.containers?.[0]?.image).toBe('practice/shell:1');
  });

  test('Nodes that may not be read offer nothing, and consent is enough', async () => {
    fake.before = ({ path }) => (path === '/api/v1/nodes' ? forbidden('list', 'nodes') : undefined);
    const workshop = workshopOf({ nodeNetwork: true });
    expect(await workshop.nodeShells.isOffered(workshop)).toBe(false);
    expect(await workshop.nodeShells.open(workshop, 'n1')).toBeDefined();
  });

  test('Pod Security is told as the API server tells it', async () => {
    fake.before = ({ method }) => (method === 'POST' ? failure(403, SECURITY) : undefined);
    const workshop = workshopOf({ nodeNetwork: true });
    const error: unknown = await workshop.nodeShells.open(workshop, 'n1').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 403, message: SECURITY });
  });

  test.each([
    [
      'an image that is not there',
      { reason: 'ErrImagePull', message: 'manifest unknown' },
      'manifest unknown',
      /^image/,
    ],
    [
      'a registry that says later',
      { reason: 'ImagePullBackOff', message: 'toomanyrequests' },
      'it did not start within 90 s; shell: ImagePullBackOff: toomanyrequests',
      /^image/,
    ],
    [
      'a container that does not start',
      { reason: 'ContainerCreating' },
      'it did not start within 90 s',
      /^(?!image)/,
    ],
  ])('%s is told, with the Pod and the Node', async (_, waiting, said, trouble) => {
    fake.after = ({ method, path }) => {
      if (method !== 'POST' || !path.endsWith('/pods')) return;
      const [name = ''] = pods();
      podOf(name).status = {
        phase: 'Pending',
        containerStatuses: [{ name: 'shell', ready: false, restartCount: 0, state: { waiting } }],
      };
    };
    const workshop = workshopOf({ nodeNetwork: true });
    const error: unknown = await workshop.nodeShells.open(workshop, 'n1').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(HelperPodFailure);
    expect(error).toMatchObject({ pod: 'node-shell-1abcde', node: 'n1' });
    expect((error as HelperPodFailure).trouble).toMatch(trouble);
    expect(String(error)).toContain(said);
    // It is still ours to remove.
    await workshop.nodeShells.close(workshop);
    expect(pods()).toEqual([]);
  });

  test('all are removed together, and made again when they are needed again', async () => {
    const workshop = workshopOf({ nodeNetwork: true });
    await workshop.nodeShells.open(workshop, 'n1');
    await workshop.nodeShells.open(workshop, 'n2');
    expect(pods()).toHaveLength(2);
    await workshop.nodeShells.close(workshop);
    expect(pods()).toEqual([]);
    const again = await workshop.nodeShells.open(workshop, 'n1');
    expect(pods()).toEqual([again?.pod]);
  });

  test('trouble with removing is left to cleanup', async () => {
    const workshop = workshopOf({ nodeNetwork: true });
    await workshop.nodeShells.open(workshop, 'n1');
    fake.before = ({ method }) => (method === 'DELETE' ? failure(500, 'etcdserver: timeout') : undefined);
    await workshop.nodeShells.close(workshop);
    expect(workshop.journal.open().map((each) => each.name)).toContain('node-shell-1abcde');
  });
});

describe('a Pod whose probe a kubelet sends', () => {
  const PROBE = { httpGet: { host: '10.0.1.5', port: 80, path: '/' } };

  test('has the probe, nothing of its Node, and is gone afterwards', async () => {
    const workshop = workshopOf();
    const name = await checkContext(workshop).nodes.withProbe('n2', PROBE, (pod) => {
      expect(podOf(pod).spec).toMatchObject({
        nodeName: 'n2',
        hostNetwork: false,
        containers: [{ readinessProbe: PROBE }],
      });
      return Promise.resolve(pod);
    });
    expect(name).toBe('kubelet-probe-1abcde');
    expect(pods()).toEqual([]);
  });

  test('is gone also when its use fails', async () => {
    const workshop = workshopOf();
    const use = (): Promise<never> => Promise.reject(new Error('no luck'));
    await expect(checkContext(workshop).nodes.withProbe('n1', PROBE, use)).rejects.toThrow('no luck');
    expect(created()).toHaveLength(1);
    expect(pods()).toEqual([]);
  });
});
