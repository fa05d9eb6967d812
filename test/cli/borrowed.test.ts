import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ClusterHere, type Learner } from './cluster-here.ts';

/** A namespace that somebody lends: the one of the cluster's user `learner`, who has no rights beyond it. */
const LENT = 'learner';
let cluster: ClusterHere;
let named: string[];
beforeAll(async () => {
  cluster = await ClusterHere.start();
  named = ['--kubeconfig', cluster.kubeconfig('learner')];
});
afterAll(() => cluster.close());

async function toObservers(learner: Learner): Promise<void> {
  const begun = await learner.run('start', '--no-prompt', '-n', LENT, ...named);
  expect(begun.code, begun.stderr).toBe(0);
  for (let page = 0; page < 4; page++) await learner.run('next', '--skip');
}

it('one that is not there: exit 3, and what to do', async () => {
  const answer = await cluster
    .learner('missing')
    .json('start', '--no-prompt', '-n', 'nowhere', '--kubeconfig', cluster.kubeconfig());
  expect([answer.exitCode, answer.error?.code]).toEqual([3, 'namespace-missing']);
  // In the very cluster that was meant, which is not that of the learner's usual kubeconfig.
  expect(answer.error?.next[0]).toMatch(
    /^Create it: kubectl --kubeconfig \S+kubeconfig-practice-admin create namespace nowhere$/,
  );
});

it("another learner's Pods are not replaced, though they came after the lesson began", async () => {
  const before = await cluster.content();
  const [ada, bob] = [cluster.learner('ada2'), cluster.learner('bob2')];
  await toObservers(bob);
  await toObservers(ada);
  expect((await ada.run('next')).code).toBe(0);
  const made = await cluster.content();
  const file = join(bob.state, 'sessions', 'networking', 'progress.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^current: .*$/m, 'current: pod'));
  for (const args of [['solve'], ['solve', '--replace']]) {
    const answer = await bob.json(...args);
    expect([answer.exitCode, answer.error?.code]).toEqual([3, 'object-exists']);
    expect(answer.error?.next.join()).not.toContain('--replace');
  }
  expect(await cluster.content()).toEqual(made);
  await bob.run('cleanup', '--yes');
  expect((await ada.json('check', '--step', 'pod')).exitCode).toBe(0);
  await ada.run('cleanup', '--yes');
  expect(await cluster.content()).toEqual(before);
}, 90_000);

it('two learners in one: whose the Pods are is said, each cleans up only their own', async () => {
  const before = await cluster.content();
  const [ada, bob] = [cluster.learner('ada'), cluster.learner('bob')];
  await toObservers(ada);
  expect((await ada.run('next')).code).toBe(0);
  await toObservers(bob);
  const next = await bob.json('next');
  expect([next.exitCode, next.error?.code]).toEqual([3, 'object-exists']);
  const owner = readFileSync(join(ada.state, 'owner'), 'utf8').trim();
  expect(next.error?.what).toContain(`by another tutor, owner ${owner}`);
  expect((await bob.run('cleanup', '--yes')).code).toBe(0);
  expect(await cluster.content()).toEqual(
    [...before, ...['a', 'b', 'c'].map((each) => `${LENT}/observer-${each}`)].sort(),
  );
  const check = await ada.json('check', '--step', 'no-nat-containers');
  expect(check.exitCode).toBe(0);
  expect((await ada.run('cleanup', '--yes')).code).toBe(0);
  expect(await cluster.content()).toEqual(before);
}, 90_000);

it("a stranger's Pod of the same name is left alone, and so is the learner's own without a yes", async () => {
  const before = await cluster.content();
  const learner = cluster.learner('own');
  await toObservers(learner);
  await cluster.pod(LENT, 'multi-container');
  await learner.run('check', '--step', 'multiple-containers-create');
  const solve = await learner.json('solve');
  expect(solve.exitCode).not.toBe(70);
  const cleanup = await learner.run('cleanup', '--yes');
  // Kept, and said to be: 3. The line that deletes it is shown.
  expect([cleanup.code, cleanup.stdout]).toEqual([3, expect.stringMatching(/delete pod multi-container/)]);
  expect(await cluster.content()).toEqual([...before, `${LENT}/multi-container`].sort());
}, 90_000);
