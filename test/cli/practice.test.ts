import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { emptyHome, root, tutor, type Answer } from './run.ts';

/** The practice cluster through the real program, as a learner with an empty home directory has it. */
const homes: { path: string; remove(): void }[] = [];

class Learner {
  readonly home = emptyHome();
  readonly state = join(this.home.path, '.local/state/k8snet-tutor');
  readonly folder = join(this.state, 'practice');

  constructor() {
    homes.push(this.home);
  }

  tutor(...args: string[]): Promise<Answer> {
    return tutor(args, this.home.path, {}, undefined, 60_000);
  }

  async json(...args: string[]): Promise<Record<string, unknown>> {
    const { stdout } = await this.tutor(...args, '--output', 'json');
    return JSON.parse(stdout) as Record<string, unknown>;
  }
}

afterAll(async () => {
  await Promise.all(
    homes.map(async ({ path, remove }) => {
      await tutor(['practice', 'stop'], path, {}, undefined, 60_000);
      remove();
    }),
  );
});

/** Paths of all files below a folder. */
function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe.concurrent('the practice cluster', { timeout: 120_000 }, () => {
  it('the demonstration: all checks pass, simulated, and nothing is left', async () => {
    const learner = new Learner();
    const answer = await learner.json('start');
    expect(answer).toMatchObject({
      exitCode: 0,
      lesson: 'networking',
      cluster: { version: 'v1.34.0+k8snet-practice', origin: 'simulated' },
      receipt: { receipt: { left: [], kept: [], othersAdded: 0, othersGone: 0 } },
    });
    const verdicts = (
      answer['steps'] as { verdicts: { outcome: string; evidence: { origin: string }[] }[] }[]
    ).flatMap((step) => step.verdicts);
    expect(verdicts.length).toBeGreaterThanOrEqual(9);
    for (const { outcome, evidence } of verdicts) {
      expect(outcome).toBe('pass');
      expect(new Set(evidence.map(({ origin }) => origin))).toEqual(new Set(['simulated']));
    }
    expect(filesIn(learner.home.path)).toEqual([]);
  });

  it('a lesson on the detached one, from start to cleanup', async () => {
    const learner = new Learner();
    const started = await learner.json('start', '--no-prompt');
    expect(started).toMatchObject({ exitCode: 0, cluster: { origin: 'simulated' }, current: 'introduction' });
    const namespace = started['namespace'];
    for (let page = 0; page < 5; page++) expect((await learner.tutor('next')).code).toBe(0);
    expect(await learner.json('check')).toMatchObject({ exitCode: 0 });

    // A shell in a container of the page's Pod, its streams and its exit status.
    const page = await learner.tutor('shell', '--', 'curl', '-s', 'localhost');
    expect(page).toMatchObject({ code: 0, stderr: '' });
    expect(page.stdout).toContain('<title>Welcome to nginx!</title>');
    expect(
      await learner.tutor('shell', '--pod', 'observer-b', '-c', 'nginx', '--', 'sh', '-c', 'exit 7'),
    ).toEqual({
      code: 7,
      stdout: '',
      stderr: '',
    });
    expect(await learner.json('shell', '--pod', 'observer-d')).toMatchObject({
      exitCode: 3,
      error: { code: 'pod-missing' },
    });
    expect(await learner.json('shell', '-c', 'ngnix')).toMatchObject({
      exitCode: 2,
      error: { code: 'container-missing', what: expect.stringContaining('did you mean nginx?') as string },
    });

    // kubectl lines need no -n: the namespace is the default one of the practice cluster's kubeconfig.
    const kubeconfig = join(learner.folder, 'kubeconfig');
    expect(readFileSync(kubeconfig, 'utf8')).toContain(`namespace: ${String(namespace)}`);
    const { stdout } = await learner.tutor('page');
    expect(stdout).toContain('kubectl --kubeconfig ~/.local/state/k8snet-tutor/practice/kubeconfig get pods');

    // env: what it prints is run by a shell, and then the lines need nothing.
    const printed = await learner.tutor('env', '--shell', 'sh');
    expect(printed.stderr).toBe('');
    const pointed = await sh(`${printed.stdout}\nprintf %s "$KUBECONFIG"`);
    const overlay = join(learner.state, 'env/networking.yaml');
    // The two empty ones say that there was none before: env --unset gives that back.
    const usual = join(learner.home.path, '.kube/config');
    expect(pointed.split(':')).toEqual([overlay, kubeconfig, '', '', usual]);
    const shown = await tutor(['page'], learner.home.path, { KUBECONFIG: pointed }, undefined, 60_000);
    expect(shown.stdout).toContain('$ kubectl get pods -o wide');

    // It stops, is started by the next command that needs it, and has its objects.
    expect((await learner.tutor('practice', 'stop')).code).toBe(0);
    expect((await learner.tutor('practice', 'status')).code).toBe(3);
    expect(await learner.json('check')).toMatchObject({ exitCode: 0 });
    expect(await learner.json('cleanup', '--yes')).toMatchObject({ exitCode: 0 });
    expect(existsSync(overlay)).toBe(false);
    expect(readFileSync(kubeconfig, 'utf8')).not.toContain(String(namespace));
  });

  it('keeps its port and its identity; only its owner may read its files', async () => {
    const learner = new Learner();
    const first = await learner.json('practice', 'start');
    const { server, pid } = first['practice'] as { server: string; pid: number };
    expect(server).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    for (const file of filesIn(learner.folder))
      expect([file, statSync(file).mode & 0o077]).toEqual([file, 0]);
    expect(statSync(learner.folder).mode & 0o077).toBe(0);
    const token = /token: "?([\w-]+)/.exec(readFileSync(join(learner.folder, 'kubeconfig'), 'utf8'))![1]!;
    process.kill(pid, 'SIGKILL');
    const again = await learner.json('practice', 'start');
    expect(again['practice']).toMatchObject({ server });
    expect((again['practice'] as { pid: number }).pid).not.toBe(pid);
    expect(readFileSync(join(learner.folder, 'kubeconfig'), 'utf8')).toContain(token);
    expect(readFileSync(join(learner.folder, 'practice.log'), 'utf8')).toBe('');
  });

  it('is not brought to a standstill by a regular expression in a container', async () => {
    const learner = new Learner();
    await learner.tutor('start', '--no-prompt');
    for (let page = 0; page < 5; page++) await learner.tutor('next');
    const evil =
      "echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa! | grep -E '^(a+)+$'; echo $?";
    expect((await learner.tutor('shell', '--', 'sh', '-c', evil)).stdout).toBe('1\n');
  });

  it('ends also when it does not listen any more, and keeps its objects', async () => {
    const learner = new Learner();
    const first = await learner.json('practice', 'start');
    const { pid } = first['practice'] as { pid: number };
    process.kill(pid, 'SIGSTOP');
    expect((await learner.tutor('practice', 'stop')).code).toBe(0);
    expect(await learner.json('practice', 'start')).toMatchObject({ exitCode: 0 });
  });

  it('a process that happens to have its number is not taken for it', async () => {
    const learner = new Learner();
    await learner.tutor('practice', 'start');
    await learner.tutor('practice', 'stop');
    const address = join(learner.folder, 'address.json');
    const { port } = JSON.parse(readFileSync(address, 'utf8')) as { port: number };
    writeFileSync(address, JSON.stringify({ port, pid: process.pid, started: '2030-01-01T00:00:00Z' }));
    expect((await learner.tutor('practice', 'status')).code).toBe(3);
    expect((await learner.tutor('practice', 'stop')).stdout).toContain('is not running');
  });

  it('several starts at once give one cluster', async () => {
    const learner = new Learner();
    const answers = await Promise.all(Array.from({ length: 4 }, () => learner.json('practice', 'start')));
    expect(answers.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
    expect(new Set(answers.map((each) => (each['practice'] as { pid: number }).pid)).size).toBe(1);
  });

  it('its network is broken and mended; what is not running, and words without a meaning, are refused', async () => {
    const learner = new Learner();
    const fault = (...words: string[]): Promise<Record<string, unknown>> =>
      learner.json('practice', 'fault', ...words);
    expect(await fault()).toMatchObject({ exitCode: 3, error: { code: 'practice-stopped' } });
    expect(existsSync(learner.folder)).toBe(false);
    await learner.tutor('practice', 'start');
    const idle = await learner.tutor('practice', 'fault');
    expect(idle).toMatchObject({ code: 0, stderr: '' });
    expect(idle.stdout).toContain('Nothing is broken');
    expect(idle.stdout).toMatch(/^ {2}drop-route N M {2,}node N has no route to the Pods of node M$/m);
    expect((await learner.tutor('practice', 'status')).stdout).not.toContain('roken');

    expect(await fault('drop-route', '1', 'node-2')).toEqual({
      faults: ['drop-route node-1 node-2'],
      exitCode: 0,
    });
    expect((await learner.tutor('practice', 'fault', 'masquerade-pods', 'on')).stdout).toContain(
      'drop-route node-1 node-2, masquerade-pods',
    );
    const status = await learner.tutor('practice', 'status');
    expect(status.stdout).toContain('Broken in the practice cluster: drop-route node-1 node-2');
    expect(await learner.json('practice', 'status')).toMatchObject({
      practice: { faults: ['drop-route node-1 node-2', 'masquerade-pods'] },
    });

    const wrong = await learner.tutor('practice', 'fault', 'cut-node', '9');
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr.replace(/\s+/g, ' ')).toContain('there is no node "9", but node-1, node-2, node-3');
    expect(wrong.stderr).toContain('k8snet-tutor practice fault drop-route N M');
    expect(await fault('drop-rout', '1', '2')).toMatchObject({
      exitCode: 2,
      error: { code: 'fault-unknown' },
    });
    expect(await learner.tutor('practice', 'stop', 'now')).toMatchObject({ code: 2, stdout: '' });
    expect(await fault('list')).toMatchObject({ faults: ['drop-route node-1 node-2', 'masquerade-pods'] });
    expect(await fault('heal')).toMatchObject({ faults: [], exitCode: 0 });
  });

  it('reset deletes it, and ends the lesson that was under way on it', async () => {
    const learner = new Learner();
    expect((await learner.tutor('start', '--no-prompt', '--practice')).code).toBe(0);
    expect((await learner.tutor('practice', 'reset', '--yes')).stdout).toContain(
      'Lesson networking is under way on it',
    );
    expect(existsSync(learner.folder)).toBe(false);
    expect(await learner.json('check')).toMatchObject({ exitCode: 2, error: { code: 'session-none' } });
    expect((await learner.tutor('practice', 'status')).stdout).toContain('There is no practice cluster');
    expect((await learner.tutor('start', '--no-prompt', '--practice')).code).toBe(0);
  });

  it('files that somebody changed are told as such, with the remedy', async () => {
    const learner = new Learner();
    await learner.tutor('practice', 'start');
    await learner.tutor('practice', 'stop');
    const log = join(learner.folder, 'changes.log');
    await sh(`sed -i 's/node-1/node-9/' '${log}'`);
    const answer = await learner.json('practice', 'start');
    expect(answer).toMatchObject({ exitCode: 3, error: { code: 'practice-failed' } });
    const { what, next } = answer['error'] as { what: string; next: string[] };
    expect(what).toContain('changes.log');
    expect(next.join(' ')).toContain('practice reset');
    expect((await learner.tutor('practice', 'reset', '--yes')).code).toBe(0);
    expect((await learner.tutor('practice', 'start')).code).toBe(0);
  });
});

function sh(script: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('/bin/sh', ['-c', script], { cwd: root }, (error, stdout) =>
      error === null ? resolve(stdout) : reject(error),
    );
  });
}
