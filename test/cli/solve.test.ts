import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Pod } from '../../src/cluster/pod.ts';
import { podPath } from '../../src/cluster/resources.ts';
import { ClusterHere, type Learner } from './cluster-here.ts';

let cluster: ClusterHere;
beforeAll(async () => {
  cluster = await ClusterHere.start();
});
afterAll(() => cluster.close());

interface Checked {
  steps: { verdicts: { code: string; next: string[] }[] }[];
}

/** Turns to a page without having seen those before it. */
function turnTo({ state }: Learner, page: string): void {
  const file = join(state, 'sessions', 'networking', 'progress.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^current: .*$/m, `current: ${page}`));
}

const uidOf = async (namespace: string, name: string): Promise<string | undefined> =>
  (await cluster.api.find<Pod>(podPath(namespace, name)))?.metadata.uid;

let count = 0;
async function begin(...args: string[]): Promise<{ learner: Learner; namespace: string }> {
  const learner = cluster.learner(`solve-${++count}`);
  const began = await learner.json<{ namespace: string }>(
    'start',
    '--no-prompt',
    '--kubeconfig',
    cluster.kubeconfig(),
    ...args,
  );
  return { learner, namespace: began.namespace };
}

describe('a namespace of our own', () => {
  let learner: Learner;
  let namespace: string;
  beforeEach(async () => ({ learner, namespace } = await begin()));

  it('makes the Pods of an earlier page where this one only looks at them, as the verdict says', async () => {
    turnTo(learner, 'no-nat-containers');
    const { steps, exitCode } = await learner.json<Checked>('check');
    const [verdict] = steps[0]!.verdicts;
    expect([exitCode, verdict?.code]).toEqual([1, 'pod-missing']);
    expect(verdict?.next[0]).toBe('The tutor made it for page 6, and makes it again: k8snet-tutor solve');
    expect(await learner.json('solve')).toMatchObject({ exitCode: 0 });
  }, 60_000);

  it("names --replace where a Pod of the learner's is in the way of the tutor's, and then replaces that one only", async () => {
    turnTo(learner, 'pod');
    await learner.run('solve');
    const uid = await uidOf(namespace, 'observer-a');
    const old = await uidOf(namespace, 'observer-b');
    await cluster.api.delete(podPath(namespace, 'observer-b'), old ?? '', 1);
    await expect.poll(() => uidOf(namespace, 'observer-b'), { timeout: 10_000 }).toBeUndefined();
    await cluster.pod(namespace, 'observer-b');
    const { exitCode, error } = await learner.json('solve');
    expect([exitCode, error?.code]).toEqual([3, 'object-exists']);
    expect(error?.next[0]).toContain('k8snet-tutor solve --replace');
    expect(await learner.json('solve', '--replace')).toMatchObject({ exitCode: 0 });
    expect(await uidOf(namespace, 'observer-a')).toBe(uid);
  }, 60_000);
});

it('does not name --replace for a Pod that was there before the lesson, which it would not touch', async () => {
  await cluster.namespace('lent');
  // A moment after its namespace comes the service account that Pods need.
  const made = (): Promise<unknown> => cluster.pod('lent', 'multi-container').catch(String);
  await expect.poll(made).toBeUndefined();
  const uid = await uidOf('lent', 'multi-container');
  const { learner } = await begin('--namespace', 'lent');
  turnTo(learner, 'multiple-containers-create');
  const { exitCode, error } = await learner.json('solve');
  expect([exitCode, error?.code]).toEqual([3, 'object-exists']);
  expect(error?.next.join('\n')).not.toContain('--replace');
  expect(error?.next.at(-1)).toContain('k8snet-tutor start --namespace NAME');
  await learner.run('solve', '--replace');
  expect(await uidOf('lent', 'multi-container')).toBe(uid);
}, 60_000);

it('with -v the first line names the kubeconfig, too, so that it can be typed', async () => {
  const { learner } = await begin();
  const { stdout } = await learner.run('page', '-v');
  expect(stdout).toMatch(/^\$ kubectl --kubeconfig \S+kubeconfig-practice-admin --context \S+ version$/m);
}, 60_000);

it('checks that wait for many Pods at once say nothing of their own on stderr', async () => {
  const { learner } = await begin();
  turnTo(learner, 'no-nat-containers');
  const { code, stderr } = await learner.run('solve');
  expect([code, stderr]).toEqual([0, '']);
}, 60_000);
