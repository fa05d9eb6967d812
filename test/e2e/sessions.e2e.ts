import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { hasTmux, TmuxTerminal } from '../support/tmux.ts';
import {
  isPractice,
  kubeconfig,
  kubectlProgram,
  Learner,
  makeNamespace,
  removePod,
  root,
} from './harness.ts';

/** A person with two terminals and a kubectl of their own, on their current context's cluster. */
if (!hasTmux) console.log('skipped: a person with two terminals: there is no tmux');

const NAMESPACE = 'k8snet-e2e-terminals';
const BIN = `${process.execPath} ${join(root, 'bin/k8snet-tutor.js')}`;

describe.skipIf(kubeconfig === '' || !hasTmux)('a person with two terminals', () => {
  const learner = new Learner();
  const sit = (name: string): TmuxTerminal =>
    new TmuxTerminal(join(learner.state), { ...learner.env, PATH: process.env['PATH'] ?? '' }, { name });
  const lesson = sit('lesson');
  const work = sit('work');
  afterAll(async () => {
    lesson.close();
    work.close();
    await learner.tutor('cleanup', '--yes');
    await removePod('multi-container', NAMESPACE);
    learner.remove();
  });
  /** Waits for the prompt of this page, types a word at it. */
  const at = async (page: number, word: string): Promise<void> => {
    await lesson.see(new RegExp(`networking ${page}/22 ‣ *\\n*(?![\\s\\S])`));
    lesson.write(word);
    lesson.key('Enter');
  };

  it('does the exercises by hand, and is asked before anything is touched', async () => {
    await makeNamespace(NAMESPACE);
    await removePod('multi-container', NAMESPACE);
    await lesson.type(`${BIN} start networking --namespace ${NAMESPACE}`);
    await lesson.see('Use this cluster? (y/N) ‣');
    lesson.key('y', 'Enter');
    await at(1, '17');
    await at(17, 'check');
    await lesson.see('There is no Pod multi-container');

    // In the other terminal kubectl needs no flags, once it is pointed.
    const [, ...pointing] =
      /^In the terminal for kubectl, [^:]*:\n((?: {2}\S.*\n)+)/m.exec(lesson.screen()) ?? [];
    for (const line of pointing.join('').trim().split('\n')) await work.run(line.trim());
    expect(await work.run('k8snet-tutor status')).toMatchObject({
      code: 0,
      shown: expect.stringContaining('page       17 of 22'),
    });
    const applied = await work.run(
      `${kubectlProgram} apply -f ${join(root, 'manifests/multi-container-deck.yml')}`,
    );
    expect(applied).toMatchObject({ code: 0, shown: expect.stringContaining('pod/multi-container created') });
    await at(17, '');
    await lesson.see('pod: passed; was not yet');
    await at(17, '');
    await at(18, '');
    await lesson.see('4 passed');
    const inside = await work.run(`${kubectlProgram} exec multi-container -c shell -- curl -s localhost`);
    expect(inside.shown).toContain('Welcome to nginx!');
    await at(18, '');
    await at(19, '');
    // A cluster that offers shells on its Nodes asks for no yes.
    if (!isPractice) {
      await lesson.see('May it? (y/N) ‣');
      lesson.key('y', 'Enter');
    }
    await lesson.see('2 passed');
    await at(19, 'shell --node');
    await lesson.see(/[#$] *\n*(?![\s\S])/);
    await lesson.type('cat /proc/sys/kernel/hostname; exit');
    await at(19, 'cleanup');
    await lesson.see('Delete this? (y/N) ‣');
    lesson.key('y', 'Enter');
    await lesson.see('Pod multi-container was made outside the tutor. Delete it, too? (y/N) ‣');
    lesson.key('n', 'Enter');
    const { code, shown } = await lesson.end();
    // What is kept is named, with the line that deletes it.
    expect(code).toBe(3);
    expect(shown).toContain('delete pod multi-container');
    expect(shown).not.toMatch(/bug in k8snet-tutor/);
  });
});
