import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  kubeconfig,
  kubectl,
  Learner,
  makeNamespace,
  NAMESPACE,
  pause,
  removePod,
  tryKubectl,
  uidOf,
} from './harness.ts';
import { Lane } from './mistakes/lane.ts';

/** Beside the table of mistakes: what only looks like one, what must not be shown, and what must not be touched. */
describe.skipIf(kubeconfig === '')('not to be mistaken', () => {
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

  it("a mesh's sidecar, and a proxy that excepts the server, are no mistake where all works", async () => {
    const lane = new Lane(NAMESPACE, learner);
    const env = [
      { name: 'http_proxy', value: 'http://127.0.0.1:3128' },
      { name: 'no_proxy', value: 'localhost,127.0.0.1' },
    ];
    const sidecar = { name: 'istio-proxy', image: 'curlimages/curl:8.16.0', command: ['sleep', '9999999'] };
    await lane.readyPod({ shell: { env }, others: [sidecar] });
    expect(await learner.check('multiple-containers-create')).toMatchObject({ exitCode: 0 });
    expect(await learner.check('multiple-containers-jump-in')).toMatchObject({
      exitCode: 0,
      codes: { page: 'answered', witness: 'source-seen' },
    });
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

  it("a port of a Node that another learner's server has is waited for", async () => {
    const lane = new Lane(NAMESPACE, learner);
    lane.turnTo('multiple-containers-create');
    await learner.tutor('solve');
    await lane.ready();
    await lane.serve(await lane.field('.spec.nodeName'), { text: 'another' });
    lane.turnTo('access-node-from-pod');
    const solving = learner.tutor('solve', '--allow-node-network');
    await pause(7_000);
    await lane.stop();
    const solved = await solving;
    expect(solved.code, solved.stderr).toBe(0);
    expect(solved.stdout).toMatch(/nc listens on port 8000[^]*✓ server/);
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
});

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
