import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { borrowed, goTo, pods } from './borrowed.ts';
import { kubeconfig, kubectl, kubectlWith, listing, pause, removePod, root, uidOf } from './harness.ts';
import { learnersHere } from './learners.ts';

/** Milliseconds after the start. `npm run prove` names many more. */
const kills = (process.env['E2E_KILLS'] ?? '300,800,1600,2600,4200').split(',').map(Number);

const { learners, newLearner } = learnersHere();

/** Lessons that end otherwise than they should leave nothing behind either. */
describe.skipIf(kubeconfig === '')('in namespaces of their own', () => {
  let before: string[];
  beforeAll(async () => {
    before = await listing(learners);
  });

  describe.concurrent('at once', () => {
    it.each(kills)('killed after %i ms, cleanup leaves nothing', async (milliseconds) => {
      const learner = newLearner();
      const child = learner.spawn(['start', 'networking', '--auto', '--kubeconfig', kubeconfig]);
      await pause(milliseconds);
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      expect(child.signalCode).toBe('SIGKILL');
      expect(await learner.json('cleanup', '--yes')).toMatchObject({ exitCode: 0 });
    });

    it('a second start is refused; Ctrl-C tidies up and exits 130', async () => {
      const learner = newLearner();
      const child = learner.spawn(['start', 'networking', '--auto', '--kubeconfig', kubeconfig]);
      let shown = '';
      child.stdout?.on('data', (chunk: Buffer) => (shown += chunk.toString()));
      while (!shown.includes('6/22')) await pause(20);
      const second = await learner.json('start', 'networking', '--auto', '--kubeconfig', kubeconfig);
      expect(second).toMatchObject({ exitCode: 3, error: { code: 'session-busy' } });
      child.kill('SIGINT');
      const [code] = (await once(child, 'exit')) as [number];
      expect(code).toBe(130);
      expect(shown).toContain('Nothing the tutor made is left');
    });

    it('a lost journal is made up for by labels', async () => {
      const learner = newLearner();
      const started = await learner.json('start', 'networking', '--no-prompt', '--kubeconfig', kubeconfig);
      const session = join(learner.state, 'tutor/sessions/networking');
      expect(readFileSync(join(session, 'progress.yaml'), 'utf8')).toContain(
        `namespace: ${started.namespace}`,
      );
      writeFileSync(join(session, 'journal.jsonl'), '');
      expect((await learner.json('cleanup', '--yes')).exitCode).toBe(0);
    });
  });

  it('leave the cluster as it was', async () => {
    expect(await listing(learners)).toEqual(before);
  });
});

/** In borrowed namespaces all works as in any other, and only what the tutor made itself is ever touched. */
describe.skipIf(kubeconfig === '').concurrent('in a borrowed namespace', () => {
  it('shell leads into its containers, and env points kubectl at it', async () => {
    const namespace = await borrowed('shell');
    const learner = newLearner();
    await learner.begin(namespace);
    for (let page = 0; page < 5; page++) await learner.tutor('next');
    const page = await learner.tutor('shell', '--', 'curl', '-s', 'localhost');
    expect(page).toMatchObject({ code: 0, stderr: '' });
    expect(page.stdout).toContain('Welcome to nginx!');
    expect(
      await learner.tutor(
        'shell',
        '--pod',
        'observer-b',
        '-c',
        'nginx',
        '--',
        'sh',
        '-c',
        'echo no >&2; exit 7',
      ),
    ).toEqual({ code: 7, stdout: '', stderr: 'no\n' });
    expect((await learner.tutor('shell', '--', 'no-such-program')).code).not.toBe(0);

    const { KUBECONFIG } = (await learner.json('env')) as unknown as { KUBECONFIG: string };
    const pods = await kubectlWith({ KUBECONFIG }, 'get', 'pods', '-o', 'name');
    expect(pods.stdout).toBe('pod/observer-a\npod/observer-b\npod/observer-c\n');
    expect((await learner.json('cleanup')).exitCode).toBe(0);
  });

  it('solve refuses to replace what the learner made, until it is told to', async () => {
    const namespace = await borrowed('solve');
    const learner = newLearner();
    await learner.begin(namespace);
    await goTo(learner, 'multiple-containers-create');
    await kubectl('-n', namespace, 'apply', '-f', join(root, 'manifests/mistakes/no-nginx.yml'));
    await kubectl('-n', namespace, 'wait', '--for=condition=Ready', 'pod/multi-container', '--timeout=60s');
    const uid = await uidOf('multi-container', namespace);
    expect((await learner.json('solve')).error).toMatchObject({ code: 'object-exists' });
    expect(await uidOf('multi-container', namespace)).toBe(uid);
    expect((await learner.json('solve', '--replace')).exitCode).toBe(0);
    expect(await uidOf('multi-container', namespace)).not.toBe(uid);
    expect((await learner.json('cleanup', '--yes')).exitCode).toBe(0);
    expect(await pods(namespace)).toBe('');
  });

  it("a stranger's Pod of the same name is never touched", async () => {
    const namespace = await borrowed('stranger');
    await kubectl('-n', namespace, 'apply', '-f', join(root, 'manifests/mistakes/no-nginx.yml'));
    const uid = await uidOf('multi-container', namespace);
    const learner = newLearner();
    const borrow = ['--kubeconfig', kubeconfig, '--namespace', namespace];
    expect(await learner.json('start', 'networking', '--auto', ...borrow)).toMatchObject({
      exitCode: 3,
      error: { code: 'object-exists' },
    });
    await learner.begin(namespace);
    await learner.check('multiple-containers-create');
    await goTo(learner, 'multiple-containers-create');
    expect((await learner.json('solve', '--replace')).error).toMatchObject({ code: 'object-exists' });
    expect((await learner.json('cleanup', '--yes')).exitCode).toBe(0);
    expect(await uidOf('multi-container', namespace)).toBe(uid);
    expect(await pods(namespace)).toBe('pod/multi-container\n');
    await removePod('multi-container', namespace);
  });

  it('nothing is deleted whose uid is another one', async () => {
    const namespace = await borrowed('uid');
    const learner = newLearner();
    await learner.begin(namespace);
    for (let page = 0; page < 5; page++) await learner.tutor('next');
    await removePod('observer-a', namespace);
    await kubectl('-n', namespace, 'run', 'observer-a', '--image=nginx:1.29');
    const uid = await uidOf('observer-a', namespace);
    const cleanup = await learner.tutor('cleanup', '--yes');
    expect(cleanup.stdout).toContain('Nothing the tutor made is left');
    expect(await uidOf('observer-a', namespace)).toBe(uid);
    expect(await pods(namespace)).toBe('pod/observer-a\n');
    await removePod('observer-a', namespace);
  });
});
