import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Step } from '../../src/lesson/lesson.ts';
import { loadLesson } from '../../src/lesson/load.ts';
import { openPack } from '../../src/lesson/pack.ts';
import {
  kubeconfig,
  kubectl,
  Learner,
  makeNamespace,
  NAMESPACE,
  removePod,
  root,
  tryKubectl,
  uidOf,
  viewerKubeconfig,
} from './harness.ts';

/** What learners get wrong: each mistake has its own code, its exit code and a remedy, and none a stack trace. */
const lesson = await loadLesson(await openPack(root), 'networking');
const mistakes = lesson.steps.flatMap((step) =>
  step.mistakes.map((mistake) => ({ step, mistake, file: mistake.apply.file })),
);

describe.skipIf(kubeconfig === '')('mistakes', () => {
  const learner = new Learner();
  beforeAll(async () => {
    await makeNamespace(NAMESPACE);
    await learner.begin(NAMESPACE);
  });
  afterEach(() => removePod('multi-container', NAMESPACE));
  afterAll(async () => {
    await learner.tutor('cleanup', '--yes');
    learner.remove();
  });

  it('covers the exercise', () => {
    expect(mistakes.length).toBeGreaterThanOrEqual(6);
  });

  it.each(mistakes)('$file fails as the lesson says', async ({ step, mistake }) => {
    await kubectl('-n', NAMESPACE, 'apply', '-f', join(root, mistake.apply.file));
    const { exitCode, codes, answer } = await checked(step, mistake.check);
    expect(codes).toMatchObject({ [mistake.check]: mistake.code });
    expect(exitCode).toBe(1);
    expectHelp(answer, mistake.check);
  });

  it('a Pod in another namespace is found there', async () => {
    await kubectl('-n', 'default', 'apply', '-f', join(root, 'manifests/multi-container.yml'));
    try {
      const { exitCode, codes, answer } = await learner.check('multiple-containers-create');
      expect({ exitCode, codes }).toEqual({ exitCode: 1, codes: { pod: 'pod-elsewhere' } });
      expect(answer.steps?.[0]?.verdicts[0]?.message).toContain('namespace default');
    } finally {
      await removePod('multi-container', 'default');
    }
  });

  it('refused on ::1 but fine on 127.0.0.1 passes', async () => {
    const listen =
      'printf "server { listen 127.0.0.1:80; root /usr/share/nginx/html; }" > /etc/nginx/conf.d/default.conf; exec nginx -g "daemon off;"';
    await applyPod({ nginx: ['/bin/sh', '-c', listen] });
    const ready = await learner.check('multiple-containers-create');
    expect(ready.exitCode).toBe(0);
    expect(await learner.check('multiple-containers-jump-in')).toMatchObject({
      exitCode: 0,
      codes: { page: 'answered' },
    });
    const six = await tryKubectl(
      '-n',
      NAMESPACE,
      'exec',
      'multi-container',
      '-c',
      'shell',
      '--',
      'curl',
      '-sg',
      '-o',
      '/dev/null',
      'http://[::1]/',
    );
    expect(six.code).toBe(7);
  });

  it('a server that logs nothing, or speaks no HTTP, is told apart from a wrong network', async () => {
    const silent =
      'printf "server { listen 80; access_log off; root /usr/share/nginx/html; }" > /etc/nginx/conf.d/default.conf; exec nginx -g "daemon off;"';
    await applyPod({ nginx: ['/bin/sh', '-c', silent] });
    await learner.check('multiple-containers-create');
    const { exitCode, codes } = await learner.check('multiple-containers-jump-in');
    expect({ exitCode, codes }).toMatchObject({
      exitCode: 3,
      codes: { open: 'reach-open', page: 'answered', witness: 'witness-silent' },
    });
  });

  it.skipIf(viewerKubeconfig === '')('no right to exec is blocked, exit 4, naming the right', async () => {
    await applyPod({});
    await learner.check('multiple-containers-create');
    const answer = await learner.json(
      'check',
      '--step',
      'multiple-containers-jump-in',
      '--kubeconfig',
      viewerKubeconfig,
    );
    expect(answer.exitCode).toBe(4);
    const verdict = answer.steps?.[0]?.verdicts.find((each) => each.check === 'page');
    expect(verdict).toMatchObject({ outcome: 'blocked', code: 'forbidden' });
    expect(verdict?.message).toMatch(/(create|get) pods\/exec in namespace k8snet-e2e/);
  });

  it.skipIf(viewerKubeconfig === '')('no right to create is exit 4, naming the right', async () => {
    const other = new Learner();
    const answer = await other.json('start', 'networking', '--no-prompt', '--kubeconfig', viewerKubeconfig);
    expect(answer).toMatchObject({ exitCode: 4, error: { code: 'forbidden' } });
    expect(answer.error?.what).toContain('create namespaces');
    expect(answer.error?.next.join(' ')).toContain('--namespace');
    other.remove();
  });

  it('an expired token is exit 3, with the remedy', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'k8snet-token-'));
    const config = JSON.parse(await kubectl('config', 'view', '--raw', '--minify', '-o', 'json')) as {
      users: { user: Record<string, string> }[];
    };
    config.users[0]!.user = { token: 'expired-token-value' };
    const file = join(folder, 'config');
    writeFileSync(file, JSON.stringify(config));
    const other = new Learner();
    const answer = await other.tutor('start', 'networking', '--no-prompt', '--kubeconfig', file);
    expect(answer.code).toBe(3);
    expect(answer.stderr).toContain('does not accept the credentials');
    expect(answer.stderr + answer.stdout).not.toContain('expired-token-value');
    rmSync(folder, { recursive: true });
    other.remove();
  });

  it("another cluster than the session's is refused, naming both; nothing is touched", async () => {
    await applyPod({});
    const uid = await uidOf('multi-container', NAMESPACE);
    const other = new Learner();
    await other.begin(NAMESPACE);
    const file = join(other.state, 'tutor/sessions/networking/progress.yaml');
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(
        /id: kube-system\/\S+/,
        'id: kube-system/00000000-0000-0000-0000-000000000000',
      ),
    );
    for (const command of [
      ['check', '--step', 'multiple-containers-create'],
      ['cleanup', '--yes'],
    ]) {
      const answer = await other.json(...command);
      expect(answer).toMatchObject({ exitCode: 3, error: { code: 'other-cluster' } });
      expect(answer.error?.what).toContain('00000000-0000-0000-0000-000000000000');
    }
    expect(await uidOf('multi-container', NAMESPACE)).toBe(uid);
    other.remove();
  });

  /** Waits for the Pod first where the mistake only shows in a running one. */
  async function checked(step: Step, check: string): ReturnType<Learner['check']> {
    const create = lesson.steps.find((each) => each.id === 'multiple-containers-create')!;
    if (step !== create) await learner.check(create.id);
    const found = await learner.check(step.id);
    expect(Object.keys(found.codes)).toContain(check);
    return found;
  }
});

/** Looked at, saw, expected, why, next: all there, and no stack trace. */
function expectHelp(answer: Awaited<ReturnType<Learner['json']>>, check: string): void {
  const verdict = answer.steps?.flatMap((step) => step.verdicts).find((each) => each.check === check);
  expect(verdict?.subject).toContain('multi-container');
  expect(verdict?.observed).not.toBe('');
  expect(verdict?.expected).not.toBe('');
  expect(verdict?.next).not.toEqual([]);
  expect(JSON.stringify(answer)).not.toMatch(/\bat \S+ \(file:/);
}

/** The exercise's Pod with another command in some of its containers. */
async function applyPod(commands: Record<string, string[]>): Promise<void> {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'multi-container' },
    spec: {
      terminationGracePeriodSeconds: 1,
      containers: [
        { name: 'shell', image: 'curlimages/curl:8.16.0', command: ['sleep', '9999999'] },
        {
          name: 'nginx',
          image: 'nginx:1.29',
          ...(commands['nginx'] === undefined ? {} : { command: commands['nginx'] }),
        },
      ],
    },
  };
  const folder = mkdtempSync(join(tmpdir(), 'k8snet-pod-'));
  writeFileSync(join(folder, 'pod.json'), JSON.stringify(pod));
  await kubectl('-n', NAMESPACE, 'apply', '-f', join(folder, 'pod.json'));
  rmSync(folder, { recursive: true });
}
