import { afterAll, beforeAll, expect, it } from 'vitest';
import type { KubernetesObject } from '../../src/cluster/api.ts';
import { namespacePath, podPath } from '../../src/cluster/resources.ts';
import { ClusterHere } from './cluster-here.ts';

/** Somebody deletes the lesson's namespace while the tutor waits in it. */
let cluster: ClusterHere;
let named: string[];
beforeAll(async () => {
  cluster = await ClusterHere.start();
  named = ['--kubeconfig', cluster.kubeconfig()];
});
afterAll(() => cluster.close());

async function deleteNamespace(name: string): Promise<void> {
  const { metadata } = await cluster.api.get<KubernetesObject>(namespacePath(name));
  await cluster.api.delete(namespacePath(name), metadata.uid ?? '');
}

const GONE = /^namespace-(terminating|missing)$/;

/** A Pod that is on its way for long: its probe asks where nobody listens. */
async function waitingPod(namespace: string, name: string): Promise<void> {
  const readinessProbe = { httpGet: { path: '/', port: 81 }, periodSeconds: 1 };
  const containers = [
    { name: 'shell', image: 'curlimages/curl:8.16.0', command: ['sleep'], args: ['9999999'] },
    { name: 'nginx', image: 'nginx:1.29', readinessProbe },
  ];
  const spec = { terminationGracePeriodSeconds: 1, containers };
  await cluster.api.post(podPath(namespace), { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec });
}

it('check says so at once; next, start and cleanup do what is sensible', async () => {
  const before = await cluster.content();
  const learner = cluster.learner('check');
  const { namespace } = await learner.json<{ namespace: string }>('start', '--no-prompt', ...named);
  await waitingPod(namespace, 'multi-container');
  const checking = learner.spawn('check', '--step', 'multiple-containers-create', '--output', 'json');
  await new Promise((resolve) => setTimeout(resolve, 2500));
  expect(checking.shown()).toBe('');
  const deleted = Date.now();
  await deleteNamespace(namespace);
  expect(await checking.ended).toBe(3);
  expect(Date.now() - deleted).toBeLessThan(10_000);
  expect(JSON.parse(checking.shown())).toMatchObject({
    error: { code: expect.stringMatching(GONE) as string },
  });

  for (let page = 0; page < 4; page++) await learner.run('next');
  const next = await learner.json('next');
  expect([next.exitCode, next.error?.code]).toEqual([3, expect.stringMatching(GONE)]);
  const start = await learner.json('start', '--no-prompt');
  expect([start.exitCode, start.error?.next[0]]).toEqual([
    3,
    expect.stringContaining('k8snet-tutor cleanup'),
  ]);
  const cleanup = await learner.run('cleanup', '--yes');
  expect([cleanup.code, cleanup.stdout]).toEqual([
    0,
    expect.stringContaining('Nothing the tutor made is left'),
  ]);
  expect((await learner.run('start', '--no-prompt', ...named)).code).toBe(0);
  await learner.run('cleanup', '--yes');
  expect(await cluster.content()).toEqual(before);
}, 90_000);

it('a namespace that is still going: nothing more is made in it, and that is said', async () => {
  const learner = cluster.learner('going');
  const { namespace } = await learner.json<{ namespace: string }>('start', '--no-prompt', ...named);
  for (let page = 0; page < 4; page++) await learner.run('next', '--skip');
  await waitingPod(namespace, 'slow');
  const patch = { op: 'add', path: '/metadata/finalizers', value: ['example.com/slow'] };
  const path = podPath(namespace, 'slow');
  await cluster.api.send({
    ...{ method: 'PATCH', path, contentType: 'application/json-patch+json' },
    body: JSON.stringify([patch]),
  });
  await deleteNamespace(namespace);
  const next = await learner.json('next');
  expect([next.exitCode, next.error?.code]).toEqual([3, 'namespace-terminating']);
  await cluster.api.send({
    ...{ method: 'PATCH', path, contentType: 'application/json-patch+json' },
    body: JSON.stringify([{ op: 'remove', path: '/metadata/finalizers' }]),
  });
  expect((await learner.run('cleanup', '--yes')).code).toBe(0);
}, 90_000);
