import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { permissionText } from '../../src/cluster/permission.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { ClusterHere } from './cluster-here.ts';
import { emptyHome, tutor } from './run.ts';

let cluster: ClusterHere;
beforeAll(async () => {
  cluster = await ClusterHere.start();
});
afterAll(() => cluster.close());

const codes = (findings: Finding[], outcome: Finding['outcome']): string[] =>
  findings.filter((each) => each.outcome === outcome).map(({ code }) => code);

async function diagnose(
  learner: string,
  ...args: string[]
): Promise<{ findings: Finding[]; exitCode: number }> {
  // A kubectl that is right for the cluster: what the machine has is not in question.
  const bin = join(cluster.home.path, 'bin');
  mkdirSync(bin, { recursive: true });
  const program = `#!/bin/sh\necho '{"clientVersion": {"gitVersion": "v1.34.1"}}'\n`;
  writeFileSync(join(bin, 'kubectl'), program);
  chmodSync(join(bin, 'kubectl'), 0o755);
  return cluster.learner(learner, { PATH: `${bin}:/usr/bin:/bin` }).json('doctor', ...args);
}

it('finds nothing in the way on a cluster that allows all, and creates nothing', async () => {
  const before = await cluster.content();
  const { findings, exitCode } = await diagnose('admin', '--kubeconfig', cluster.kubeconfig());
  expect([codes(findings, 'trouble'), codes(findings, 'attention'), exitCode]).toEqual([[], [], 0]);
  expect(findings.map(({ code }) => code)).toEqual(
    expect.arrayContaining([
      ...['cluster-answers', 'clock-right', 'nodes-ready', 'network-found', 'kubectl-found'],
      ...['namespace-accepted', 'objects-accepted', 'right-there', 'state-writable', 'session-none'],
    ]),
  );
  expect(await cluster.content()).toEqual(before);
});

it('names the rights that are missing: exit 4', async () => {
  const { findings, exitCode } = await diagnose('viewer', '--kubeconfig', cluster.kubeconfig('viewer'));
  expect(exitCode).toBe(4);
  const missing = findings.flatMap(({ permissions = [] }) => permissions.map(permissionText));
  expect(missing).toEqual(
    expect.arrayContaining([
      'create namespaces in the whole cluster',
      'create pods in namespace k8snet-networking-000000',
      'get pods/exec in namespace k8snet-networking-000000',
    ]),
  );
  expect(missing.join()).not.toContain('list pods');
});

it('a namespace that is to be borrowed: what is in the way there', async () => {
  // The namespace that this cluster has for its user `learner`.
  const named = ['--kubeconfig', cluster.kubeconfig('learner'), '--namespace', 'learner'];
  const good = await diagnose('learner', ...named);
  expect([codes(good.findings, 'trouble'), good.exitCode]).toEqual([[], 0]);
  await cluster.pod('learner', 'observer-b');
  const { findings, exitCode } = await diagnose('learner', ...named);
  expect([codes(findings, 'trouble'), exitCode]).toEqual([['object-exists'], 3]);
  expect(findings.find(({ code }) => code === 'objects-accepted')?.saw).toBe(
    'namespace learner would take Pod multi-container, Pod observer-a, Pod observer-c',
  );
});

it('a namespace that is not there: exit 3', async () => {
  const { findings, exitCode } = await diagnose(
    ...(['admin', '--kubeconfig', cluster.kubeconfig(), '-n', 'nowhere'] as const),
  );
  expect([codes(findings, 'trouble'), exitCode]).toEqual([['namespace-missing'], 3]);
});

it('the lesson under way: its own objects are no obstacle', async () => {
  const learner = cluster.learner('under-way');
  const begun = await learner.run('start', '--no-prompt', '--kubeconfig', cluster.kubeconfig());
  expect(begun.code, begun.stderr).toBe(0);
  for (let page = 0; page < 3; page++) await learner.run('next', '--skip');
  const { findings, exitCode } = await diagnose('under-way');
  expect([codes(findings, 'trouble'), exitCode]).toEqual([[], 0]);
  expect(findings.map(({ code }) => code)).toEqual(
    expect.arrayContaining(['session-found', 'namespace-there', 'objects-accepted']),
  );
  await learner.run('cleanup', '--yes');
}, 60_000);

it('a cluster that does not answer is a finding like others', async () => {
  const file = join(cluster.home.path, 'dead');
  const entries = {
    clusters: [{ name: 'dead', cluster: { server: 'https://127.0.0.1:1' } }],
    contexts: [{ name: 'dead', context: { cluster: 'dead', user: 'me' } }],
    users: [{ name: 'me', user: { token: 'secret' } }],
  };
  const config = { apiVersion: 'v1', kind: 'Config', 'current-context': 'dead', ...entries };
  writeFileSync(file, JSON.stringify(config));
  const { findings, exitCode } = await diagnose('admin', '--kubeconfig', file);
  expect([codes(findings, 'trouble'), exitCode]).toEqual([['server-unreachable'], 3]);
});

it('without any kubeconfig the practice cluster is meant, and not started', async () => {
  const home = emptyHome();
  const { code, stdout } = await tutor(['doctor', '--plain'], home.path, { PATH: '' });
  expect(code).toBe(0);
  expect(stdout).toContain('the built-in practice cluster, which start starts');
  expect(stdout).toMatch(/attention\s+kubectl\s+there is none in PATH/);
  // It has not even made its folder.
  expect((await tutor(['practice', 'status'], home.path)).stdout).toContain('There is no practice cluster');
  home.remove();
});

it('a state folder that is a file: nothing could be started', async () => {
  const file = join(cluster.home.path, 'file');
  writeFileSync(file, '');
  const answer = await cluster.learner('file/state').json<{ findings: Finding[] }>('doctor', '--practice');
  expect(answer.exitCode).toBe(3);
  expect(codes(answer.findings, 'trouble')).toContain('state-unwritable');
});

it('a shell that env pointed at a lesson which is over', async () => {
  const state = join(cluster.home.path, 'stale');
  const env = { KUBECONFIG: join(state, 'env', 'networking.yaml') };
  const answer = await cluster.learner('stale', env).json<{ findings: Finding[] }>('doctor', '--practice');
  expect(codes(answer.findings, 'attention')).toContain('overlay-stale');
});

it('--deep puts a Pod on each Node, proves images, exec, logs and requests, and leaves nothing', async () => {
  const before = await cluster.content();
  const answer = await cluster
    .learner('deep')
    .json<Trial>('doctor', '--deep', '--kubeconfig', cluster.kubeconfig(), '--allow-node-network');
  const verdicts = answer.steps.flatMap(({ verdicts }) => verdicts);
  expect(verdicts.map(({ check, outcome }) => `${check} ${outcome}`)).toEqual([
    ...[1, 2, 3].map((pod) => `trial-${pod}-ready pass`),
    ...[1, 2, 3].map((pod) => `trial-${pod}-request pass`),
    ...['own-node pass', 'other-node pass', 'pod-to-node pass'],
  ]);
  expect(answer.receipt.receipt.left).toEqual([]);
  expect(answer.exitCode).toBe(0);
  expect(await cluster.content()).toEqual(before);
}, 60_000);

it('--deep in a borrowed namespace; an image that can not be had is found: exit 3', async () => {
  await cluster.namespace('lent');
  const before = await cluster.content();
  const answer = await cluster
    .learner('deep')
    .json<Trial>(
      ...['doctor', '--deep', '--kubeconfig', cluster.kubeconfig(), '-n', 'lent'],
      ...['--image', 'nginx=registry.invalid/nothing:1', '--timeout', '15s'],
    );
  expect(answer.exitCode).toBe(3);
  expect(await cluster.content()).toEqual(before);
}, 90_000);

it('--deep creates nothing where a right is missing', async () => {
  const answer = await cluster
    .learner('deep')
    .json<Trial>('doctor', '--deep', '--kubeconfig', cluster.kubeconfig('viewer'));
  expect([answer.exitCode, answer.steps, answer.error]).toEqual([4, undefined, undefined]);
});

it('a trial that is killed is found: by doctor, and by cleanup', async () => {
  const before = await cluster.content();
  const learner = cluster.learner('killed');
  const args = ['doctor', '--deep', '--kubeconfig', cluster.kubeconfig()];
  await learner.killWhen(/Pod trial-2 created/, ...args);
  expect((await cluster.content()).length).toBeGreaterThan(before.length);
  const { findings } = await diagnose('killed', '--kubeconfig', cluster.kubeconfig());
  expect(codes(findings, 'attention')).toEqual(['left-behind']);
  const { code, stdout } = await learner.run('cleanup', '--yes');
  expect(stdout).toContain('Nothing the tutor made is left');
  expect(code).toBe(0);
  expect(await cluster.content()).toEqual(before);
}, 60_000);

interface Trial {
  steps: { verdicts: { check: string; outcome: string }[] }[];
  receipt: { receipt: { left: unknown[] } };
}
