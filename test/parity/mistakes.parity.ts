import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadLesson } from '../../src/lesson/load.ts';
import { openPack } from '../../src/lesson/pack.ts';
import { Learner, root } from '../e2e/harness.ts';
import { findKubectls, practiceKubeconfig, realKubeconfig } from './clusters.ts';

/** Each mistake that the lesson knows gets one verdict, code and exit status, on both kinds of cluster. */
const NAMESPACE = 'k8snet-parity-mistakes';
const READY = 'multiple-containers-create';
const lesson = await loadLesson(await openPack(root), 'networking');
const mistakes = lesson.steps.flatMap(({ id, mistakes }) =>
  mistakes.map((mistake) => ({ step: id, mistake })),
);
const clusters = { practice: practiceKubeconfig, real: realKubeconfig };

type Row = { mistake: string; cluster: string; check: string; code: string | undefined; exit: number };
const table: Row[] = [];

describe.each(Object.entries(clusters))('mistakes on the %s cluster', (cluster, kubeconfig) => {
  it.skipIf(kubeconfig === undefined)('get the code that the lesson says, and exit status 1', async () => {
    const learner = new Learner({ KUBECONFIG: kubeconfig! });
    const kubectl = (...args: string[]): string =>
      execFileSync(findKubectls()[0]!.program, args, { env: learner.env, encoding: 'utf8', stdio: 'pipe' });
    const remove = (): string =>
      kubectl(
        '-n',
        NAMESPACE,
        'delete',
        'pod',
        'multi-container',
        '--ignore-not-found',
        '--grace-period=0',
        '--force',
      );
    kubectl('delete', 'namespace', NAMESPACE, '--ignore-not-found');
    kubectl('create', 'namespace', NAMESPACE);
    try {
      await learner.tutor(
        'start',
        'networking',
        '--no-prompt',
        '--namespace',
        NAMESPACE,
        '--kubeconfig',
        kubeconfig!,
      );
      for (const { step, mistake } of mistakes) {
        kubectl('-n', NAMESPACE, 'apply', '-f', join(root, mistake.apply.file));
        // Some mistakes only show in a running Pod.
        if (step !== READY) await learner.check(READY);
        const { exitCode, codes } = await learner.check(step);
        const code = codes[mistake.check];
        table.push({ mistake: mistake.apply.file, cluster, check: mistake.check, code, exit: exitCode });
        remove();
      }
    } finally {
      kubectl('delete', 'namespace', NAMESPACE, '--ignore-not-found', '--wait=false');
      learner.remove();
    }
    expect(table.filter((row) => row.cluster === cluster)).toEqual(
      mistakes.map(({ mistake: { apply, check, code } }) => ({
        mistake: apply.file,
        cluster,
        check,
        code,
        exit: 1,
      })),
    );
  });
});

afterAll(() => {
  if (table.length > 0) console.table(table);
});
