import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { ClusterHere, type Learner } from './cluster-here.ts';

/** What tutors left whose state is not here: on another machine, or lost. Two learners, one cluster. */
let cluster: ClusterHere;
let named: string[];
let empty: string[];
beforeAll(async () => {
  cluster = await ClusterHere.start();
  await cluster.namespace('lent');
  named = ['--kubeconfig', cluster.kubeconfig()];
  empty = await cluster.content();
});
afterAll(() => cluster.close());

let number = 0;
let ada: Learner;
let bob: Learner;
let place: string;
beforeEach(async () => {
  number += 1;
  ada = cluster.learner(`ada-${number}`);
  bob = cluster.learner(`bob-${number}`);
  const begun = await ada.json<{ namespace: string }>('start', '--no-prompt', ...named);
  place = begun.namespace;
  return async () => {
    await ada.run('cleanup', '--yes');
    expect(await cluster.content()).toEqual(empty);
  };
});

const ownerOf = ({ state }: Learner): string => readFileSync(join(state, 'owner'), 'utf8').trim();

it("shows what others made, with owner, lesson and age, and how to delete one's own; touches nothing", async () => {
  const { code, stdout } = await bob.run('cleanup', '--yes', ...named);
  expect(stdout).toContain(`${place}  lesson networking, owner ${ownerOf(ada)}, 0 minutes old`);
  expect(stdout).toContain('k8snet-tutor cleanup --namespace NAME');
  expect(stdout).toContain('There is nothing of yours');
  expect(code).toBe(0);
  expect(await cluster.content()).toContain(place);
});

it('a namespace of another owner is claimed by name, after a yes', async () => {
  const claim = ['cleanup', '--namespace', place, ...named];
  const refused = await bob.json(...claim);
  expect([refused.error?.code, refused.exitCode]).toEqual(['consent-missing', 2]);
  const shown = await bob.run(...claim, '--dry-run');
  expect([shown.code, shown.stdout]).toEqual([0, expect.stringContaining(`namespace ${place}`)]);
  expect(await cluster.content()).toContain(place);
  const { code, stdout } = await bob.run(...claim, '--yes');
  expect([code, stdout]).toEqual([0, expect.stringContaining('Nothing the tutor made is left')]);
  expect(await cluster.content()).toEqual(empty);
});

it('everything of an owner is claimed by its mark', async () => {
  const nobody = await bob.json('cleanup', '--owner', 'nobody', '--yes', ...named);
  expect([nobody.error?.code, nobody.exitCode]).toEqual(['trace-none', 2]);
  const { code } = await bob.run('cleanup', '--owner', ownerOf(ada), '--yes', ...named);
  expect(code).toBe(0);
  expect(await cluster.content()).toEqual(empty);
});

it('a namespace that no tutor made is never touched', async () => {
  const answer = await bob.json('cleanup', '--namespace', 'lent', '--yes', ...named);
  expect([answer.error?.code, answer.exitCode]).toEqual(['trace-none', 2]);
});

it('the own mark is enough where session and journal were lost', async () => {
  mkdirSync(bob.state, { recursive: true });
  cpSync(join(ada.state, 'owner'), join(bob.state, 'owner'));
  const { code, stdout } = await bob.run('cleanup', '--yes', ...named);
  expect([code, stdout]).toEqual([0, expect.stringContaining('Nothing the tutor made is left')]);
  expect(await cluster.content()).toEqual(empty);
});

it('the own lesson under way goes on while something elsewhere is looked for or claimed', async () => {
  const own = await bob.json<{ namespace: string }>('start', '--no-prompt', ...named);
  const { code } = await bob.run('cleanup', '--namespace', place, '--yes', ...named);
  expect(code).toBe(0);
  expect(await cluster.content()).toEqual(expect.arrayContaining([own.namespace]));
  expect((await bob.json('status')).exitCode).toBe(0);
  await bob.run('cleanup', '--yes');
});

it('Pods in a borrowed namespace are shown with the line that deletes them', async () => {
  const cyd = cluster.learner(`cyd-${number}`);
  const begun = await cyd.run('start', '--no-prompt', '--namespace', 'lent', ...named);
  expect(begun.code, begun.stderr).toBe(0);
  for (let page = 0; page < 5; page++) await cyd.run('next', '--skip');
  expect(await cluster.content()).toContain('lent/observer-a');
  const { stdout } = await bob.run('cleanup', ...named);
  // In the cluster that was looked at, which need not be that of kubectl's current context.
  const file = named[1];
  expect(stdout).toContain(
    `kubectl --kubeconfig ${file} -n lent delete pod observer-a  (owner ${ownerOf(cyd)}`,
  );
  await cyd.run('cleanup', '--yes');
}, 60_000);

it('who may not list namespaces is told which right is missing', async () => {
  const answer = await bob.json('cleanup', '--kubeconfig', cluster.kubeconfig('learner'));
  expect([answer.error?.code, answer.exitCode]).toEqual(['forbidden', 4]);
});
