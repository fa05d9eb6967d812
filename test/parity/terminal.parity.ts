import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { hasTmux, TmuxTerminal } from '../support/tmux.ts';
import { findKubectls, practiceKubeconfig, realKubeconfig } from './clusters.ts';

/** A person with each kubectl at a terminal in a container: over WebSocket, and over SPDY/3.1 with the old one. */
if (!hasTmux) console.log('skipped: a person at a terminal in a container: there is no tmux');

const clusters = { practice: practiceKubeconfig, real: realKubeconfig };
const seats = findKubectls().flatMap((kubectl) =>
  Object.entries(clusters).flatMap(([cluster, kubeconfig]) =>
    kubeconfig === undefined ? [] : [{ ...kubectl, cluster, kubeconfig }],
  ),
);

describe.skipIf(!hasTmux).each(seats)('kubectl $version on the $cluster cluster', (seat) => {
  const { name, program, kubeconfig } = seat;
  const namespace = `k8snet-terminal-${name.replace('.', '-')}`;
  const prompt = /^\/ # *\n*(?![\s\S])/m;
  let folder: string;
  let terminal: TmuxTerminal;
  let sittings = 0;
  const kubectl = (...args: string[]): string =>
    execFileSync(program, ['--kubeconfig', kubeconfig, '--namespace', namespace, ...args], {
      encoding: 'utf8',
      stdio: 'pipe',
      env: { HOME: folder },
    });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'k8snet-'));
    kubectl('delete', 'namespace', namespace, '--ignore-not-found');
    kubectl('create', 'namespace', namespace);
    await vi.waitFor(() => kubectl('get', 'serviceaccount', 'default'), { timeout: 20_000 });
    kubectl('run', 'box', '--image=busybox', '--', 'sleep', '10000');
    kubectl('wait', '--for=condition=Ready', 'pod/box', '--timeout=60s');
  }, 120_000);
  afterAll(() => {
    kubectl('delete', 'namespace', namespace, '--wait=false');
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    // Each has a socket of its own: the one before may still be closing.
    const options = { rows: 40, name: `tmux-${++sittings}` };
    terminal = new TmuxTerminal(folder, { PATH: process.env['PATH'] ?? '', HOME: folder }, options);
  });
  afterEach(() => terminal.close());

  const begin = (command: string): Promise<void> =>
    terminal.type(`${program} --kubeconfig ${kubeconfig} -n ${namespace} ${command}`);

  /** What comes over a WebSocket before kubectl has made its streams is thrown away, the first prompt too. */
  const prompted = (): Promise<string> =>
    vi.waitFor(
      () =>
        terminal.see(prompt, 1_000).catch((error: unknown) => {
          terminal.key('Enter');
          throw error;
        }),
      { timeout: 30_000 },
    );

  it('has its size, Ctrl-C, and the exit code of the shell', async () => {
    await begin('exec -it box -- sh');
    await prompted();
    await terminal.type('sleep 1000');
    terminal.key('C-c');
    await terminal.see(prompt);
    await terminal.type('echo code $?');
    await terminal.see('code 130');
    await terminal.type('stty size');
    await terminal.see('40 100');
    terminal.resize(70, 30);
    await expect
      .poll(async () => {
        await terminal.type('stty size');
        return terminal.see(prompt);
      })
      .toContain('30 70');
    await terminal.type('exit 7');
    const { code, shown } = await terminal.end();
    expect(shown).toContain('command terminated with exit code 7');
    expect(code).toBe(7);
    expect(await terminal.isSane()).toEqual({ echo: true, lines: true, cursor: true });
  }, 60_000);

  it('ends with Ctrl-D', async () => {
    await begin('exec -it box -- sh');
    await prompted();
    terminal.key('C-d');
    expect((await terminal.end()).code).toBe(0);
  }, 60_000);

  it('is attached to a Pod that is made for it, and gone with it', async () => {
    await begin('run -it tmp --image=busybox --restart=Never --rm -- sh');
    await terminal.see(/If you don't see a command prompt|^\/ # /m);
    await prompted();
    await terminal.type('echo $((6*7))');
    await terminal.see(/^42$/m);
    await terminal.type('exit');
    const { code, shown } = await terminal.end();
    expect(shown).toContain('pod "tmp" deleted');
    expect(code).toBe(0);
    expect(kubectl('get', 'pod', 'tmp', '--ignore-not-found')).toBe('');
  }, 90_000);
});
