import { readFileSync, writeFileSync } from 'node:fs';
import { connect as dial, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { makeOutput } from '../../src/cli/output.ts';
import { makeProgram } from '../../src/cli/program.ts';
import { processRuntime, type Runtime } from '../../src/cli/runtime.ts';
import { StateFolder } from '../../src/tutor/state-folder.ts';
import { ClusterHere } from '../cli/cluster-here.ts';
import { root } from '../cli/run.ts';

/** An API server that goes while somebody learns. */
let cluster: ClusterHere;
beforeAll(async () => void (cluster = await ClusterHere.start()));
afterAll(() => cluster.close());

/** It is away when this returns. */
async function goAway(...fault: string[]): Promise<void> {
  await cluster.api.post('/k8snet-practice/faults', { fault });
  await vi.waitFor(
    () => expect(cluster.api.connection.send({ method: 'GET', path: '/version' }, NEVER)).rejects.toThrow(),
    { timeout: 5_000, interval: 20 },
  );
}
const NEVER = new AbortController().signal;

const START = (): string[] => ['start', 'networking', '--no-prompt', '--kubeconfig', cluster.kubeconfig()];

it('one that is started anew while a command begins is waited for', async () => {
  const learner = cluster.learner('restarts');
  const commands = [
    START(),
    ['next'],
    ['page'],
    ['solve'],
    ['doctor', '--kubeconfig', cluster.kubeconfig()],
    ['env'],
    ['cleanup', '--yes'],
  ];
  for (const command of commands) {
    await goAway('restart-apiserver');
    const { code, stderr } = await learner.run(...command);
    expect({ command, code, stderr }).toEqual({ command, code: 0, stderr: '' });
  }
  expect(await cluster.content()).not.toContainEqual(expect.stringContaining('k8snet-'));
}, 90_000);

it('one that stays away is named; progress is kept, and the lesson goes on when it is back', async () => {
  const learner = cluster.learner('outage');
  expect((await learner.run(...START())).code).toBe(0);
  await goAway('stop-apiserver', '8');
  const answers = await Promise.all(
    [['check'], ['next'], ['solve'], ['cleanup', '--yes']].map((command) => learner.run(...command)),
  );
  for (const { code, stderr } of answers) {
    expect(code).toBe(3);
    expect(stderr).toMatch(/can't be reached|does not answer|is at work on this lesson/);
  }
  await vi.waitFor(async () => expect(await cluster.content()).toBeDefined(), { timeout: 15_000 });
  expect((await learner.run('next')).code).toBe(0);
  expect((await learner.run('cleanup', '--yes')).code).toBe(0);
}, 90_000);

it('a connection that is half open ends by itself', async () => {
  const learner = cluster.learner('half-open');
  const file = cluster.kubeconfig('practice-admin', 'default');
  const [, port = ''] = /127\.0\.0\.1:(\d+)/.exec(readFileSync(file, 'utf8')) ?? [];
  const sockets = new Set<Socket>();
  let isDeaf = false;
  const between = createServer((near) => {
    sockets.add(near);
    const far = dial(Number(port), '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('error', () => undefined);
      from.on('close', () => to.destroy());
      from.on('data', (chunk: Buffer) => void (isDeaf || to.write(chunk)));
    }
  });
  await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', () => resolve()));
  const { port: ours } = between.address() as { port: number };
  writeFileSync(file, readFileSync(file, 'utf8').replace(`127.0.0.1:${port}`, `127.0.0.1:${ours}`));
  try {
    expect((await learner.run('start', 'networking', '--no-prompt', '--kubeconfig', file)).code).toBe(0);
    isDeaf = true;
    const begun = Date.now();
    const { code, stderr } = await learner.run('check', '--step', 'pod');
    expect(code).toBe(3);
    expect(stderr).toMatch(/can't be reached|did not answer in time/);
    expect(Date.now() - begun).toBeLessThan(60_000);
    isDeaf = false;
    expect((await learner.run('cleanup', '--yes')).code).toBe(0);
  } finally {
    for (const socket of sockets) socket.destroy();
    between.close();
  }
}, 90_000);

it('the walk says so, and goes on where it was', async () => {
  let shown = '';
  const problems: string[] = [];
  const words = ['next', 'next', 'next', 'next', 'next', 'check', 'quit'];
  const home = cluster.home.path;
  const runtime: Runtime = {
    ...processRuntime(NEVER),
    interactive: true,
    plain: true,
    env: {},
    home,
    state: new StateFolder(join(home, 'walk')),
    packFolder: root,
    kubeconfigSources: (explicit) => ({
      explicit,
      env: {},
      home,
      cwd: home,
      pathDelimiter: ':',
      ignore: () => false,
    }),
    out: (text) => void (shown += text),
    err: (text) => void (shown += text),
    prompter: {
      confirm: () => Promise.resolve(true),
      async ask() {
        const word = words.shift() ?? 'quit';
        if (words.length === 1) await goAway('stop-apiserver', '14');
        if (words.length === 0) problems.push(shown);
        shown = '';
        return word;
      },
    },
  };
  let code: number | undefined;
  const program = makeProgram('0', async (options, command) => {
    const complete = { ...options, image: {} };
    const output = makeOutput(runtime, complete);
    code = await command({ runtime, options: complete, output, signal: runtime.interrupt });
  });
  await program.parseAsync(['start', 'networking', '--kubeconfig', cluster.kubeconfig()], { from: 'user' });
  expect(code).toBe(0);
  expect(problems.join('')).toContain('3 could not be told');
  await vi.waitFor(async () => expect(await cluster.content()).toBeDefined(), { timeout: 20_000 });
  const learner = cluster.learner('walk');
  expect((await learner.run('check')).code).toBe(0);
  expect((await learner.run('cleanup', '--yes')).code).toBe(0);
}, 120_000);
