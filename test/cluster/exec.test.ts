import { describe, expect, it } from 'vitest';
import { Api } from '../../src/cluster/api.ts';
import type { ExecAnswer } from '../../src/cluster/connection.ts';
import { execScript } from '../../src/cluster/exec.ts';
import { runInShell } from '../support/container-shell.ts';
import { line } from '../support/line.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const TARGET = { namespace: 'ns', pod: 'web', container: 'shell' };
const LOST: ExecAnswer['end'] = { kind: 'lost' };
const SUCCESS: ExecAnswer['end'] = { kind: 'status', status: { status: 'Success' } };
const exited = (code: number): ExecAnswer['end'] => ({
  kind: 'status',
  status: {
    status: 'Failure',
    reason: 'NonZeroExitCode',
    message: `command terminated with non-zero exit code`,
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  },
});
const answer = (end: ExecAnswer['end'], stdout = '', stderr = ''): ExecAnswer => ({ end, stdout, stderr });
const frame = (text: string, code = 0, mark = 'n1'): string =>
  `\nk8snet-${mark} begin\n${text}\nk8snet-${mark} end ${code}\n`;

/** Runs a script where exec is answered in this order; the last answer is given again and again. */
async function run(
  answers: ((script: string) => ExecAnswer | Promise<ExecAnswer>)[],
  options: { script?: string; takes?: number; signal?: AbortSignal } = {},
): Promise<{
  outcome: Awaited<ReturnType<typeof execScript>>;
  tries: number;
  scripts: string[];
  timeouts: number[];
  clock: VirtualClock;
}> {
  const clock = new VirtualClock();
  const signal = options.signal ?? new AbortController().signal;
  const scripts: string[] = [];
  const timeouts: number[] = [];
  const connection = line({
    exec: async ({ command, timeout }) => {
      expect(command.slice(0, 2)).toEqual(['sh', '-c']);
      scripts.push(command[2] ?? '');
      timeouts.push(timeout);
      if (options.takes !== undefined) await clock.sleep(options.takes, signal);
      const next = answers[Math.min(scripts.length, answers.length) - 1]!;
      return clock.during(Promise.resolve(next(command[2] ?? '')));
    },
  });
  let nonces = 0;
  const nonce = (): string => `n${++nonces}`;
  const api = new Api(connection, signal, clock);
  const outcome = await execScript(api, TARGET, options.script ?? 'true', nonce, 20_000);
  return { outcome, tries: scripts.length, scripts, timeouts, clock };
}

describe('a script run by a real shell', () => {
  const shell = async (script: string): Promise<ExecAnswer> => {
    const { stdout, stderr, code } = await runInShell(script, { cat: { '/file': "it's\n\n" } });
    return answer(code === 0 ? SUCCESS : exited(code), stdout, stderr);
  };

  it.each([
    { script: 'cat /file', code: 0, stdout: "it's\n\n" },
    { script: 'printf x', code: 0, stdout: 'x' },
    { script: 'true', code: 0, stdout: '' },
    { script: 'exit 7', code: 7, stdout: '' },
    { script: 'echo a; exit 3', code: 3, stdout: 'a\n' },
    { script: 'cat /none', code: 1, stdout: '', stderr: /can't open '\/none'/ },
    { script: 'nosuchprogram', code: 127, stdout: '', stderr: /nosuchprogram/ },
    { script: 'm=other; echo $m', code: 0, stdout: 'other\n' },
    { script: 'true # a remark', code: 0, stdout: '' },
    { script: 'kill -9 $$; echo a', code: undefined, stdout: '' },
  ])('$script', async ({ script, code, stdout, stderr }) => {
    const { outcome, tries } = await run([shell], { script });
    if (code === undefined) return expect(outcome.kind).toBe('lost');
    expect(outcome).toEqual({ kind: 'exit', code, stdout, stderr: expect.stringMatching(stderr ?? /^$/) });
    expect(tries).toBe(1);
  });
});

describe('the frame', () => {
  it.each<{ name: string; stdout: string; outcome: object }>([
    { name: 'an answer', stdout: frame('a\nb\n'), outcome: { kind: 'exit', code: 0, stdout: 'a\nb\n' } },
    { name: 'an empty answer', stdout: frame(''), outcome: { kind: 'exit', code: 0, stdout: '' } },
    { name: 'a failed command', stdout: frame('', 7), outcome: { kind: 'exit', code: 7 } },
    {
      name: 'words before and after are not the command’s',
      stdout: `Welcome to the node!${frame('a')}logout\n`,
      outcome: { kind: 'exit', stdout: 'a' },
    },
    {
      name: 'a marker with another nonce is output',
      stdout: frame('\nk8snet-other end 0\n', 5),
      outcome: { kind: 'exit', code: 5, stdout: '\nk8snet-other end 0\n' },
    },
    { name: 'only a marker with another nonce', stdout: frame('a', 0, 'other'), outcome: { kind: 'lost' } },
    { name: 'the end alone', stdout: '\nk8snet-n1 end 0\n', outcome: { kind: 'lost' } },
    {
      name: 'the end before the beginning',
      stdout: '\nk8snet-n1 end 0\n\nk8snet-n1 begin\n',
      outcome: { kind: 'lost' },
    },
    { name: 'cut before the end', stdout: '\nk8snet-n1 begin\nhalf a pa', outcome: { kind: 'lost' } },
    { name: 'cut in the end', stdout: '\nk8snet-n1 begin\na\nk8snet-n1 end 1', outcome: { kind: 'lost' } },
    { name: 'nothing at all', stdout: '', outcome: { kind: 'lost' } },
  ])('$name', async ({ stdout, outcome }) => {
    // The stream's own status is not believed, whatever it says.
    for (const end of [SUCCESS, LOST, exited(1)])
      expect((await run([() => answer(end, stdout)])).outcome).toMatchObject(outcome);
  });

  it('does not take an echo of the command line for it', async () => {
    const { outcome, scripts } = await run([(script) => answer(SUCCESS, `+ ${script}\n${script}\n`)]);
    expect(scripts[0]).toContain('n1');
    expect(outcome.kind).toBe('lost');
  });

  it('is new for each try', async () => {
    const { outcome, tries } = await run([() => answer(LOST, frame('a', 0, 'n2'))]);
    expect(outcome).toMatchObject({ kind: 'exit', stdout: 'a' });
    expect(tries).toBe(2);
  });

  it('keeps stderr beside it', async () => {
    const { outcome } = await run([() => answer(SUCCESS, frame('a'), 'a warning\n')]);
    expect(outcome).toMatchObject({ stdout: 'a', stderr: 'a warning\n' });
  });
});

describe('tries', () => {
  it('three of a stream that breaks off', async () => {
    const { outcome, tries, clock } = await run([() => answer(LOST, 'half')]);
    expect(outcome).toEqual({ kind: 'lost', received: 'half' });
    expect(tries).toBe(3);
    expect(clock.slept).toEqual([150, 300]);
  });

  it('eight of a connection that is not made: a server that is started anew takes some seconds', async () => {
    const refused = (): ReturnType<typeof answer> => answer({ kind: 'transport', message: 'refused' });
    const { outcome, tries, clock } = await run([refused]);
    expect(outcome).toEqual({ kind: 'transport', message: 'refused' });
    expect(tries).toBe(8);
    expect(clock.slept).toEqual([150, 300, 600, 1_200, 2_000, 2_000, 2_000]);
  });

  it('until one succeeds', async () => {
    const { outcome, tries } = await run([() => answer(LOST), () => answer(LOST, frame('b', 0, 'n2'))]);
    expect(outcome).toMatchObject({ kind: 'exit', stdout: 'b' });
    expect(tries).toBe(2);
  });

  it('within one time for all of them', async () => {
    const { outcome, tries, timeouts } = await run([() => answer(LOST)], { takes: 12_000 });
    expect(outcome).toEqual({ kind: 'timeout', seconds: 20 });
    expect(tries).toBe(2);
    expect(timeouts).toEqual([20_000, 7_850]);
  });

  it('none after an interruption', async () => {
    const controller = new AbortController();
    const { tries } = await run(
      [
        () => {
          controller.abort();
          return answer(LOST);
        },
      ],
      { signal: controller.signal },
    );
    expect(tries).toBe(1);
  });
});

describe('what says nothing of the command, at the first try', () => {
  const forbidden =
    'pods "web" is forbidden: User "jane" cannot create resource "pods/exec" in API group "" in the namespace "ns"';

  it.each<{ name: string; answered: ExecAnswer; outcome: object }>([
    {
      name: 'too late',
      answered: answer({ kind: 'timeout' }, 'half'),
      outcome: { kind: 'timeout', seconds: 20 },
    },
    {
      name: 'refused, with the missing right',
      answered: answer({ kind: 'refused', status: 403, body: JSON.stringify({ message: forbidden }) }),
      outcome: {
        kind: 'refused',
        status: 403,
        message: forbidden,
        permission: { verb: 'create', resource: 'pods/exec', group: '', namespace: 'ns' },
      },
    },
    {
      name: 'refused by a proxy',
      answered: answer({ kind: 'refused', status: 502, body: ' Bad Gateway\n' }),
      outcome: { kind: 'refused', status: 502, message: 'Bad Gateway', permission: undefined },
    },
    {
      name: 'refused without a word',
      answered: answer({ kind: 'refused', status: 400, body: '' }),
      outcome: { kind: 'refused', status: 400, message: 'the server answered 400', permission: undefined },
    },
    {
      name: 'no such container',
      answered: answer({
        kind: 'status',
        status: { status: 'Failure', reason: 'InternalError', message: 'container not found ("shell")' },
      }),
      outcome: { kind: 'runtime', message: 'container not found ("shell")' },
    },
    {
      name: 'a runtime without words',
      answered: answer({ kind: 'status', status: { status: 'Failure' } }),
      outcome: { kind: 'runtime', message: 'the container runtime did not say why' },
    },
    {
      name: 'no shell, as containerd tells it',
      answered: answer(exited(127), '', 'exec: "sh": executable file not found in $PATH: unknown\n'),
      outcome: { kind: 'runtime', message: 'exec: "sh": executable file not found in $PATH: unknown' },
    },
    {
      name: 'a shell that may not run',
      answered: answer(exited(126)),
      outcome: { kind: 'runtime', message: 'the shell could not be started (exit code 126)' },
    },
  ])('$name', async ({ answered, outcome }) => {
    const ran = await run([() => answered]);
    expect(ran.outcome).toEqual(outcome);
    expect(ran.tries).toBe(1);
  });
});
