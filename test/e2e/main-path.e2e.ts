import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { borrowed, pods } from './borrowed.ts';
import {
  isPractice,
  kubeconfig,
  kubectl,
  learnerKubeconfig,
  listing,
  removePod,
  root,
  uidOf,
} from './harness.ts';
import { learnersHere } from './learners.ts';

const { learners, newLearner } = learnersHere();

/** Codes of statements that do not apply on one Node. */
const ONE_NODE = new Set(['one-node', 'not-one-node', 'not-two-nodes']);

/** Lessons in namespaces of their own, all at once; none leaves anything behind. */
describe.skipIf(kubeconfig === '')('in namespaces of their own', () => {
  let before: string[];
  beforeAll(async () => {
    before = await listing(learners);
  });

  describe.concurrent('at once', () => {
    it.each([
      { leave: [], notPassed: isPractice ? [] : ['server'] },
      { leave: ['--allow-node-network'], notPassed: [] },
    ])('the demonstration passes, with evidence and a receipt $leave', async ({ leave, notPassed }) => {
      const learner = newLearner();
      const answer = await learner.json(
        'start',
        'networking',
        '--auto',
        '--kubeconfig',
        kubeconfig,
        ...leave,
      );
      expect(answer.error).toBeUndefined();
      expect(answer.exitCode).toBe(0);
      const verdicts = answer.steps?.flatMap((step) => step.verdicts) ?? [];
      expect(verdicts.length).toBeGreaterThanOrEqual(9);
      // Without leave nobody starts a server on a Node; on one Node there is nothing to say of two.
      const others = verdicts.filter(({ outcome, code }) => outcome !== 'pass' && !ONE_NODE.has(code));
      expect(others.map(({ check, outcome }) => [check, outcome])).toEqual(
        notPassed.map((check) => [check, 'skipped']),
      );
      for (const { outcome, evidence } of verdicts) if (outcome === 'pass') expect(evidence).not.toEqual([]);
      expect(answer.receipt?.receipt.left).toEqual([]);
    });
  });

  it('leave the cluster as it was', async () => {
    expect(await listing(learners)).toEqual(before);
  });
});

/** Lessons in borrowed namespaces. */
describe.skipIf(kubeconfig === '').concurrent('in a borrowed namespace', () => {
  it('the lesson goes page by page; resuming and looking again make nothing anew', async () => {
    const namespace = await borrowed('walk');
    const learner = newLearner();
    await learner.begin(namespace);
    for (let page = 0; page < 5; page++) expect((await learner.tutor('next')).code).toBe(0);
    const uid = await uidOf('observer-a', namespace);
    expect(await learner.check('pod')).toMatchObject({
      exitCode: 0,
      codes: { 'observer-a': 'ready', 'observer-b': 'ready' },
    });
    expect((await learner.tutor('next')).code).toBe(0);
    await learner.begin(namespace);
    expect((await learner.tutor('page')).stdout).toContain('7/22');
    expect(await uidOf('observer-a', namespace)).toBe(uid);
    expect(await learner.check('container')).toMatchObject({
      exitCode: 0,
      codes: { inherits: 'same-address', localhost: 'source-seen' },
    });
    expect((await learner.json('cleanup')).exitCode).toBe(0);
    expect(await pods(namespace)).toBe('');
  });

  it("the deck's own Pod, byte for byte, passes exercise 1, and is not deleted without a yes", async () => {
    const namespace = await borrowed('deck');
    const learner = newLearner();
    await learner.begin(namespace);
    const before = [
      await learner.check('multiple-containers-create'),
      await learner.check('multiple-containers-jump-in'),
    ];
    for (const { exitCode, codes } of before) {
      expect(exitCode).toBe(1);
      expect(new Set(Object.values(codes))).toEqual(new Set(['pod-missing']));
    }
    await kubectl('-n', namespace, 'apply', '-f', join(root, 'manifests/multi-container-deck.yml'));
    expect(await learner.check('multiple-containers-create')).toMatchObject({
      exitCode: 0,
      codes: { pod: 'ready' },
    });
    expect(await learner.check('multiple-containers-jump-in')).toMatchObject({
      exitCode: 0,
      codes: { open: 'reach-open', page: 'answered', witness: 'source-seen', address: 'same-address' },
    });
    expect((await learner.json('cleanup', '--yes')).exitCode).toBe(3);
    expect(await pods(namespace)).toBe('pod/multi-container\n');
    await removePod('multi-container', namespace);
  });

  it.skipIf(learnerKubeconfig === '')('rights in that namespace alone are enough', async () => {
    const learner = newLearner();
    const namespace = await kubectl(
      '--kubeconfig',
      learnerKubeconfig,
      'config',
      'view',
      '--minify',
      '-o',
      'jsonpath={..namespace}',
    );
    const answer = await learner.json(
      'start',
      'networking',
      '--auto',
      '--kubeconfig',
      learnerKubeconfig,
      '--namespace',
      namespace,
    );
    expect(answer.error).toBeUndefined();
    expect(answer.exitCode).toBe(0);
    expect(await pods(namespace)).toBe('');
  });
});
