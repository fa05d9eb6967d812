import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { emptyHome, root, tutor } from './run.ts';

const home = emptyHome();
afterAll(() => home.remove());

const config = (server: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'kind-lab',
    contexts: [{ name: 'kind-lab', context: { cluster: 'lab', user: 'lab' } }],
    clusters: [{ name: 'lab', cluster: { server } }],
    users: [{ name: 'lab', user: { token: 'very-secret-token' } }],
  });
// Port 1 on loopback: nobody listens there.
const deadConfig = write('dead.json', config('https://127.0.0.1:1'));
const malformedConfig = write(
  'malformed.yaml',
  'apiVersion: v1\nclusters:\n- name: [lab\nusers:\n- user: {token: very-secret-token}\n',
);
mkdirSync(join(home.path, 'folder'));

let states = 0;
/** Tests that run at once must not wait for each other's lock. */
function ownState(): Record<string, string> {
  return { K8SNET_TUTOR_STATE: join(home.path, `state-${++states}`) };
}

function write(name: string, text: string): string {
  const file = join(home.path, name);
  writeFileSync(file, text);
  return file;
}

/** What is typed, the exit code, and what the message must say: what happened, where, what to do next. */
const table: {
  name: string;
  args: string[];
  code: number;
  says: (string | RegExp)[];
  env?: Record<string, string>;
}[] = [
  {
    name: 'unknown flag',
    args: ['check', '--al'],
    code: 2,
    says: ["unknown option '--al'", 'Did you mean --all?'],
  },
  {
    name: 'unknown command',
    args: ['strat'],
    code: 2,
    says: ["unknown command 'strat'", 'Did you mean start?'],
  },
  { name: 'too many arguments', args: ['status', 'now'], code: 2, says: ['too many arguments'] },
  {
    name: 'flags that exclude each other',
    args: ['check', '--all', '--step', 'pod'],
    code: 2,
    says: ['cannot be used with'],
  },
  { name: 'a timeout that is none', args: ['check', '--timeout', 'soon'], code: 2, says: ['90s, 2m'] },
  {
    name: 'an image without a container',
    args: ['start', '--image', 'curl:1'],
    code: 2,
    says: ['CONTAINER=IMAGE'],
  },
  {
    name: 'an image for no container',
    args: ['start', '--image', 'shel=curl:1'],
    code: 2,
    says: ['did you mean shell?', 'nginx'],
  },
  { name: 'a namespace that is none', args: ['start', '-n', 'Not_One'], code: 2, says: ['lower-case'] },
  {
    name: 'unknown lesson',
    args: ['start', 'netwroking'],
    code: 2,
    says: ['no lesson netwroking', 'did you mean networking?', 'k8snet-tutor list'],
  },
  { name: 'a lesson outside the pack', args: ['start', '../../etc/passwd'], code: 2, says: ['no lesson'] },
  ...['check', 'next', 'hint', 'solve', 'status', 'page'].map((command) => ({
    name: `${command} without a lesson`,
    args: [command],
    code: 2,
    says: ['No lesson is under way', 'k8snet-tutor start networking'],
  })),
  {
    name: 'two clusters at once',
    args: ['start', '--practice', '--context', 'kind-lab'],
    code: 2,
    says: ["'--practice' cannot be used with option '--context <name>'"],
  },
  {
    name: 'an unknown thing to do with the practice cluster',
    args: ['practice', 'stat'],
    code: 2,
    says: ['start, stop, status, reset'],
  },
  {
    name: 'deleting the practice cluster without a yes',
    args: ['practice', 'reset'],
    code: 2,
    says: ['practice reset --yes'],
  },
  { name: 'an unknown shell', args: ['env', '--shell', 'tcsh'], code: 2, says: ['fish', 'powershell'] },
  {
    name: 'kubeconfig missing',
    args: ['start', '--kubeconfig', join(home.path, 'none')],
    code: 2,
    says: ['none'],
  },
  {
    name: 'kubeconfig unreadable',
    args: ['start', '--kubeconfig', join(home.path, 'folder')],
    code: 3,
    says: ['folder'],
  },
  {
    name: 'kubeconfig malformed',
    args: ['start', '--kubeconfig', malformedConfig],
    code: 3,
    says: [/malformed\.yaml:\d+:\d+/],
  },
  {
    name: 'context unknown',
    args: ['start', '--kubeconfig', deadConfig, '--context', 'kind-lap'],
    code: 2,
    says: ['kind-lap', 'kind-lab'],
  },
  {
    name: 'server dead',
    args: ['start', '--kubeconfig', deadConfig],
    code: 3,
    says: ["can't be reached", 'https://127.0.0.1:1', 'context kind-lab', '--context NAME'],
  },
];

describe.concurrent('bad input is told, with its exit code, and without a stack trace', () => {
  test.each(table)('$name', async ({ args, code, says, env }) => {
    const answer = await tutor(args, home.path, { ...ownState(), ...env });
    expect(answer.code, answer.stderr).toBe(code);
    for (const each of says)
      if (typeof each === 'string') expect(answer.stderr).toContain(each);
      else expect(answer.stderr).toMatch(each);
    expect(answer.stderr).not.toMatch(/^\s+at .*\d+:\d+\)?$/m);
    expect(answer.stdout + answer.stderr).not.toContain('very-secret-token');
  });

  test.each(table)('$name, as JSON', async ({ args, code, env }) => {
    const answer = await tutor([...args, '--output', 'json'], home.path, { ...ownState(), ...env });
    expect(answer.code).toBe(code);
    const document = JSON.parse(answer.stdout) as {
      exitCode: number;
      error: { code: string; next: string[] };
    };
    expect(document.error.next).not.toEqual([]);
    expect(document.exitCode).toBe(code);
  });
});

test('a broken lesson is told with file, line, column and frame; list shows the others', async () => {
  const folder = join(home.path, 'package');
  for (const each of ['bin', 'dist', 'lessons', 'manifests'])
    cpSync(join(root, each), join(folder, each), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const lesson = readFileSync(join(root, 'lessons/networking.yaml'), 'utf8');
  writeFileSync(
    join(folder, 'lessons/broken.yaml'),
    lesson
      .replace('lesson: networking', 'lesson: broken')
      .replace('    facts: [cluster.version', '    fact: [cluster.version'),
  );
  const bin = join(folder, 'bin/k8snet-tutor.js');
  const start = await tutor(['start', 'broken'], home.path, {}, bin);
  expect(start.code).toBe(2);
  expect(start.stderr).toMatch(/lessons\/broken\.yaml:\d+:5/);
  expect(start.stderr).toContain('fact: [cluster.version');
  expect(start.stderr).toContain('facts');
  const list = await tutor(['list'], home.path, {}, bin);
  expect(list.code).toBe(2);
  expect(list.stdout).toContain('lesson broken has');
  expect(list.stdout).toContain('networking  Networking in Kubernetes');
});

test('a damaged progress file is named, and left as it is', async () => {
  const other = emptyHome();
  const folder = join(other.path, '.local/state/k8snet-tutor/sessions/networking');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'progress.yaml');
  writeFileSync(file, 'format: 1\nlesson: [networking\n');
  for (const command of [['status'], ['check'], ['cleanup', '--yes']]) {
    const answer = await tutor(command, other.path);
    expect(answer.code).toBe(3);
    expect(answer.stderr).toContain(file);
  }
  expect(readFileSync(file, 'utf8')).toBe('format: 1\nlesson: [networking\n');
  other.remove();
});

test('an output that is none', async () => {
  const answer = await tutor(['check', '-o', 'xml'], home.path);
  expect(answer.code).toBe(2);
  expect(answer.stderr).toContain('Known: text, json');
});

test('a state folder that can not be written is named', async () => {
  const file = write('a-file', '');
  const answer = await tutor(['start', '--kubeconfig', deadConfig], home.path, {
    K8SNET_TUTOR_STATE: join(file, 'state'),
  });
  expect(answer.code).toBe(3);
  expect(answer.stderr).toContain('K8SNET_TUTOR_STATE');
});

test('what needs no cluster works in an empty home, and leaves nothing there', async () => {
  const other = emptyHome();
  expect(await tutor(['--version'], other.path)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
  });
  expect((await tutor(['--help'], other.path)).stdout).toContain('k8snet-tutor start networking');
  expect((await tutor(['list'], other.path)).stdout).toContain('networking');
  expect(await tutor(['cleanup'], other.path)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^There is nothing to clean up\./),
  });
  const { readdirSync } = await import('node:fs');
  expect(readdirSync(other.path)).toEqual([]);
  other.remove();
});
