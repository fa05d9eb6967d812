import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClusterHere, Learner } from './cluster-here.ts';
import { root } from './run.ts';

/** A state folder that can't be written: full, or read-only. Nothing is created in a cluster then; cleanup works all the same. */
let cluster: ClusterHere;
beforeAll(async () => {
  cluster = await ClusterHere.start();
});
afterAll(() => cluster.close());

const preload = `--import=${join(root, 'test/support/failing-disk.mjs')}`;
/** The same learner, whose disk fails from now on. */
const failing = ({ state }: Learner, disk: string): Learner =>
  new Learner(cluster.home.path, { K8SNET_TUTOR_STATE: state, NODE_OPTIONS: preload, DISK: disk });

const REMEDY = /K8SNET_TUTOR_STATE=FOLDER/;

describe.each(['ENOSPC', 'EROFS'])('%s', (disk) => {
  const named = (): string[] => ['--kubeconfig', cluster.kubeconfig()];

  it.each([
    ['start', () => ['start', '--no-prompt', ...named()]],
    ['start --auto', () => ['start', '--auto', ...named()]],
    ['doctor --deep', () => ['doctor', '--deep', ...named()]],
  ])('%s creates nothing: exit 3, with the remedy', async (command, args) => {
    const before = await cluster.content();
    const learner = cluster.learner(`${disk}-${command.replaceAll(' ', '')}`);
    const { code, stderr, stdout } = await failing(learner, disk).run(...args());
    expect(stderr).toContain("The tutor can't write its own file");
    expect(stderr).toMatch(REMEDY);
    expect([code, stdout.includes('created in namespace')]).toEqual([3, false]);
    expect(await cluster.content()).toEqual(before);
  });

  it('practice start: exit 3, and no process is left', async () => {
    const { code, stderr } = await failing(cluster.learner(`${disk}-practice`), disk).run(
      'practice',
      'start',
    );
    expect([code, stderr]).toEqual([3, expect.stringMatching(REMEDY)]);
    expect(stderr).not.toContain('bug');
  });

  describe('in the middle of a lesson', () => {
    let learner: Learner;
    let before: string[];
    beforeAll(async () => {
      before = await cluster.content();
      learner = cluster.learner(`${disk}-middle`);
      const begun = await learner.run('start', '--no-prompt', ...named());
      expect(begun.code, begun.stderr).toBe(0);
      // The first page where there is something to do; the file says that it may be edited.
      const file = join(learner.state, 'sessions', 'networking', 'progress.yaml');
      const progress = readFileSync(file, 'utf8');
      writeFileSync(file, progress.replace('current: introduction', 'current: multiple-containers-create'));
    }, 60_000);

    it.each([['next', '--skip'], ['hint'], ['env'], ['solve'], ['start', '--no-prompt']])(
      '%s: exit 3 with the remedy, the progress is as it was, nothing new is in the cluster',
      async (...args) => {
        const file = join(learner.state, 'sessions', 'networking', 'progress.yaml');
        const [content, progress] = [await cluster.content(), readFileSync(file, 'utf8')];
        const { code, stderr } = await failing(learner, disk).run(...args);
        expect(stderr).not.toContain('bug');
        expect(stderr).toMatch(REMEDY);
        expect(code).toBe(3);
        expect(readFileSync(file, 'utf8')).toBe(progress);
        expect(await cluster.content()).toEqual(content);
        expect(readdirSync(join(file, '..')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
      },
    );

    it('check tells its verdict: what it found last is a note only', async () => {
      const answer = await failing(learner, disk).json<{ steps: { verdicts: { code: string }[] }[] }>(
        'check',
      );
      expect(answer.steps[0]?.verdicts[0]?.code).toBe('pod-missing');
      expect(answer.exitCode).toBe(1);
    });

    it('cleanup deletes all the same, says what it could not write, and can be repeated', async () => {
      const { code, stdout, stderr } = await failing(learner, disk).run('cleanup', '--yes');
      expect(stdout).toContain('Nothing the tutor made is left');
      expect(stderr).toContain('The cluster is clean all the same');
      expect(code).toBe(3);
      expect(await cluster.content()).toEqual(before);
      expect((await learner.run('cleanup', '--yes')).code).toBe(0);
      expect(existsSync(join(learner.state, 'sessions', 'networking', 'journal.jsonl'))).toBe(false);
    }, 60_000);
  });
});
