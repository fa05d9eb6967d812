import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  kubeconfig,
  kubectl,
  Learner,
  listing,
  makeNamespace,
  NAMESPACE,
  pause,
  removePod,
  root,
  tryKubectl,
  uidOf,
} from './harness.ts';

/** The main path: start, check, cleanup, on a real cluster, through the real program. */
describe.skipIf(kubeconfig === '')('the main path', () => {
  const learners: Learner[] = [];
  const newLearner = (): Learner => {
    const learner = new Learner();
    learners.push(learner);
    return learner;
  };

  beforeAll(makeNamespace);
  afterEach(async () => {
    for (const name of ['multi-container', 'observer-a', 'observer-b']) await removePod(name);
  });
  afterAll(() => {
    for (const learner of learners) learner.remove();
  });

  it('passes as a demonstration, and leaves the cluster as it was', async () => {
    const before = await listing();
    const learner = newLearner();
    const answer = await learner.json('start', 'networking', '--auto', '--kubeconfig', kubeconfig);
    expect(answer.error).toBeUndefined();
    expect(answer.exitCode).toBe(0);
    const verdicts = answer.steps?.flatMap((step) => step.verdicts) ?? [];
    expect(verdicts.length).toBeGreaterThanOrEqual(9);
    expect(new Set(verdicts.map((verdict) => verdict.outcome))).toEqual(new Set(['pass']));
    for (const verdict of verdicts) expect(verdict.evidence).not.toEqual([]);
    expect(answer.receipt?.receipt.left).toEqual([]);
    expect(await listing()).toEqual(before);
  });

  it('walks the lesson page by page; resuming and looking again make nothing anew', async () => {
    const learner = newLearner();
    await learner.begin();
    for (let page = 0; page < 5; page++) expect((await learner.tutor('next')).code).toBe(0);
    const uid = await uidOf('observer-a');
    expect(await learner.check('pod')).toMatchObject({
      exitCode: 0,
      codes: { 'observer-a': 'ready', 'observer-b': 'ready' },
    });
    expect((await learner.tutor('next')).code).toBe(0);
    await learner.begin();
    expect((await learner.tutor('page')).stdout).toContain('7/22');
    expect(await uidOf('observer-a')).toBe(uid);
    expect(await learner.check('container')).toMatchObject({
      exitCode: 0,
      codes: { inherits: 'same-address', localhost: 'source-seen' },
    });
    expect((await learner.json('cleanup')).exitCode).toBe(0);
    expect((await tryKubectl('get', 'pods', '-o', 'name')).stdout).toBe('');
  });

  it("passes exercise 1 with the deck's own Pod, byte for byte", async () => {
    const learner = newLearner();
    await learner.begin();
    const before = [
      await learner.check('multiple-containers-create'),
      await learner.check('multiple-containers-jump-in'),
    ];
    for (const { exitCode, codes } of before) {
      expect(exitCode).toBe(1);
      expect(new Set(Object.values(codes))).toEqual(new Set(['pod-missing']));
    }
    await kubectl('-n', NAMESPACE, 'apply', '-f', join(root, 'manifests/multi-container-deck.yml'));
    expect(await learner.check('multiple-containers-create')).toMatchObject({
      exitCode: 0,
      codes: { pod: 'ready' },
    });
    expect(await learner.check('multiple-containers-jump-in')).toMatchObject({
      exitCode: 0,
      codes: { open: 'reach-open', page: 'answered', witness: 'source-seen', address: 'same-address' },
    });
    // The learner's own Pod in a borrowed namespace is not deleted without a yes.
    const cleanup = await learner.json('cleanup', '--yes');
    expect(cleanup.exitCode).toBe(3);
    expect((await tryKubectl('get', 'pod', 'multi-container', '-o', 'name')).stdout).toBe(
      'pod/multi-container\n',
    );
  });

  it('solves, refuses to replace what the learner made, and replaces it when told to', async () => {
    const learner = newLearner();
    await learner.begin();
    await goTo(learner, 'multiple-containers-create');
    expect((await learner.json('solve')).exitCode).toBe(0);
    await kubectl('-n', NAMESPACE, 'delete', 'pod', 'multi-container', '--grace-period=1');
    await kubectl('-n', NAMESPACE, 'apply', '-f', join(root, 'manifests/mistakes/no-nginx.yml'));
    const uid = await uidOf('multi-container');
    await kubectl('-n', NAMESPACE, 'wait', '--for=condition=Ready', 'pod/multi-container', '--timeout=60s');
    expect((await learner.json('solve')).error).toMatchObject({ code: 'object-exists' });
    expect(await uidOf('multi-container')).toBe(uid);
    expect((await learner.json('solve', '--replace')).exitCode).toBe(0);
    expect(await uidOf('multi-container')).not.toBe(uid);
    await learner.tutor('cleanup', '--yes');
  });

  it("never touches a stranger's Pod of the same name", async () => {
    await kubectl('-n', NAMESPACE, 'apply', '-f', join(root, 'manifests/mistakes/no-nginx.yml'));
    const uid = await uidOf('multi-container');
    const learner = newLearner();
    const demonstration = await learner.json(
      'start',
      'networking',
      '--auto',
      '--kubeconfig',
      kubeconfig,
      '--namespace',
      NAMESPACE,
    );
    expect(demonstration).toMatchObject({ exitCode: 3, error: { code: 'object-exists' } });
    await learner.begin();
    await learner.check('multiple-containers-create');
    await goTo(learner, 'multiple-containers-create');
    expect((await learner.json('solve', '--replace')).error).toMatchObject({ code: 'object-exists' });
    expect((await learner.json('cleanup', '--yes')).exitCode).toBe(0);
    expect(await uidOf('multi-container')).toBe(uid);
    expect((await tryKubectl('get', 'pods', '-o', 'name')).stdout).toBe('pod/multi-container\n');
  });

  it('deletes nothing whose uid is another one', async () => {
    const learner = newLearner();
    await learner.begin();
    for (let page = 0; page < 5; page++) await learner.tutor('next');
    await removePod('observer-a');
    await kubectl('-n', NAMESPACE, 'run', 'observer-a', '--image=nginx:1.29');
    const uid = await uidOf('observer-a');
    const cleanup = await learner.tutor('cleanup', '--yes');
    expect(await uidOf('observer-a')).toBe(uid);
    expect((await tryKubectl('get', 'pod', 'observer-b')).code).not.toBe(0);
    expect(cleanup.stdout).toContain('Nothing the tutor made is left');
  });

  it('killed at any moment, cleanup leaves nothing', async () => {
    const before = await listing();
    await Promise.all(
      [300, 700, 1100, 1600, 2600, 4200].map(async (milliseconds) => {
        const learner = newLearner();
        const child = learner.spawn('start', 'networking', '--auto', '--kubeconfig', kubeconfig);
        await pause(milliseconds);
        child.kill('SIGKILL');
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
        expect(child.signalCode).toBe('SIGKILL');
        expect(await learner.json('cleanup', '--yes')).toMatchObject({ exitCode: 0 });
      }),
    );
    expect(await listing()).toEqual(before);
  });

  it('refuses a second start; after Ctrl-C tidies up and exits 130', async () => {
    const before = await listing();
    const learner = newLearner();
    const child = learner.spawn('start', 'networking', '--auto', '--kubeconfig', kubeconfig);
    let shown = '';
    child.stdout?.on('data', (chunk: Buffer) => (shown += chunk.toString()));
    while (!shown.includes('6/22')) await pause(20);
    // Meanwhile nobody else may walk this session.
    const second = await learner.json('start', 'networking', '--auto', '--kubeconfig', kubeconfig);
    expect(second).toMatchObject({ exitCode: 3, error: { code: 'session-busy' } });
    child.kill('SIGINT');
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(130);
    expect(await listing()).toEqual(before);
  });

  it('cleans up by labels when its own files are lost', async () => {
    const learner = newLearner();
    const started = await learner.json('start', 'networking', '--no-prompt', '--kubeconfig', kubeconfig);
    const session = join(learner.state, 'tutor/sessions/networking');
    const progress = readFileSync(join(session, 'progress.yaml'), 'utf8');
    writeFileSync(join(session, 'journal.jsonl'), '');
    expect(progress).toContain(`namespace: ${started.namespace}`);
    expect((await learner.json('cleanup', '--yes')).exitCode).toBe(0);
    expect((await kubectl('get', 'namespaces', '-o', 'name')).includes(`${started.namespace}`)).toBe(false);
  });
});

async function goTo(learner: Learner, step: string): Promise<void> {
  for (let page = 0; page < 25; page++) {
    const answer = (await learner.json('next', '--skip')) as { current?: string };
    if (answer.current === step) return;
  }
  throw new Error(`page ${step} was not reached`);
}
