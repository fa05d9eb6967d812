import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { KubernetesObject } from '../../src/cluster/api.ts';
import { namespacePath } from '../../src/cluster/resources.ts';
import type { Session } from '../../src/tutor/session.ts';
import { ClusterHere, type Learner } from './cluster-here.ts';

/** Several processes of the real program on one state folder, started at the same moment. */
let cluster: ClusterHere;
let named: string[];
let empty: string[];
beforeAll(async () => {
  cluster = await ClusterHere.start();
  named = ['--kubeconfig', cluster.kubeconfig()];
  empty = await cluster.content();
});
afterAll(() => cluster.close());

const progressOf = ({ state }: Learner): Session =>
  load(readFileSync(join(state, 'sessions', 'networking', 'progress.yaml'), 'utf8')) as Session;

it('start four times: one namespace, one owner, and everybody is told what is going on', async () => {
  const learner = cluster.learner('starts');
  const answers = await Promise.all(
    [1, 2, 3, 4].map(() => learner.json<{ namespace: string }>('start', '--no-prompt', ...named)),
  );
  const began = answers.filter(({ exitCode }) => exitCode === 0);
  expect(began.length).toBeGreaterThan(0);
  for (const { exitCode, error } of answers)
    expect([exitCode, error?.code]).toEqual(exitCode === 0 ? [0, undefined] : [3, 'session-busy']);
  const { items } = await cluster.api.list<KubernetesObject>(namespacePath());
  const made = items.filter(({ metadata }) => metadata.name.startsWith('k8snet-'));
  expect(made.map(({ metadata }) => metadata.name)).toEqual([progressOf(learner).namespace]);
  expect(made[0]?.metadata.labels?.['k8snet-tutor/owner']).toBe(
    readFileSync(join(learner.state, 'owner'), 'utf8').trim(),
  );
  expect(began.map(({ namespace }) => namespace)).toEqual(began.map(() => progressOf(learner).namespace));
  expect((await learner.run('cleanup', '--yes')).code).toBe(0);
  expect(await cluster.content()).toEqual(empty);
}, 60_000);

it('next, check and hint side by side: no progress is lost, no object is made twice', async () => {
  const learner = cluster.learner('checks');
  await learner.run('start', '--no-prompt', ...named);
  for (let page = 0; page < 4; page++) await learner.run('next', '--skip');
  const nexts = await Promise.all([1, 2, 3].map(() => learner.json('next')));
  expect(nexts.map(({ exitCode, error }) => [exitCode, error?.code])).toEqual(
    nexts.map(() => [0, undefined]),
  );
  const steps = ['pod', 'container', 'requirements', 'no-nat-containers', 'no-nat-nodes'];
  const checks = await Promise.all(steps.map((step) => learner.json('check', '--step', step)));
  const passed = steps.filter((_, index) => checks[index]?.exitCode === 0);
  expect(passed.length).toBeGreaterThan(2);
  expect(progressOf(learner).done).toEqual(expect.arrayContaining(passed));
  const hints = await Promise.all([1, 2, 3].map(() => learner.json<{ hint: number }>('hint')));
  expect(hints.map(({ hint }) => hint).sort((one, other) => one - other)).toEqual(
    [1, 2, 3].slice(0, hints.length),
  );
  await learner.run('cleanup', '--yes');
  expect(await cluster.content()).toEqual(empty);
}, 90_000);

it('cleanup while a check waits: both end, nothing is left', async () => {
  const learner = cluster.learner('cleanup');
  await learner.run('start', '--no-prompt', ...named);
  for (let page = 0; page < 5; page++) await learner.run('next', '--skip');
  const checks = ['pod', 'no-nat-containers', 'no-nat-nodes'].map((step) =>
    learner.run('check', '--step', step),
  );
  const cleanup = await learner.run('cleanup', '--yes');
  expect([cleanup.code, cleanup.stdout]).toEqual([
    0,
    expect.stringContaining('Nothing the tutor made is left'),
  ]);
  for (const { code, stderr } of await Promise.all(checks)) {
    expect([0, 1, 2, 3]).toContain(code);
    expect(stderr).not.toContain('bug');
  }
  expect(await cluster.content()).toEqual(empty);
  expect(progressOf(learner).finished).not.toBeNull();
}, 90_000);

it('cleanup twice, beside a trial: each is done once, and nothing is left', async () => {
  const learner = cluster.learner('cleanups');
  await learner.run('start', '--no-prompt', ...named);
  const [trial, ...cleanups] = await Promise.all([
    learner.run('doctor', '--deep', ...named),
    learner.run('cleanup', 'networking', '--yes'),
    learner.run('cleanup', 'networking', '--yes'),
  ]);
  // It may look at the lesson's namespace just when that goes.
  if (trial.code !== 0) expect(trial.stdout + trial.stderr).toContain('there is no namespace');
  expect(cleanups.map(({ code }) => code)).toContain(0);
  for (const { code, stderr } of cleanups)
    if (code !== 0) expect(stderr).toContain('is at work on this lesson');
  await learner.run('cleanup', '--yes');
  expect(await cluster.content()).toEqual(empty);
}, 90_000);

it('a lesson that is resumed while hints are given in another terminal keeps them all', async () => {
  const learner = cluster.learner('resumes');
  await learner.run('start', '--no-prompt', ...named);
  for (let page = 0; page < 5; page++) await learner.run('next', '--skip');
  for (let round = 1; round <= 3; round++) {
    const resumed = learner.run('start', '--no-prompt', ...named);
    // One at every moment of it.
    const hints = Array.from({ length: 3 }, async (_, index) => {
      await new Promise((resolve) => setTimeout(resolve, 120 * index));
      return learner.json<{ hint: number }>('hint');
    });
    await Promise.all([resumed, ...hints]);
    const file = join(learner.state, 'sessions', 'networking', 'progress.yaml');
    const { current, hints: given } = progressOf(learner);
    expect(given[current]).toBe(3);
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^hints:\n( .*\n)+/m, 'hints: {}\n'));
  }
  await learner.run('cleanup', '--yes');
}, 90_000);

it('a lesson whose beginning was interrupted before anything was made has its list of what was there, all the same', async () => {
  const learner = cluster.learner('interrupted');
  await learner.run('start', '--no-prompt', ...named);
  // As it is when the tutor is killed between its first two files.
  const { namespace } = progressOf(learner);
  await learner.run('cleanup', '--yes');
  const folder = join(learner.state, 'sessions', 'networking');
  const file = join(folder, 'progress.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^finished: .*$/m, 'finished: null'));
  expect(await learner.json('start', '--no-prompt', ...named)).toMatchObject({ exitCode: 0, namespace });
  const { receipt } = await learner.json<{ receipt: { receipt: { before?: number } } }>('cleanup', '--yes');
  expect(receipt.receipt.before).toBeGreaterThan(0);
}, 60_000);
