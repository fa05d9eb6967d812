import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Learner, root } from '../e2e/harness.ts';
import { hasTmux, TmuxTerminal } from '../support/tmux.ts';

/** Whole sessions of a person at a terminal, on the practice cluster as `start` itself brings it up. */
if (!hasTmux) console.log('skipped: whole sessions at a terminal: there is no tmux');

const BIN = `${process.execPath} ${join(root, 'bin/k8snet-tutor.js')}`;
const STACK = /\n\s+at .*(:\d+:\d+|<anonymous>)|bug in k8snet-tutor/;
const SANE = { echo: true, lines: true, cursor: true };
const ALLOWED_COLOURS = /\u001B\[\d*(;\d+)*m/;

describe.skipIf(!hasTmux)('a person at a terminal', () => {
  let learner: Learner;
  let terminal: TmuxTerminal;

  function sit(env: Record<string, string> = {}, size = { columns: 100, rows: 50 }): void {
    terminal = new TmuxTerminal(
      learner.state,
      {
        PATH: process.env['PATH'] ?? '',
        HOME: learner.state,
        K8SNET_TUTOR_STATE: join(learner.state, 'tutor'),
        ...env,
      },
      size,
    );
  }
  const start = async (words = ''): Promise<void> => {
    await terminal.type(`${BIN} start networking --practice ${words}`.trim());
  };
  /** Waits for the prompt of this page, types a word at it. */
  const at = async (page: number, word: string): Promise<void> => {
    await terminal.see(new RegExp(`(networking ${page}/22 ‣|page ${page} of 22>) *\n*(?![\\s\\S])`));
    terminal.write(word);
    terminal.key('Enter');
  };
  beforeEach(() => {
    learner = new Learner();
  });
  afterEach(async () => {
    terminal.close();
    const left = await learner.tutor('cleanup', '--yes');
    await learner.tutor('practice', 'stop');
    learner.remove();
    expect(left.code, left.stdout + left.stderr).toBe(0);
  });
  afterAll(() => {
    if (hasTmux) terminal.close();
  });

  it('goes through the lesson, gets things wrong, is helped, leaves, comes back, cleans up', async () => {
    sit();
    await start();
    await at(1, '');
    await at(2, 'list');
    expect(await terminal.see(/22 {2}FIN/)).toContain('▶  2  Disclaimer');
    await at(2, 'go 17');
    // Nothing has been made yet.
    await at(17, '');
    await terminal.see('There is no Pod multi-container in namespace');
    await at(17, 'hint');
    await terminal.see('Hint 1 of 3');
    await at(17, 'hint');
    await at(17, 'h');
    await terminal.see('Hint 3 of 3');
    await at(17, 'hint');
    await terminal.see('all read');
    await at(17, 'kubectl get pods');
    await terminal.see('second terminal');
    await at(17, 'chekc');
    await terminal.see('did you mean check?');
    await at(17, 'check');
    await terminal.see(/Since your last check, \d+ s ago: the same as before/);
    await at(17, 'do it for me');
    await terminal.see(/pod: passed; was not yet/);
    await at(17, '');
    await at(18, 'shell');
    await terminal.see(/[~/] [$#] *\n*(?![\s\S])/);
    await terminal.type('curl -s localhost | grep title');
    await terminal.see('<title>Welcome to nginx!</title>');
    // Ctrl-C belongs to what runs in there.
    await terminal.type('sleep 1000');
    terminal.key('C-c');
    await terminal.type('exit');
    await at(18, '');
    await terminal.see('4 passed');
    await at(18, 'curl localhost:8080');
    await terminal.see('Nothing listens on port 8080');
    await at(18, 'back');
    await at(17, 'skip');
    await at(18, 'status');
    await terminal.see(/context k8snet-practice/);
    await at(18, 'quit');
    expect(await terminal.end()).toMatchObject({
      code: 0,
      shown: expect.stringContaining('Your progress is kept'),
    });
    terminal.clear();

    await start();
    expect(await terminal.see('networking 18/22')).toContain('Resuming lesson networking');
    await at(18, 'cleanup');
    await terminal.see('Delete this?');
    terminal.key('n', 'Enter');
    await at(18, 'cleanup');
    await terminal.see('Delete this? (y/N) ‣');
    terminal.key('y', 'Enter');
    const { code, shown } = await terminal.end();
    expect(code).toBe(0);
    expect(shown).toContain('Nothing the tutor made is left');
    expect(shown).not.toMatch(STACK);
    expect(await terminal.isSane()).toEqual(SANE);
  });

  it('whoever tidies up on the page about it still gets the last words', async () => {
    sit();
    await start();
    await at(1, '21');
    await at(21, 'cleanup');
    await terminal.see('Delete this? (y/N) ‣');
    terminal.key('y', 'Enter');
    const { code, shown } = await terminal.end();
    expect(code).toBe(0);
    expect(shown).toMatch(/Nothing the tutor made is left[^]*── 22\/22 {2}FIN ─[^]*What you have learned/);
  });

  describe('Ctrl-C', () => {
    it.each<{ when: string; words: string[]; see: RegExp; code: number }>([
      {
        when: 'while the practice cluster starts',
        words: [],
        see: /waiting for the practice cluster/,
        code: 130,
      },
      { when: 'at the prompt', words: [], see: /networking 1\/22/, code: 130 },
      { when: 'while a page waits for its Pods', words: ['6'], see: /waiting for Pod observer-a/, code: 130 },
      {
        when: 'while a check waits',
        words: ['6', '17', 'BREAK', 'check'],
        see: /waiting for Pod multi-container/,
        code: 130,
      },
      {
        when: 'while work is done for the learner',
        words: ['17', 'solve'],
        see: /multi-container created/,
        code: 130,
      },
    ])('$when', async ({ words, see, code }) => {
      sit();
      await start();
      let page = 1;
      for (const word of words) {
        if (word === 'BREAK') {
          await terminal.see(/networking 17\/22/);
          makeUnready();
          continue;
        }
        await at(page, word);
        if (Number(word) > 0) page = Number(word);
      }
      await terminal.see(see);
      terminal.key('C-c');
      const ended = await terminal.end();
      expect(ended.code, ended.shown).toBe(code);
      expect(ended.shown).not.toMatch(STACK);
      expect(await terminal.isSane()).toEqual(SANE);
      // The lock is free, the progress is there.
      await start();
      await terminal.see(/networking \d+\/22/);
      terminal.key('C-c');
      expect((await terminal.end()).code).toBe(130);
    });

    it('at a question, in cleanup and twice', async () => {
      sit();
      await start();
      await at(1, '6');
      await at(6, 'cleanup');
      await terminal.see('Delete this?');
      terminal.key('C-c');
      await terminal.see('Nothing was done.');
      await at(6, 'cleanup');
      await terminal.see('Delete this? (y/N) ‣');
      terminal.key('y', 'Enter');
      await terminal.see('waiting for the Pods to end');
      terminal.key('C-c');
      const first = await terminal.end();
      expect(first.shown).not.toMatch(STACK);
      expect([0, 130]).toContain(first.code);
      expect(await terminal.isSane()).toEqual(SANE);
    });
  });

  it('the window is made narrow, in the middle of a word', async () => {
    sit();
    await start();
    await at(1, '4');
    await terminal.see('networking 4/22');
    terminal.write('pa');
    terminal.resize(40, 30);
    terminal.write('ge');
    terminal.clear();
    terminal.key('Enter');
    await terminal.see(/quit\n\? networking 4\/22/);
    const lines = terminal.screen('-e').split('\n');
    // Only what is there to be copied is wider than the window, and is wrapped by the terminal.
    expect(lines.some((line) => /^── 4\/22 {2}Cluster ─*/.test(stripped(line)))).toBe(true);
    for (const line of lines) expect(stripped(line).length).toBeLessThanOrEqual(40);
    await at(4, 'quit');
    expect((await terminal.end()).code).toBe(0);
  });

  it('the cluster is lost, and comes back with all it had', async () => {
    sit();
    await start();
    await at(1, '6');
    await terminal.see('networking 6/22');
    const status = await learner.tutor('practice', 'status', '--output', 'json');
    const { practice } = JSON.parse(status.stdout) as { practice: { pid: number } };
    process.kill(practice.pid, 'SIGKILL');
    await at(6, 'check');
    const shown = await terminal.see('3 passed');
    expect(shown).not.toMatch(STACK);
    await at(6, 'quit');
    expect((await terminal.end()).code).toBe(0);
  });

  it('the namespace is deleted under the lesson', async () => {
    sit();
    await start();
    await at(1, '6');
    await terminal.see('networking 6/22');
    onPractice(['delete', 'namespace', (await learner.json('status')).namespace!]);
    await at(6, 'check');
    await terminal.see(/There is no namespace .* somebody deleted it|is being deleted/);
    await at(6, 'quit');
    expect((await terminal.end()).code).toBe(0);
  });

  it('--plain and NO_COLOR: words, and no colour anywhere', async () => {
    sit({ NO_COLOR: '1' });
    await start('--plain');
    await terminal.see('page 1 of 22>');
    await at(1, '6');
    await at(6, '');
    await terminal.see('pass observer-a');
    await at(6, 'help');
    await terminal.see(/^quit {2,}leave/m);
    const shown = terminal.screen('-e');
    expect(shown).not.toMatch(ALLOWED_COLOURS);
    expect(shown).not.toMatch(/[✓✗▶‣✔·○]/u);
    await at(6, 'quit');
    expect((await terminal.end()).code).toBe(0);
  });

  it('a program that wants JSON is asked nothing, also at a terminal', async () => {
    sit();
    const { code, shown } = await terminal.run(`${BIN} start networking --output json`);
    expect(shown).toMatch(/"exitCode": 0\s+\}/);
    expect(shown).not.toMatch(/\? networking|\(y\/N\)/);
    expect(code).toBe(0);
    const without = await terminal.run(`${BIN} practice reset --output json </dev/tty`);
    expect(without.shown).not.toContain('(y/N)');
  });

  /** kubectl on the practice cluster. */
  function onPractice(args: string[], input = ''): void {
    const kubectl = process.env['E2E_KUBECTL'] ?? 'kubectl';
    const file = join(learner.state, 'tutor/practice/kubeconfig');
    execFileSync(kubectl, ['--kubeconfig', file, ...args], { env: learner.env, stdio: 'pipe', input });
  }

  /** The exercise's Pod, made by the learner with a page that its probe never finds. */
  function makeUnready(): void {
    const readinessProbe = { httpGet: { path: '/nosuch', port: 80 }, periodSeconds: 1 };
    const containers = [
      { name: 'shell', image: 'curlimages/curl', command: ['sleep', '9999'] },
      { name: 'nginx', image: 'nginx', readinessProbe },
    ];
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'multi-container' },
      spec: { containers },
    };
    onPractice(['create', '-f', '-'], JSON.stringify(pod));
  }
});

function stripped(line: string): string {
  return line.replaceAll(new RegExp(ALLOWED_COLOURS.source, 'g'), '');
}
